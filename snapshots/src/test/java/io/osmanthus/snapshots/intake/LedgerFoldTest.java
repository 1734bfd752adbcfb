package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.PersonFile;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
import io.osmanthus.snapshots.Rows;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.StillDelivered;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.cases.CaseKind;
import io.osmanthus.snapshots.cases.Cases;
import io.osmanthus.snapshots.cases.Filing;
import io.osmanthus.snapshots.cases.Procedure;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Database;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A build with a ledger: one act of every kind over one delivery, against files worked out by hand. */
final class LedgerFoldTest {
    private static final String STAYS = DeliveryBuilder.PERSON;
    private static final String LEAVES = DeliveryBuilder.person(1870, 1, 1, 1);
    private static final String COMES = DeliveryBuilder.person(1870, 1, 1, 3);
    private static final String COMPANY = DeliveryBuilder.ORGANISATION;
    private static final InstantSource TENTH = InstantSource.fixed(Instant.parse("2026-10-10T02:00:00Z"));

    @TempDir
    Path directory = Path.of("");

    private Path delivery() throws IOException {
        return DeliveryBuilder.basic()
                .row(DeliveryFile.PERSONS, LEAVES + ",320508,2026-01-01")
                .row(DeliveryFile.TOKENS, "card,3105554670059900," + STAYS)
                .row(DeliveryFile.TOKENS, "card,3105554670059901," + LEAVES)
                .row(DeliveryFile.CONSENTS, STAYS + ",transit,2026-02-01,2027-02-01,e1")
                .row(DeliveryFile.CONSENTS, STAYS + ",parking,2026-03-01,2027-02-01,e2")
                .row(DeliveryFile.CONSENTS, LEAVES + ",transit,2026-02-01,,e3")
                .row(
                        DeliveryFile.RECORDS,
                        "r1,person," + STAYS + ",court-default,,2026-01-01,,2026-01-05,,serious,法院,苏执1号")
                .row(DeliveryFile.RECORDS, "r2,person," + STAYS + ",honour-city,,2026-01-01,,,,,文明办,")
                .row(DeliveryFile.ARREARS, "parking," + STAYS + ",2026-05-01,1250,REF-1,停车公司")
                .row(DeliveryFile.ARREARS, "parking," + STAYS + ",2026-06-01,2250,REF-2,停车公司")
                .row(DeliveryFile.LIST_ENTRIES, "L1,tax-a,organisation," + COMPANY + ",2026-01-01,2026-12-31,r,b,税务局")
                .write(directory.resolve("delivery"));
    }

