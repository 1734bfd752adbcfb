package io.osmanthus.engine;

import io.osmanthus.engine.rules.RuleSet;
import java.time.LocalDate;
import java.util.List;

/** One immutable version of what the engine knows: snapshot, position, day, rules. */
public final class Generation {
    Generation() {}

    public String snapshot() {
        throw new UnsupportedOperationException();
    }

    /** The day for which answers hold (Asia/Shanghai). */
    public LocalDate day() {
        throw new UnsupportedOperationException();
    }

    /** The date of the records' delivery. */
    public LocalDate factsAsOf() {
        throw new UnsupportedOperationException();
    }

    /** The ledger position contained; 0 without a ledger. */
    public long position() {
        throw new UnsupportedOperationException();
    }

    public RuleSet rules() {
        throw new UnsupportedOperationException();
    }

    /** The names behind {@link io.osmanthus.engine.rules.SubjectFacts#source}. */
    public List<String> sources() {
        throw new UnsupportedOperationException();
    }
}
