package io.osmanthus.snapshots.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.KeyedHash;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** A ledger under another key says what it said, and nothing of the old key is left in it. */
final class RekeyLedgerTest {
    private static final PseudonymKey OLD = PseudonymKey.ofHex("0f".repeat(32));
    private static final PseudonymKey NEW = PseudonymKey.ofHex("a7".repeat(32));
    private static final String ANNA = "320508188303030015";
    private static final String BEN = "320508188404040013";
    private static final String CARD = "3105554670059900";
    private static final Once ONCE = new Once(new byte[32], new byte[32]);
    private static final Act.Outcome DONE = new Act.Outcome(200, "{\"once\":1}".getBytes(StandardCharsets.UTF_8));

    private final Ledger.Place place = Database.fresh();

    private static Subject subject(PseudonymKey key, Scheme scheme, String token) {
        PseudonymKey.Pseudonymiser maker = key.pseudonymiser(scheme);
        maker.make(token);
        return new Subject(maker.high(), maker.low());
    }

    private static Subject person(PseudonymKey key, String id) {
        return subject(key, Scheme.PERSON, id);
    }

    private static String card(PseudonymKey key) {
        return HexFormat.of().formatHex(subject(key, Scheme.CARD, CARD).bytes());
    }

    private static byte[] reference(PseudonymKey key, String reference) {
        KeyedHash hash = KeyedHash.of(key, "arrears/1");
        hash.make("transit", reference);
        return ByteBuffer.allocate(16).putLong(hash.high()).putLong(hash.low()).array();
    }

    private static Act act(Subject about, Kind kind, Payload payload) {
        return page -> {
            page.appendPersonal(about, kind, payload, "self");
            return DONE;
        };
    }

    /** Names of whom is given. */
    private static RekeyLedger.Names names(boolean card, String... persons) {
        return to -> {
            for (String person : persons) {
                to.subject(person(OLD, person), person(NEW, person));
            }
            if (card) {
                to.token("card", subject(OLD, Scheme.CARD, CARD), subject(NEW, Scheme.CARD, CARD));
            }
        };
    }

    /** Anna has a card, a consent and arrears; Ben has left; a stranger's arrears stand as nobody's. */
    private void fill(boolean benLeaves) {
        try (Ledger ledger = Ledger.open(place, OLD, InstantSource.system())) {
            Subject anna = person(OLD, ANNA);
            Subject ben = person(OLD, BEN);
            ledger.submit(ONCE, act(anna, Kind.ENROLLED, Payload.of().with("district", "320508")))
                    .join();
            ledger.submit(
                            null,
                            act(
                                    anna,
                                    Kind.TOKEN_BOUND,
                                    Payload.of().with("scheme", "card").with("token", card(OLD))))
                    .join();
            ledger.submit(null, act(anna, Kind.CONSENT_GIVEN, Payload.of().with("scene", "transit")))
                    .join();
            ledger.submit(null, page -> {
                        page.appendPersonal(
                                anna,
                                Kind.ARREARS_ADDED,
                                Payload.of().with("scene", "transit").with("reference", "R-1"),
                                "gate");
                        ArrearsReferences.note(page, reference(OLD, "R-1"), anna, "transit", 20_000);
                        ArrearsReferences.note(page, reference(OLD, "R-2"), null, "transit", 20_000);
                        page.appendDecoy(Kind.ARREARS_ADDED, Payload.of().with("scene", "transit"), "gate");
                        return DONE;
                    })
                    .join();
            ledger.submit(null, page -> {
                        ArrearsReferences.Named named =
                                Objects.requireNonNull(ArrearsReferences.find(page, reference(OLD, "R-2")));
                        ArrearsReferences.settle(page, reference(OLD, "R-2"));
                        page.appendPersonal(named.subject(), Kind.ARREARS_SETTLED, Payload.of(), "gate");
                        return DONE;
                    })
                    .join();
            ledger.submit(null, act(ben, Kind.ENROLLED, Payload.of())).join();
            if (benLeaves) {
                ledger.submit(null, act(ben, Kind.LEFT, Payload.of())).join();
            }
        }
    }

    private List<String> story(PseudonymKey key) {
        try (Ledger ledger = Ledger.open(place, key, InstantSource.system())) {
            List<String> story = new ArrayList<>();
            for (Entry entry : ledger.after(0, 100)) {
                byte[] payload = entry.payload();
                String who = entry.subject().equals(person(key, ANNA))
                        ? "anna"
                        : entry.subject().equals(person(key, BEN)) ? "ben" : "nobody";
                story.add(entry.position() + " " + who + " " + entry.kind() + " "
                        + (payload == null || who.equals("nobody")
                                ? "closed"
                                : new String(payload, StandardCharsets.UTF_8).replace(card(key), "CARD"))
                        + " " + entry.actor() + " " + entry.at());
            }
            return story;
        }
    }

    private Set<String> everything() throws SQLException {
        Set<String> values = new TreeSet<>();
        try (Ledger ledger = Ledger.open(place, NEW, InstantSource.system())) {
            return ledger.read(connection -> {
                for (String table : RekeyLedger.TABLES) {
                    try (Statement statement = connection.createStatement();
                            ResultSet rows = statement.executeQuery("SELECT t::text FROM " + table + " t")) {
                        while (rows.next()) {
                            values.add(rows.getString(1).toLowerCase(Locale.ROOT));
                        }
                    }
                }
                return values;
            });
        }
    }