    @Test
    void build_withOneActOfEachKind_filesAreDeliveryAndLedgerTogether() throws IOException, SQLException {
        Path delivery = delivery();
        Path snapshot;
        try (Ledger ledger = Ledger.open(Database.fresh(), Fixtures.KEY, TENTH)) {
            acts(ledger);
            Fixtures.Built built =
                    Fixtures.build(delivery, directory.resolve("store"), Fixtures.KEY, Fixtures.OPTIONS.with(ledger));
            snapshot = built.snapshot();
            Manifest manifest =
                    Snapshot.open(snapshot, Trust.of(Fixtures.KEY, null, true)).manifest();
            assertEquals(ledger.head().position(), manifest.ledgerPosition());
            assertEquals(ledger.id().toString(), manifest.ledgerId());
            assertEquals(ledger.head().hash(), manifest.ledgerHash());
        }
        assertEquals(
                Set.of(high(STAYS) + " 320508 2026-01-01", high(COMES) + " 320505 2026-10-10"),
                lines("SELECT person_high, district, enrolled_on FROM '" + parquet(snapshot, "persons")));
        String owners = " t JOIN '" + parquet(snapshot, "persons") + " p ON p.ordinal = t.person";
        assertEquals(
                Set.of(card("3105554670059902") + " card " + high(COMES)),
                lines("SELECT token_high, scheme, person_high FROM '" + parquet(snapshot, "tokens") + owners),
                "unbound, gone with its person, and bound");
        assertEquals(
                Set.of("parking 2026-03-01 2027-02-01 " + high(STAYS), "transit 2026-10-10 2027-10-10 " + high(COMES)),
                lines("SELECT scene, granted_on, expires_on, person_high FROM '" + parquet(snapshot, "consents")
                        + owners),
                "withdrawn, gone with its person, and given");
        assertEquals(
                Set.of("r1 4 2026-10-10", "r2  ", "api  "),
                lines("SELECT record_id, marks, marked_on FROM '" + parquet(snapshot, "records")
                        + " WHERE subject_type = 'person'"));
        assertEquals(
                Set.of("penalty 苏罚9号 25.50 serious"),
                lines("SELECT record_id, document, quantity, severity FROM '" + parquet(snapshot, "records")
                        + " WHERE subject_type = 'organisation'"));
        assertEquals(
                Set.of("2026-06-01 2250 1", "2026-07-01 900 "),
                lines("SELECT since, amount_cents, marks FROM '" + parquet(snapshot, "arrears")),
                "settled, disputed, and reported");
        assertEquals(
                Set.of("L1 2026-10-09 4 税务局", "L9 2026-11-30  人社局"),
                lines("SELECT entry_id, leaves_on, marks, source FROM '" + parquet(snapshot, "list_entries")));
        assertEquals(
                Set.of(new StillDelivered.Count("法院", 1), new StillDelivered.Count("文明办", 0)),
                Set.copyOf(StillDelivered.of(snapshot, LocalDate.of(2026, 10, 14))),
                "delivered on after it was retracted");
        assertEquals(
                0,
                StillDelivered.of(snapshot, LocalDate.of(2026, 10, 10)).stream()
                        .mapToLong(StillDelivered.Count::records)
                        .sum(),
                "delivered before");
    }

    /** Who left and came back by a delivery gets a key in the ledger; without that delivery they are not enrolled. */
    @Test
    void build_withAKeyForOneWhoCameBack_enrolsNobody() throws IOException, SQLException {
        Path delivery = delivery();
        try (Ledger ledger = Ledger.open(Database.fresh(), Fixtures.KEY, TENTH)) {
            personal(ledger, subject(Scheme.PERSON, LEAVES), Kind.LEFT, Payload.of());
            for (String person : List.of(LEAVES, COMES)) {
                personal(
                        ledger,
                        subject(Scheme.PERSON, person),
                        Kind.ENROLLED,
                        Payload.of().with("delivered", 1));
            }
            Path snapshot = Fixtures.build(
                            delivery, directory.resolve("store"), Fixtures.KEY, Fixtures.OPTIONS.with(ledger))
                    .snapshot();
            assertEquals(
                    Set.of(Long.toString(high(STAYS))),
                    lines("SELECT person_high FROM '" + parquet(snapshot, "persons")));
        }
    }

