package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.Title;

/**
 * A benefit of a scene. {@code code} is 1 … 15, its place in the scene's table and its nibble in an answer word; 0 is none.
 *
 * @param words what the subject gets
 * @param condition the condition, in words made from the rule itself
 * @param scoreAtLeast the least scene score (persons); {@link Integer#MIN_VALUE} for organisations
 * @param noArrears whether arrears of this scene pause it
 */
public record Benefit(int code, String id, Title words, Title condition, int scoreAtLeast, boolean noArrears) {}
