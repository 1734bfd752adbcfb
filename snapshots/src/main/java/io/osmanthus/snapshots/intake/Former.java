package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.intake.IntakeException.Code;
import io.osmanthus.snapshots.ledger.Ledger;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * The last snapshot, whose facts stand for the files that a delivery lacks. Rows are taken over by their subjects'
 * pseudonyms: numbers change, sealed texts are copied as they are, and what is about someone who is no longer there is left
 * behind for good. Persons and organisations must be in the new snapshot before the facts about them. For one thread.
 */
final class Former {
    private final Snapshot snapshot;
    private final Staging staging;
    private final Path directory;
    private Staging.Step step = new Staging.Step("", 0);
    private boolean personsMapped;
    private boolean organisationsMapped;

    private Former(Snapshot snapshot, Staging staging, Path directory) {
        this.snapshot = snapshot;
        this.staging = staging;
        this.directory = directory;
    }

    /**
     * A former snapshot for one build.
     *
     * @param snapshot verified, and built under {@code key}
     * @param directory where the new snapshot's files are written
     */
    static Former of(Snapshot snapshot, PseudonymKey key, Staging staging, Path directory) {
        String found = snapshot.manifest().keyFingerprint();
        if (!found.equals(key.fingerprint())) {
            throw new IntakeException(
                    Code.FORMER_UNUSABLE,
                    snapshot + " was built with the pseudonym key " + found + ", the key in use is " + key.fingerprint()
                            + ": deliver every file, or build into another store");
        }
        return new Former(snapshot, staging, directory);
    }

    /**
     * What was taken over.
     *
     * @param ofPersons how many of the rows are about persons
     */
    record Carried(long rows, long ofPersons) {}

    /** Whether facts of this kind have ever been delivered. */
    boolean has(DeliveryFile file) {
        return snapshot.manifest().factsAsOf().containsKey(file.csv());
    }

    LocalDate factsAsOf(DeliveryFile file) {
        return snapshot.manifest().factsAsOf(file.csv());
    }

    long rows(DeliveryFile file) {
        return snapshot.manifest().rows(name(file));
    }

    /** Up to where the ledger is in the former facts; 0: it is not. */
    long ledgerPosition() {
        return snapshot.manifest().ledgerPosition();
    }

    /**
     * Former facts with a ledger in them stand only together with what that ledger has said since: rows that it added would be
     * replayed a second time, and what it settled or erased could not be told any more.
     *
     * @param head the ledger that the new snapshot contains, or null
     */
    void mustGoOnWith(Ledger.@Nullable Head head, DeliveryFile file) {
        Manifest manifest = snapshot.manifest();
        if (manifest.ledgerPosition() == 0) {
            return;
        }
        String found = head == null
                ? "this build is without a ledger"
                : !head.id().toString().equals(manifest.ledgerId())
                        ? "this build is with the ledger " + head.id()
                        : head.position() < manifest.ledgerPosition()
                                ? "that ledger has only got to position " + head.position() + " (restored?)"
                                : "";
        if (!found.isEmpty()) {
            throw new IntakeException(
                    Code.FORMER_UNUSABLE,
                    file.csv() + " is not in the delivery, and " + this + " holds it together with the ledger "
                            + manifest.ledgerId() + " up to position " + manifest.ledgerPosition() + "; " + found
                            + ": deliver " + file.csv() + ", or build with that ledger");
        }
    }

    boolean synthetic() {
        return snapshot.manifest().synthetic();
    }

    boolean demonstration() {
        return snapshot.manifest().demonstration();
    }

