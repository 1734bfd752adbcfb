/** Golden cases from the page of the rules, a model written from it, and properties of the charter. */
@NullMarked
package io.osmanthus.engine.rules;

import org.jspecify.annotations.NullMarked;