    @Test
    void run_everybodyNamed_saysTheSameUnderTheNewKeyAndNothingOfTheOldIsLeft() throws SQLException {
        fill(true);
        List<String> before = story(OLD);
        RekeyLedger.Result result = RekeyLedger.run(place, OLD, NEW, names(true, ANNA, BEN), false);
        assertTrue(result.done(), result.toString());
        assertEquals(before.size(), result.changes());
        assertEquals(1, result.referencesLeftOut(), "the stranger's");
        assertEquals(before, story(NEW));
        assertThrows(LedgerException.class, () -> story(OLD));
        for (String value : everything()) {
            for (String old : List.of(
                    HexFormat.of().formatHex(person(OLD, ANNA).bytes()),
                    HexFormat.of().formatHex(person(OLD, BEN).bytes()),
                    HexFormat.of().formatHex(reference(OLD, "R-1")),
                    HexFormat.of().formatHex(reference(OLD, "R-2")),
                    card(OLD))) {
                assertFalse(value.contains(old), value);
            }
        }
        goesOn();
        assertTrue(RekeyLedger.run(place, OLD, NEW, names(true, ANNA), false).already(), "a second run finds it done");
    }

    /** Acts, repetitions, references and departures work as before. */
    private void goesOn() {
        try (Ledger ledger = Ledger.open(place, NEW, InstantSource.system())) {
            Act.Receipt repeated = ledger.submit(ONCE, page -> {
                        throw new AssertionError("the act is repeated");
                    })
                    .join();
            assertEquals("{\"once\":1}", new String(repeated.outcome().body(), StandardCharsets.UTF_8));
            ledger.submit(null, page -> {
                        ArrearsReferences.Named named =
                                Objects.requireNonNull(ArrearsReferences.find(page, reference(NEW, "R-1")));
                        assertEquals(person(NEW, ANNA), named.subject());
                        assertNull(
                                ArrearsReferences.find(page, reference(NEW, "R-2")),
                                "settled as any that is not known");
                        page.appendPersonal(person(NEW, ANNA), Kind.CONSENT_WITHDRAWN, Payload.of(), "self");
                        return DONE;
                    })
                    .join();
            List<Ledger.Departure> departures = LedgerTest.departures(ledger);
            assertEquals(person(NEW, BEN), departures.get(0).subject());
            assertTrue(departures.get(0).gone());
            assertNotNull(ledger.about(person(NEW, ANNA)).get(4).payload());
            assertThrows(
                    CompletionException.class,
                    () -> ledger.submit(null, page -> {
                                try (Statement statement = page.connection().createStatement()) {
                                    statement.execute("DELETE FROM change");
                                }
                                return DONE;
                            })
                            .join(),
                    "it is append-only again");
        }
    }

    @Test
    void run_leaverNotNamed_changesNothingEvenIfOthersMayBeLeftOut() {
        fill(true);
        List<String> before = story(OLD);
        RekeyLedger.Result result = RekeyLedger.run(place, OLD, NEW, names(true, ANNA), true);
        assertFalse(result.done());
        assertTrue(result.forbidden());
        assertEquals(1, result.lasting());
        assertEquals(before, story(OLD));
    }

    @Test
    void run_enrolledNotNamed_isLeftOutOnlyIfThatIsSaid() {
        fill(false);
        List<String> before = story(OLD);
        RekeyLedger.Result refused = RekeyLedger.run(place, OLD, NEW, names(false, ANNA), false);
        assertEquals(List.of(1L, 0L, 1L), List.of(refused.leftOut(), refused.lasting(), refused.tokensLeftOut()));
        assertFalse(refused.done());
        assertEquals(before, story(OLD));
        assertTrue(RekeyLedger.run(place, OLD, NEW, names(false, ANNA), true).done());
        List<String> after = story(NEW);
        assertEquals(before.size(), after.size(), "positions stay");
        assertTrue(after.get(1).contains("nobody TOKEN_BOUND closed"), after.get(1));
        assertTrue(after.get(6).contains("nobody ENROLLED closed"), after.get(5));
        assertEquals(before.get(2), after.get(2));
    }

    @Test
    void run_brokenChainOrAnotherKeyOrUnknownTable_isRefused() throws SQLException {
        fill(false);
        PseudonymKey third = PseudonymKey.ofHex("11".repeat(32));
        assertThrows(LedgerException.class, () -> RekeyLedger.run(place, third, NEW, names(true, ANNA, BEN), false));
        execute("CREATE TABLE extra (subject bytea)");
        LedgerException unknown = assertThrows(
                LedgerException.class, () -> RekeyLedger.run(place, OLD, NEW, names(true, ANNA, BEN), false));
        assertTrue(String.valueOf(unknown.getMessage()).contains("extra"), unknown.getMessage());
        execute("DROP TABLE extra");
        execute("ALTER TABLE change DISABLE TRIGGER change_append_only");
        execute("UPDATE change SET actor = 'other' WHERE position = 3");
        LedgerException broken = assertThrows(
                LedgerException.class, () -> RekeyLedger.run(place, OLD, NEW, names(true, ANNA, BEN), false));
        assertTrue(String.valueOf(broken.getMessage()).contains("position 3"), broken.getMessage());
    }

    private void execute(String sql) throws SQLException {
        try (Ledger ledger = Ledger.open(place, OLD, InstantSource.system())) {
            ledger.read(connection -> {
                try (Statement statement = connection.createStatement()) {
                    return statement.execute(sql);
                }
            });
        }
    }
}
