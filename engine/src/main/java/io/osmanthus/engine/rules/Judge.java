package io.osmanthus.engine.rules;

/** Applies the rules to one subject's facts on one day. Pure; not thread-safe (it reuses scratch space). */
public final class Judge {
    Judge() {}

    /**
     * The benefits of every scene on a day: four bits a scene, at {@code 4 × scene index}, holding {@link Benefit#code} or
     * 0. Allocates nothing.
     */
    public long answerWord(SubjectFacts facts, int day) {
        throw new UnsupportedOperationException();
    }

    /** The score of the subject's scheme. Allocates nothing. */
    public int score(SubjectFacts facts, int day) {
        throw new UnsupportedOperationException();
    }

    /** The first day after {@code day} on which something of the answers may change by time alone, or Integer.MAX_VALUE. */
    public int nextChange(SubjectFacts facts, int day) {
        throw new UnsupportedOperationException();
    }

    /** The score with its lines. Needs {@link SubjectFacts#recordId}. */
    public Explanation explain(SubjectFacts facts, int day) {
        throw new UnsupportedOperationException();
    }

    /** What the lists say of an organisation in a matter. Needs {@link SubjectFacts#entryId}. */
    public MatchReport match(SubjectFacts facts, int matter, int day) {
        throw new UnsupportedOperationException();
    }
}
