package io.osmanthus.snapshots.intake;

import static io.osmanthus.snapshots.intake.LedgerFoldTest.debt;
import static io.osmanthus.snapshots.intake.LedgerFoldTest.lines;
import static io.osmanthus.snapshots.intake.LedgerFoldTest.marked;
import static io.osmanthus.snapshots.intake.LedgerFoldTest.parquet;
import static io.osmanthus.snapshots.intake.LedgerFoldTest.personal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.ledger.Database;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are carried over from a snapshot with a ledger in it: what the ledger says takes effect once, and what it erased stays so. */
final class CarriedLedgerTest {
    private static final String STAYS = DeliveryBuilder.PERSON;
    private static final String RETURNS = DeliveryBuilder.person(1870, 1, 1, 1);
    private static final InstantSource TENTH = InstantSource.fixed(Instant.parse("2026-10-10T02:00:00Z"));

    @TempDir
    Path directory = Path.of("");

    private Path full() throws IOException {
        DeliveryBuilder builder = DeliveryBuilder.basic()
                .row(DeliveryFile.PERSONS, RETURNS + ",320508,2026-01-01")
                .row(DeliveryFile.ARREARS, "parking," + STAYS + ",2026-05-01,1,REF-1,停车公司")
                .row(DeliveryFile.ARREARS, "parking," + STAYS + ",2026-05-01,2,REF-2,停车公司")
                .row(DeliveryFile.ARREARS, "parking," + STAYS + ",2026-06-01,3,REF-3,停车公司")
                .row(
                        DeliveryFile.LIST_ENTRIES,
                        "L1,tax-a,organisation," + DeliveryBuilder.ORGANISATION + ",2026-01-01,,r,b,s");
        for (String person : Set.of(STAYS, RETURNS)) {
            String token = person.equals(STAYS) ? "0" : "1";
            builder.row(DeliveryFile.TOKENS, "card,310555467005990" + token + "," + person)
                    .row(DeliveryFile.CONSENTS, person + ",transit,2026-02-01,2027-02-01,e")
                    .row(
                            DeliveryFile.RECORDS,
                            "r" + token + ",person," + person + ",court-default,,2026-01-01,,,,serious,法院,苏执1号");
        }
        return builder.row(DeliveryFile.ARREARS, "parking," + RETURNS + ",2026-07-01,4,REF-4,停车公司")
                .write(directory.resolve("full"));
    }

    private Path part() throws IOException {
        return DeliveryBuilder.empty().write(directory.resolve("part"));
    }

    private Path build(Path delivery, IntakeOptions options) {
        return Fixtures.build(delivery, directory.resolve("store"), Fixtures.KEY, options)
                .snapshot();
    }

    private static Subject subject(String person) {
        return LedgerFoldTest.subject(Scheme.PERSON, person);
    }

    private static Set<String> facts(Path snapshot, String table, String column, String subject, String person)
            throws SQLException {
        Subject named = subject(person);
        return lines("SELECT f." + column + " FROM '" + parquet(snapshot, table) + " f JOIN '"
                + parquet(snapshot, "persons") + " p ON p.ordinal = f." + subject + " WHERE p.person_high = "
                + named.high());
    }

    @Test
    void arrears_carriedOverAgainAndAgain_areSettledOnce() throws IOException, SQLException {
        try (Ledger ledger = Ledger.open(Database.fresh(), Fixtures.KEY, TENTH)) {
            IntakeOptions options = Fixtures.OPTIONS.with(ledger);
            Subject stays = subject(STAYS);
            personal(ledger, stays, Kind.ARREARS_SETTLED, debt("2026-05-01"));
            personal(
                    ledger,
                    stays,
                    Kind.ARREARS_ADDED,
                    debt("2026-06-01").with("amount_cents", 5).with("reference", "REF-5"));
            personal(ledger, stays, Kind.ARREARS_SETTLED, debt("2026-06-01"));
            Set<String> expected = facts(build(full(), options), "arrears", "amount_cents", "person", STAYS);
            assertEquals(2, expected.size());
            assertTrue(expected.contains("5"), "the first of a day is settled first");
            for (int i = 0; i < 2; i++) {
                assertEquals(expected, facts(build(part(), options), "arrears", "amount_cents", "person", STAYS));
            }
            personal(ledger, stays, Kind.ARREARS_SETTLED, debt("2026-06-01"));
            Set<String> left = facts(build(part(), options), "arrears", "amount_cents", "person", STAYS);
            assertEquals(1, left.size());
            assertTrue(expected.containsAll(left) && !left.contains("5"), "what is new since is taken");
        }
    }

