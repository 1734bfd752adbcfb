package io.osmanthus.engine;

import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.Rows;
import io.osmanthus.snapshots.SnapshotReader;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.nio.file.Path;
import java.util.List;

/**
 * The facts of every subject of a verified snapshot, one after the other: first the persons, then the organisations, each in
 * the order of their ordinals. Belongs to one thread.
 */
final class SnapshotFacts implements AutoCloseable {
    private final SnapshotReader reader;
    private final Rows persons;
    private final SubjectRows consents;
    private final SubjectRows records;
    private final SubjectRows arrears;
    private final Rows organisations;
    private final SubjectRows organisationRecords;
    private final SubjectRows commitments;
    private final SubjectRows entries;
    private final Vocabulary vocabulary;
    private final SubjectFacts facts = new SubjectFacts();
    private int districtCode;

    private SnapshotFacts(SnapshotReader reader, Vocabulary vocabulary) {
        this.reader = reader;
        this.vocabulary = vocabulary;
        int all = Integer.MAX_VALUE;
        this.persons = reader.persons(0, all);
        this.consents = new SubjectRows(reader.consents(0, all));
        this.records = new SubjectRows(reader.records(SubjectType.PERSON, 0, all));
        this.arrears = new SubjectRows(reader.arrears(0, all));
        this.organisations = reader.organisations();
        this.organisationRecords = new SubjectRows(reader.records(SubjectType.ORGANISATION, 0, all));
        this.commitments = new SubjectRows(reader.brokenCommitments());
        this.entries = new SubjectRows(reader.listEntries());
    }

    static SnapshotFacts open(Path directory, Vocabulary vocabulary) {
        SnapshotReader reader = SnapshotReader.open(directory, vocabulary);
        try {
            return new SnapshotFacts(reader, vocabulary);
        } catch (RuntimeException | Error e) {
            reader.close();
            throw e;
        }
    }

    /** Moves to the next subject, if there is one. */
    boolean next() {
        if (persons.next()) {
            int ordinal = persons.integer(0);
            districtCode = persons.integer(3);
            facts.clear(SubjectType.PERSON);
            while (consents.nextOf(ordinal)) {
                facts.addConsent(consents.integer(1), consents.integer(2), consents.integer(3));
            }
            records(records, ordinal);
            while (arrears.nextOf(ordinal)) {
                int index = facts.addArrears(arrears.integer(1), arrears.integer(2));
                facts.arrearsMarks[index] = arrears.integer(3);
            }
            return true;
        }
        if (!organisations.next()) {
            return false;
        }
        int ordinal = organisations.integer(0);
        districtCode = 0;
        facts.clear(SubjectType.ORGANISATION);
        records(organisationRecords, ordinal);
        BrokenCommitments.add(commitments, ordinal, vocabulary, reader.sources(), facts);
        while (entries.nextOf(ordinal)) {
            int index = facts.addEntry(entries.integer(1), entries.integer(2), entries.integer(3));
            facts.entryMarks[index] = entries.integer(5);
        }
        return true;
    }

    /** The facts of the subject at hand, without ids; reused from subject to subject. */
    SubjectFacts facts() {
        return facts;
    }

    /** The division code of the person at hand, or 0. */
    int districtCode() {
        return districtCode;
    }

    @Override
    public void close() {
        List.of(consents, records, arrears, organisationRecords, commitments, entries)
                .forEach(SubjectRows::close);
        persons.close();
        organisations.close();
        reader.close();
    }

    private void records(SubjectRows rows, int subject) {
        while (rows.nextOf(subject)) {
            int index =
                    facts.addRecord(rows.integer(1), rows.integer(3), rows.integer(4), rows.number(5), rows.integer(2));
            facts.marks[index] = rows.integer(9);
        }
    }
}
