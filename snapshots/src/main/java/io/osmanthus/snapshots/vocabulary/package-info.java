/**
 * What facts may be: the catalogue of items, the lists, the scenes, the districts, the dated limits, and the one strict
 * reader of YAML.
 *
 * <p>Everything here is read once from the configuration directory and immutable afterwards. Rules about what facts
 * <em>mean</em> live in the engine, which refers to these names and never the other way.
 */
@NullMarked
package io.osmanthus.snapshots.vocabulary;

import org.jspecify.annotations.NullMarked;