    private static void acts(Ledger ledger) {
        Subject stays = subject(Scheme.PERSON, STAYS);
        Subject leaves = subject(Scheme.PERSON, LEAVES);
        Subject comes = subject(Scheme.PERSON, COMES);
        Subject company = subject(Scheme.USCC, COMPANY);
        SceneDefinition transit = Objects.requireNonNull(Fixtures.VOCABULARY.scene("transit"));
        personal(ledger, leaves, Kind.LEFT, Payload.of());
        personal(
                ledger,
                comes,
                Kind.ENROLLED,
                Payload.of().with("district", 320505).with("synthetic", 1));
        personal(ledger, comes, Kind.TOKEN_BOUND, card("card", "3105554670059902"));
        personal(ledger, stays, Kind.TOKEN_UNBOUND, card("card", "3105554670059900"));
        personal(
                ledger,
                comes,
                Kind.CONSENT_GIVEN,
                Payload.of()
                        .with("scene", transit.id())
                        .with("purpose_version", transit.purposeVersion())
                        .with("recipients", transit.recipients())
                        .with("granted_on", "2026-10-10")
                        .with("expires_on", "2027-10-10"));
        personal(
                ledger,
                stays,
                Kind.CONSENT_WITHDRAWN,
                Payload.of().with("scene", "transit").with("on", "2026-10-10"));
        personal(
                ledger,
                stays,
                Kind.RECORD_ADDED,
                record("person", "api", "blood-donation", "红十字会").with("quantity_hundredths", 40_000));
        personal(ledger, stays, Kind.RECORD_MARKED, marked("r1", "法院", 1));
        personal(ledger, stays, Kind.RECORD_MARKED, marked("r1", "法院", 4));
        open(
                ledger,
                company,
                Kind.RECORD_ADDED,
                record("organisation", "penalty", "penalty-minor", "市监局")
                        .with("quantity_hundredths", 2_550)
                        .with("severity", 3)
                        .with("document_no", "苏罚9号"));
        personal(ledger, stays, Kind.ARREARS_SETTLED, debt("2026-05-01").with("reference", "REF-1"));
        personal(ledger, stays, Kind.ARREARS_MARKED, debt("2026-06-01").with("marks", 1));
        personal(
                ledger,
                stays,
                Kind.ARREARS_ADDED,
                debt("2026-07-01").with("amount_cents", 900).with("reference", "REF-3"));
        open(
                ledger,
                company,
                Kind.ENTRY_ADDED,
                Payload.of()
                        .with("entry_id", "L9")
                        .with("list", "tax-a")
                        .with("entered_on", "2026-10-01")
                        .with("leaves_on", "2026-11-30")
                        .with("source", "人社局"));
        open(
                ledger,
                company,
                Kind.ENTRY_AMENDED,
                Payload.of()
                        .with("entry_id", "L1")
                        .with("list", "tax-a")
                        .with("ends_on", "2026-10-09")
                        .with("marks", 4));
    }

    /** The contested entry's last day moves with its delivery; what a case of an earlier version copied into the ledger too. */
    @Test
    void build_entryObjectedTo_isMarkedAndEndsAsItIsDelivered() throws IOException, SQLException {
        String row = "L%d,tax-a,organisation," + COMPANY + ",2026-01-01,%s,r,b,税务局";
        Path delivery = DeliveryBuilder.basic()
                .row(DeliveryFile.LIST_ENTRIES, row.formatted(1, "2027-06-30"))
                .row(DeliveryFile.LIST_ENTRIES, row.formatted(2, "2027-06-30"))
                .row(DeliveryFile.LIST_ENTRIES, row.formatted(3, "2027-06-30"))
                .write(directory.resolve("longer"));
        Subject company = subject(Scheme.USCC, COMPANY);
        Procedure procedure = new Procedure(
                Objects.requireNonNull(Fixtures.VOCABULARY.regimes().cases()), Fixtures.VOCABULARY.workingDays());
        Payload content = Payload.of().with("id", "L1").with("list", "tax-a").with("leaves_on", "2026-12-31");
        Filing filing = new Filing(CaseKind.OBJECTION_ENTRY, company, true, new byte[16], false, content);
        Path snapshot;
        try (Ledger ledger = Ledger.open(Database.fresh(), Fixtures.KEY, TENTH)) {
            ledger.submit(null, page -> {
                        Cases.file(page, filing, procedure, day("2026-10-10"), "company");
                        return new Act.Outcome(200, new byte[0]);
                    })
                    .join();
            Payload former = Payload.of().with("entry_id", "L2").with("list", "tax-a");
            open(
                    ledger,
                    company,
                    Kind.ENTRY_AMENDED,
                    former.with("leaves_on", "2026-12-31").with("marks", 1));
            Payload ended = Payload.of().with("entry_id", "L3").with("list", "tax-a");
            open(ledger, company, Kind.ENTRY_AMENDED, ended.with("ends_on", "open"));
            snapshot = Fixtures.build(delivery, directory.resolve("store"), Fixtures.KEY, Fixtures.OPTIONS.with(ledger))
                    .snapshot();
        }
        assertEquals(
                Set.of("L1 2027-06-30 1", "L2 2027-06-30 1", "L3  "),
                lines("SELECT entry_id, leaves_on, marks FROM '" + parquet(snapshot, "list_entries")));
    }

