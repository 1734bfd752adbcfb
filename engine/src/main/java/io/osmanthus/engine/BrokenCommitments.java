package io.osmanthus.engine;

import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.util.List;

/**
 * What follows from a commitment that an organisation broke (失信): a record of each item that the catalogue derives from
 * commitments, from the day on which it was found broken, under the commitment's id.
 */
final class BrokenCommitments {
    private BrokenCommitments() {}

    /** Adds what follows from an organisation's broken commitments to its records, each in its place. */
    static void add(
            SubjectRows commitments, int ordinal, Vocabulary vocabulary, List<String> sources, SubjectFacts facts) {
        while (commitments.nextOf(ordinal)) {
            for (Item item : vocabulary.items()) {
                if (item.ofCommitments() && item.subject() == SubjectType.ORGANISATION) {
                    int index = facts.addRecord(item.index(), commitments.integer(1), SubjectFacts.NONE, 0, 0);
                    facts.source[index] = commitments.integer(2);
                    facts.recordId[index] = commitments.text(3);
                    facts.sinkLastRecord(sources);
                }
            }
        }
    }
}
