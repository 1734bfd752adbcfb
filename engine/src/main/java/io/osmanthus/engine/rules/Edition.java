package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.util.List;
import java.util.Map;

/**
 * The rules that hold from a day on until the next edition's: of each scheme, scene and matter the version in force. Immutable.
 *
 * @param from first day, or Integer.MIN_VALUE
 * @param views what adverse items the scenes see, by item index; {@link SceneTable#view} is a place in it
 */
record Edition(
        int from,
        Map<SubjectType, ScoringScheme> schemes,
        List<SceneRule> scenes,
        List<SceneTable> tables,
        List<boolean[]> views,
        List<Matter> matters) {
    ScoringScheme scheme(SubjectType subject) {
        ScoringScheme scheme = schemes.get(subject);
        if (scheme == null) {
            throw new IllegalStateException("no scheme about " + subject);
        }
        return scheme;
    }
}