    /** A day in dispute stays so with what is added to it; what was taken back is no measure for what comes after. */
    @Test
    void arrears_newOfADisputedDay_areInDispute_andOfADayTakenBackAreNot() throws IOException, SQLException {
        try (Ledger ledger = Ledger.open(Database.fresh(), Fixtures.KEY, TENTH)) {
            IntakeOptions options = Fixtures.OPTIONS.with(ledger);
            Subject stays = subject(STAYS);
            personal(ledger, stays, Kind.ARREARS_MARKED, debt("2026-05-01").with("marks", 1));
            personal(
                    ledger,
                    stays,
                    Kind.ARREARS_ADDED,
                    debt("2026-05-01").with("amount_cents", 7).with("reference", "REF-7"));
            String column = "amount_cents || ' ' || coalesce(f.marks, 0)";
            assertEquals(
                    Set.of("1 1", "2 1", "7 1", "3 0"),
                    facts(build(full(), options), "arrears", column, "person", STAYS));
            personal(ledger, stays, Kind.ARREARS_MARKED, debt("2026-05-01").with("marks", 4));
            personal(
                    ledger,
                    stays,
                    Kind.ARREARS_ADDED,
                    debt("2026-05-01").with("amount_cents", 8).with("reference", "REF-8"));
            for (Path delivery : List.of(full(), part(), part())) {
                assertEquals(
                        Set.of("1 4", "2 4", "7 4", "8 0", "3 0"),
                        facts(build(delivery, options), "arrears", column, "person", STAYS));
            }
            personal(ledger, stays, Kind.ARREARS_SETTLED, debt("2026-05-01"));
            for (Path delivery : List.of(part(), full(), part())) {
                assertEquals(
                        Set.of("1 4", "2 4", "7 4", "3 0"),
                        facts(build(delivery, options), "arrears", column, "person", STAYS),
                        "what counts is what was paid");
            }
        }
    }

    @Test
    void facts_ofOneWhoLeftAndCameBack_areNotCarriedOver_aDeliveryBringsThem() throws IOException, SQLException {
        try (Ledger ledger = Ledger.open(Database.fresh(), Fixtures.KEY, TENTH)) {
            IntakeOptions options = Fixtures.OPTIONS.with(ledger);
            Subject returns = subject(RETURNS);
            personal(ledger, returns, Kind.RECORD_MARKED, marked("r1", "法院", 4));
            personal(
                    ledger,
                    returns,
                    Kind.RECORD_ADDED,
                    LedgerFoldTest.record("person", "api", "blood-donation", "红十字会"));
            personal(
                    ledger,
                    returns,
                    Kind.ARREARS_ADDED,
                    debt("2026-08-01").with("amount_cents", 9).with("reference", "REF-9"));
            Path before = build(full(), options);
            assertEquals(Set.of("r1", "api"), facts(before, "records", "record_id", "subject", RETURNS));
            personal(ledger, returns, Kind.LEFT, Payload.of());
            personal(ledger, returns, Kind.ENROLLED, Payload.of().with("synthetic", 1));
            for (int i = 0; i < 2; i++) {
                Path carried = build(part(), options);
                assertEquals(Set.of("320508"), facts(carried, "persons", "district", "ordinal", RETURNS));
                assertEquals(Set.of(), facts(carried, "records", "record_id", "subject", RETURNS));
                assertEquals(Set.of(), facts(carried, "arrears", "amount_cents", "person", RETURNS));
                assertEquals(Set.of(), facts(carried, "tokens", "scheme", "person", RETURNS));
                assertEquals(Set.of(), facts(carried, "consents", "scene", "person", RETURNS));
                assertEquals(Set.of("r0"), facts(carried, "records", "record_id", "subject", STAYS));
                assertEquals(
                        3,
                        facts(carried, "arrears", "amount_cents", "person", STAYS)
                                .size());
            }
            Path delivered = build(full(), options);
            assertEquals(Set.of("r1"), facts(delivered, "records", "record_id", "subject", RETURNS));
            assertEquals(
                    Set.of("r1"),
                    facts(build(part(), options), "records", "record_id", "subject", RETURNS),
                    "delivered since, and carried over");
        }
    }

    @Test
    void carryOver_withoutTheLedgerThatIsContained_isRefused_aFullDeliveryGoesOn() throws IOException, SQLException {
        try (Ledger ledger = Ledger.open(Database.fresh(), Fixtures.KEY, TENTH);
                Ledger other = Ledger.open(Database.fresh(), Fixtures.KEY, TENTH)) {
            personal(
                    ledger,
                    subject(STAYS),
                    Kind.ARREARS_ADDED,
                    debt("2026-08-01").with("amount_cents", 9).with("reference", "REF-9"));
            build(full(), Fixtures.OPTIONS.with(ledger));
            for (IntakeOptions options : Set.of(Fixtures.OPTIONS, Fixtures.OPTIONS.with(other))) {
                IntakeException refused = assertThrows(IntakeException.class, () -> build(part(), options));
                assertEquals(IntakeException.Code.FORMER_UNUSABLE, refused.code());
                assertTrue(
                        String.valueOf(refused.getMessage()).endsWith("deliver persons.csv, or build with that ledger"),
                        refused.getMessage());
            }
            Path without = build(full(), Fixtures.OPTIONS);
            assertEquals(
                    3,
                    facts(without, "arrears", "amount_cents", "person", STAYS).size());
            Path carried = build(part(), Fixtures.OPTIONS.with(ledger));
            assertEquals(
                    4,
                    facts(carried, "arrears", "amount_cents", "person", STAYS).size());
        }
    }
}
