/**
 * Judgement: scoring schemes, scenes and matters, as pure functions of facts and date. No clock, no I/O after loading.
 */
@NullMarked
package io.osmanthus.engine.rules;

import org.jspecify.annotations.NullMarked;
