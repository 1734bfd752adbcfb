package io.osmanthus.http;

import io.osmanthus.engine.Generation;
import io.osmanthus.engine.rules.Matter;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.rules.SceneRule;
import java.time.LocalDate;
import java.util.List;

/**
 * What an answer says about where it comes from: snapshot, position, day and rules of one generation. Immutable.
 *
 * @param day the day for which answers hold (Asia/Shanghai)
 * @param factsAsOf the date of the records' delivery
 * @param scenes by scene index
 * @param matters by matter index
 * @param rules those of {@code scenes} and {@code matters}
 * @param sources the names behind {@code sourceIndex} of an explanation's lines
 */
public record State(
        String snapshot,
        LocalDate day,
        LocalDate factsAsOf,
        long position,
        String rulesVersion,
        List<SceneRule> scenes,
        List<Matter> matters,
        List<String> sources,
        RuleSet rules) {
    /** The state of a generation. */
    public static State of(Generation generation) {
        return new State(
                generation.snapshot(),
                generation.day(),
                generation.factsAsOf(),
                generation.position(),
                generation.rules().version(),
                generation.rules().scenes(),
                generation.rules().matters(),
                generation.sources(),
                generation.rules());
    }
}
