package io.osmanthus.http;

import java.util.List;

/** Finds organisations by name. May block; called on worker threads, several at once. */
@FunctionalInterface
public interface CandidateSearch {
    /** Finds nothing. */
    CandidateSearch NONE =
            names -> names.stream().map(name -> List.<Candidate>of()).toList();

    /** For each name, in order, its candidates, best first; an empty list where there is none. */
    List<List<Candidate>> candidates(List<String> names);

    /** An organisation whose name is like the one given. {@code likeness} is 0 … 1; 1 is equal. */
    record Candidate(String uscc, String name, double likeness) {}
}