    /** Writes the new snapshot's file of a kind. Subjects are also made known to those who judge what refers to them. */
    Carried carryOver(DeliveryFile file, Subjects subjects) throws SQLException {
        step = new Staging.Step("carry over " + name(file), rows(file));
        Path target = directory.resolve(name(file));
        String former = former(file);
        return switch (file) {
            case PERSONS -> {
                staging.pairs("SELECT person_high, person_low FROM " + former + " ORDER BY ordinal", subjects::enrol);
                subjects.number();
                yield persons(copy("SELECT * FROM " + former + " ORDER BY ordinal", target));
            }
            case ORGANISATIONS -> {
                staging.pairs(
                        "SELECT uscc_high, uscc_low FROM " + former + " ORDER BY ordinal", subjects::addOrganisation);
                yield organisations(copy("SELECT * FROM " + former + " ORDER BY ordinal", target));
            }
            case TOKENS -> persons(copy(joined(former, "person") + " ORDER BY token_high, token_low", target));
            case CONSENTS ->
                persons(copy(joined(former, "person") + " ORDER BY person, scene, granted_on, expires_on", target));
            case ARREARS ->
                persons(copy(joined(former, "person") + " ORDER BY person, scene, since, reference_high", target));
            case LIST_ENTRIES -> of(former, target, "list, entry_id, source");
            case RECORDS -> records(former, target);
            case PERMITS -> of(former, target, "decided_on, document_no, certificate_no, authority");
            case PENALTIES -> of(former, target, "decided_on, document_no, authority");
            case ADMINISTRATIVE_ACTS -> of(former, target, "decided_on, kind, act_no, source");
            case COMMITMENTS -> of(former, target, "commitment_id, source");
            case DELIVERY, REFERENCE -> throw new IllegalArgumentException(file + " has no file in a snapshot");
        };
    }

    @Override
    public String toString() {
        return "snapshot " + snapshot.manifest().version();
    }

    private long copy(String query, Path target) throws SQLException {
        return staging.copy(step, query, target);
    }

    /** Facts of organisations, in their order. */
    private Carried of(String former, Path target, String order) throws SQLException {
        return organisations(copy(joined(former, "organisation") + " ORDER BY organisation, " + order, target));
    }

    private Carried records(String former, Path target) throws SQLException {
        mapPersons();
        mapOrganisations();
        String one = "SELECT f.* REPLACE (m.ordinal AS subject) FROM " + former
                + " f JOIN %ss_now m ON m.former = f.subject" + " WHERE f.subject_type = '%s'";
        String query = "SELECT * FROM (" + one.formatted("person", "person") + " UNION ALL "
                + one.formatted("organisation", "organisation") + ")"
                + " ORDER BY subject_type DESC, subject, record_id, source";
        long rows = copy(query, target);
        return new Carried(
                rows,
                staging.count("SELECT count(*) FROM " + Staging.parquet(target) + " WHERE subject_type = 'person'"));
    }

    /** The rows whose subject is still there, under its number of today. */
    private String joined(String former, String subject) throws SQLException {
        if (subject.equals("person")) {
            mapPersons();
        } else {
            mapOrganisations();
        }
        return "SELECT * FROM (SELECT f.* REPLACE (m.ordinal AS " + subject + ") FROM " + former + " f JOIN " + subject
                + "s_now m ON m.former = f." + subject + ")";
    }

    private void mapPersons() throws SQLException {
        if (!personsMapped) {
            map("persons_now", DeliveryFile.PERSONS, "person_high, person_low");
            personsMapped = true;
        }
    }

    private void mapOrganisations() throws SQLException {
        if (!organisationsMapped) {
            map("organisations_now", DeliveryFile.ORGANISATIONS, "uscc_high, uscc_low");
            organisationsMapped = true;
        }
    }

    private void map(String table, DeliveryFile subjects, String pseudonym) throws SQLException {
        Staging.Step match = new Staging.Step("match " + subjects.word(), rows(subjects));
        staging.execute(
                match,
                "CREATE TABLE " + table + " AS SELECT f.ordinal AS former, n.ordinal AS ordinal FROM "
                        + former(subjects) + " f JOIN " + Staging.parquet(directory.resolve(name(subjects)))
                        + " n USING ("
                        + pseudonym + ")");
    }

    private String former(DeliveryFile file) {
        return Staging.parquet(snapshot.directory().resolve(name(file)));
    }

    private static Carried persons(long rows) {
        return new Carried(rows, rows);
    }

    private static Carried organisations(long rows) {
        return new Carried(rows, 0);
    }

    private static String name(DeliveryFile file) {
        return file.word() + ".parquet";
    }
}
