package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import java.util.List;

/** A scene with its benefits, best first; {@code ttlSeconds} holds for an answer with a benefit, none has 0. */
public record SceneRule(SceneDefinition definition, int ttlSeconds, List<Benefit> benefits) {}