    @Test
    void personFile_ofADelivery_opensWhatIsSealedForThePersonOnly() throws IOException {
        Path snapshot = Fixtures.build(delivery(), directory.resolve("store")).snapshot();
        Subject stays = subject(Scheme.PERSON, STAYS);
        try (PersonFile file = PersonFile.open(snapshot, Fixtures.KEY);
                PersonFile foreign = PersonFile.open(snapshot, PseudonymKey.ofHex("3c".repeat(32)))) {
            int person = file.ordinal(stays.high(), stays.low());
            assertEquals(-1, file.ordinal(stays.high(), stays.low() + 1));
            assertEquals(new PersonFile.Enrolment(320508, day("2026-01-01")), file.enrolment(person));
            assertEquals(new PersonFile.Enrolment(0, Rows.NONE), file.enrolment(99));
            assertEquals(
                    List.of(
                            new PersonFile.Delivered(
                                    "r1",
                                    "法院",
                                    "court-default",
                                    day("2026-01-01"),
                                    Rows.NONE,
                                    day("2026-01-05"),
                                    "苏执1号"),
                            new PersonFile.Delivered(
                                    "r2", "文明办", "honour-city", day("2026-01-01"), Rows.NONE, Rows.NONE, null)),
                    file.records(person));
            assertNull(foreign.records(person).get(0).documentNo(), "sealed under another key");
            assertEquals(
                    Set.of(new PersonFile.Name("文明办", "r2")),
                    file.recordNames(person, Set.of("honour-city", "blood-donation")));
            assertEquals(
                    List.of(
                            new PersonFile.Debt("parking", day("2026-05-01"), 1250, "停车公司", "REF-1"),
                            new PersonFile.Debt("parking", day("2026-06-01"), 2250, "停车公司", "REF-2")),
                    file.arrears(person));
            assertEquals(
                    List.of(
                            new PersonFile.Given("parking", day("2026-03-01"), day("2027-02-01"), "e2"),
                            new PersonFile.Given("transit", day("2026-02-01"), day("2027-02-01"), "e1")),
                    file.consents(person));
            assertTrue(file.records(99).isEmpty());
        }
    }

    static Payload record(String type, String id, String item, String source) {
        return Payload.of()
                .with("type", type)
                .with("record_id", id)
                .with("item", item)
                .with("source", source)
                .withDay("occurred_on", day("2026-09-01"))
                .withDay("decided_on", Days.NONE);
    }

    static Payload marked(String id, String source, int marks) {
        return Payload.of()
                .with("type", "person")
                .with("record_id", id)
                .with("source", source)
                .with("marks", marks);
    }

    static Payload debt(String since) {
        return Payload.of().with("scene", "parking").with("since", since);
    }

    private static Payload card(String scheme, String number) {
        Subject token = subject(Scheme.CARD, number);
        HexFormat hex = HexFormat.of();
        return Payload.of()
                .with("scheme", scheme)
                .with("token", hex.toHexDigits(token.high()) + hex.toHexDigits(token.low()));
    }

    static void personal(Ledger ledger, Subject subject, Kind kind, Payload payload) {
        ledger.submit(null, page -> {
                    page.appendPersonal(subject, kind, payload, "parking-company");
                    return new Act.Outcome(200, new byte[0]);
                })
                .join();
    }

    static void open(Ledger ledger, Subject subject, Kind kind, Payload payload) {
        ledger.submit(null, page -> {
                    page.appendOpen(subject, kind, payload, "office");
                    return new Act.Outcome(200, new byte[0]);
                })
                .join();
    }

    static Subject subject(Scheme scheme, String id) {
        Pseudonymiser pseudonyms = Fixtures.KEY.pseudonymiser(scheme);
        pseudonyms.make(id);
        return new Subject(pseudonyms.high(), pseudonyms.low());
    }

    private static long high(String person) {
        return subject(Scheme.PERSON, person).high();
    }

    private static long card(String number) {
        return subject(Scheme.CARD, number).high();
    }

    static Set<String> lines(String sql) throws SQLException {
        return Set.copyOf(
                Fixtures.query(sql).stream().map(row -> String.join(" ", row)).toList());
    }

    static String parquet(Path snapshot, String name) {
        return snapshot.resolve(name + ".parquet") + "'";
    }

    static int day(String date) {
        return (int) LocalDate.parse(date).toEpochDay();
    }
}
