package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.time.LocalDate;
import org.duckdb.DuckDBAppender;

/** Which judge a file of a delivery has, with the table that it fills and the order in which that is written. For one thread. */
final class Judges {
    private final Subjects subjects;
    private final Vocabulary vocabulary;
    private final PseudonymKey key;
    private final LocalDate asOf;

    Judges(Subjects subjects, Vocabulary vocabulary, PseudonymKey key, LocalDate asOf) {
        this.subjects = subjects;
        this.vocabulary = vocabulary;
        this.key = key;
        this.asOf = asOf;
    }

    /** The columns of the table in which a file's rows wait. */
    static String columns(DeliveryFile file) {
        return switch (file) {
            case PERSONS -> PersonJudge.COLUMNS;
            case TOKENS -> TokenJudge.COLUMNS;
            case CONSENTS -> ConsentJudge.COLUMNS;
            case ORGANISATIONS -> OrganisationJudge.COLUMNS;
            case RECORDS -> RecordJudge.COLUMNS;
            case ARREARS -> ArrearsJudge.COLUMNS;
            case LIST_ENTRIES -> ListEntryJudge.COLUMNS;
            case PERMITS -> PermitJudge.COLUMNS;
            case PENALTIES -> PenaltyJudge.COLUMNS;
            case ADMINISTRATIVE_ACTS -> ActJudge.COLUMNS;
            case COMMITMENTS -> CommitmentJudge.COLUMNS;
            case DELIVERY, REFERENCE -> throw notFacts(file);
        };
    }

    /** What sorts that table into the snapshot's file. */
    String query(DeliveryFile file) {
        return switch (file) {
            case PERSONS -> PersonJudge.QUERY;
            case TOKENS -> TokenJudge.query();
            case CONSENTS -> ConsentJudge.query(vocabulary);
            case ORGANISATIONS -> OrganisationJudge.QUERY;
            case RECORDS -> RecordJudge.query(vocabulary);
            case ARREARS -> ArrearsJudge.query(vocabulary);
            case LIST_ENTRIES -> ListEntryJudge.query(vocabulary);
            case PERMITS -> PermitJudge.QUERY;
            case PENALTIES -> PenaltyJudge.QUERY;
            case ADMINISTRATIVE_ACTS -> ActJudge.QUERY;
            case COMMITMENTS -> CommitmentJudge.QUERY;
            case DELIVERY, REFERENCE -> throw notFacts(file);
        };
    }

    /** The judge of one file. */
    RowJudge judge(DeliveryFile file, int deliveredOn, Tally tally, DuckDBAppender table) {
        int day = (int) asOf.toEpochDay();
        return switch (file) {
            case PERSONS -> new PersonJudge(subjects, vocabulary, asOf, tally, table);
            case TOKENS -> new TokenJudge(subjects, key, day, tally, table);
            case CONSENTS -> new ConsentJudge(subjects, key, vocabulary, day, tally, table);
            case ORGANISATIONS -> new OrganisationJudge(subjects, vocabulary, day, tally, table);
            case RECORDS -> new RecordJudge(subjects, key, vocabulary, day, tally, table);
            case ARREARS -> new ArrearsJudge(subjects, key, vocabulary, day, tally, table);
            case LIST_ENTRIES -> new ListEntryJudge(subjects, key, vocabulary, day, tally, table);
            case PERMITS -> new PermitJudge(subjects, key, vocabulary, day, deliveredOn, tally, table);
            case PENALTIES -> new PenaltyJudge(subjects, key, vocabulary, day, deliveredOn, tally, table);
            case ADMINISTRATIVE_ACTS -> new ActJudge(subjects, key, vocabulary, day, tally, table);
            case COMMITMENTS -> new CommitmentJudge(subjects, key, vocabulary, day, tally, table);
            case DELIVERY, REFERENCE -> throw notFacts(file);
        };
    }

    private static IllegalArgumentException notFacts(DeliveryFile file) {
        return new IllegalArgumentException(file + " is not among the files of facts");
    }
}
