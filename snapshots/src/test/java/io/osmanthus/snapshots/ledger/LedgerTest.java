package io.osmanthus.snapshots.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.PseudonymKey;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LedgerTest {
    private static final PseudonymKey KEY = PseudonymKey.ofHex("0f".repeat(32));
    private static final Act.Outcome DONE = new Act.Outcome(200, "{}".getBytes(StandardCharsets.UTF_8));

    private Ledger.Place place = Database.fresh();
    private Ledger ledger = open();

    @BeforeEach
    void fresh() {
        ledger.close();
        place = Database.fresh();
        ledger = open();
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private Ledger open() {
        return Ledger.open(place, KEY, InstantSource.system());
    }

    private static Act give(Subject person, String scene) {
        return page -> {
            page.appendPersonal(
                    person,
                    Kind.CONSENT_GIVEN,
                    Payload.of().with("scene", scene).with("purpose_version", 1),
                    "self");
            return DONE;
        };
    }

    private static Act enrol(Subject person) {
        return page -> {
            page.appendPersonal(person, Kind.ENROLLED, Payload.of(), "self");
            return DONE;
        };
    }

    private static Act leave(Subject person) {
        return page -> {
            page.appendPersonal(person, Kind.LEFT, Payload.of(), "self");
            return DONE;
        };
    }

    static List<Ledger.Departure> departures(Ledger ledger) {
        List<Ledger.Departure> departures = new ArrayList<>();
        ledger.departures(departures::add);
        return departures;
    }

    @Test
    void submit_fromManyThreads_positionsGapFreeAndReadBack() {
        List<CompletableFuture<Act.Receipt>> done = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            done.add(ledger.submit(null, give(new Subject(i % 7, 1), "transit")));
        }
        long max = 0;
        for (CompletableFuture<Act.Receipt> one : done) {
            max = Math.max(max, one.join().position());
        }
        assertEquals(500, max);
        assertEquals(500, ledger.head().position());
        long expected = 0;
        for (Entry entry : ledger.after(0, 1_000)) {
            assertEquals(++expected, entry.position());
            byte[] payload = Objects.requireNonNull(entry.payload());
            assertEquals("transit", Payload.parse(payload).text("scene"));
            assertEquals(Kind.CONSENT_GIVEN, entry.kind());
        }
        assertEquals(500, expected);
    }

    @Test
    void submit_twoNodes_positionsOfOneOrder() {
        try (Ledger other = open()) {
            assertEquals(ledger.id(), other.id());
            List<CompletableFuture<Act.Receipt>> done = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                done.add((i % 2 == 0 ? ledger : other).submit(null, give(new Subject(i, 1), "transit")));
            }
            assertEquals(
                    300,
                    done.stream().mapToLong(one -> one.join().position()).max().orElse(0));
        }
        assertEquals(300, ledger.after(0, 1_000).size());
    }

    @Test
    void payload_inTheTable_isCiphertext() throws SQLException {
        ledger.submit(null, give(new Subject(1, 2), "transit")).join();
        byte[] stored = ledger.read(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT payload FROM change")) {
                row.next();
                return row.getBytes(1);
            }
        });
        assertTrue(!new String(stored, StandardCharsets.ISO_8859_1).contains("transit"));
    }

    /** Both wait while a commit is slow: what the delivery says of them must stay out all the same. */
    @Test
    void leaveAndEnrol_onOnePage_departureIsKept() {
        Subject person = new Subject(1, 2);
        ledger.submit(null, enrol(person)).join();
        ledger.submit(null, page -> {
                    leave(person).on(page);
                    return enrol(person).on(page);
                })
                .join();
        Ledger.Departure departure = departures(ledger).get(0);
        assertEquals(2, departure.position());
        assertTrue(!departure.gone());
        ledger.submit(null, give(person, "transit")).join();
        assertNotNull(ledger.after(3, 10).get(0).payload(), "under the new key");
    }

    /** They came back by a channel's file, of which the ledger knows nothing. */
    @Test
    void leave_ofOneWhoHadLeft_isTheDepartureThatCounts() {
        Subject person = new Subject(1, 2);
        ledger.submit(null, leave(person)).join();
        Ledger.Departure first = departures(ledger).get(0);
        ledger.submit(null, leave(person)).join();
        Ledger.Departure second = departures(ledger).get(0);
        assertEquals(2, second.position());
        assertTrue(second.at().isAfter(first.at()), second + " is not after " + first);
    }

    @Test
    void here_seenAfterTheDeparture_givesAKey_seenBeforeItDoesNot() {
        Subject person = new Subject(1, 2);
        List<Boolean> here = new ArrayList<>();
        ledger.submit(null, leave(person)).join();
        ledger.submit(null, page -> {
                    here.add(page.here(person, 0, Payload.of(), "self"));
                    here.add(page.here(person, 1, Payload.of(), "self"));
                    leave(person).on(page);
                    here.add(page.here(person, 1, Payload.of(), "self"));
                    return DONE;
                })
                .join();
        assertEquals(List.of(false, true, false), here, "left later, came back, left again on this page");
        assertEquals(Kind.ENROLLED, ledger.after(1, 10).get(0).kind());
        assertTrue(departures(ledger).get(0).gone());
    }

    @Test
    void leave_destroysTheKey_andWhatWasUnderItStaysClosed() {
        Subject person = new Subject(1, 2);
        ledger.submit(null, enrol(person)).join();
        ledger.submit(null, give(person, "transit")).join();
        ledger.submit(null, leave(person)).join();
        List<Entry> entries = ledger.after(0, 10);
        assertNull(entries.get(0).payload());
        assertNull(entries.get(1).payload());
        assertEquals(Kind.LEFT, entries.get(2).kind());
        // one who has left meanwhile: written about nobody
        ledger.submit(null, give(person, "transit")).join();
        assertNotEquals(person, ledger.after(3, 10).get(0).subject());
        assertNull(ledger.after(3, 10).get(0).payload());
        assertTrue(departures(ledger).get(0).gone());
        ledger.submit(null, enrol(person)).join();
        ledger.submit(null, give(person, "parking")).join();
        assertNull(ledger.after(0, 10).get(1).payload());
        assertNotNull(ledger.after(0, 10).get(5).payload());
        assertTrue(!departures(ledger).get(0).gone());
        assertEquals(2, ledger.growth(0));
        assertEquals(0, ledger.growth(ledger.head().position()));
    }

    @Test
    void enrolLeaveEnrol_inOneTransaction_lastKeyHolds() {
        Subject person = new Subject(5, 6);
        ledger.submit(null, page -> {
                    for (Act act : List.of(enrol(person), give(person, "a"), leave(person), enrol(person))) {
                        act.on(page);
                    }
                    return give(person, "b").on(page);
                })
                .join();
        List<Entry> entries = ledger.about(person);
        assertEquals(5, entries.size());
        assertNull(entries.get(1).payload());
        assertEquals(
                "b",
                Payload.parse(Objects.requireNonNull(entries.get(4).payload())).text("scene"));
    }

    @Test
    void once_sameKeySameBody_answeredAsBefore_otherBodyRefused() {
        AtomicInteger runs = new AtomicInteger();
        Act act = page -> {
            runs.incrementAndGet();
            page.appendPersonal(new Subject(1, 1), Kind.CONSENT_GIVEN, Payload.of(), "self");
            return new Act.Outcome(201, ("run " + runs).getBytes(StandardCharsets.UTF_8));
        };
        Once once = new Once(new byte[32], new byte[] {1});
        Act.Receipt first = ledger.submit(once, act).join();
        Act.Receipt again = ledger.submit(once, act).join();
        assertEquals(1, runs.get());
        assertArrayEquals(first.outcome().body(), again.outcome().body());
        assertEquals(first.position(), again.position());
        CompletionException refused =
                assertThrows(CompletionException.class, () -> ledger.submit(new Once(new byte[32], new byte[] {2}), act)
                        .join());
        LedgerException cause = assertInstanceOf(LedgerException.class, refused.getCause());
        assertEquals(LedgerException.Code.KEY_REUSED, cause.code());
        assertEquals(1, ledger.head().position());
    }

    @Test
    void submit_actThatFails_takesNothingElseWithIt() {
        List<CompletableFuture<Act.Receipt>> good = new ArrayList<>();
        List<CompletableFuture<Act.Receipt>> bad = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            good.add(ledger.submit(null, give(new Subject(i, 0), "transit")));
            bad.add(ledger.submit(null, page -> {
                page.appendPersonal(new Subject(9, 9), Kind.CONSENT_GIVEN, Payload.of(), "self");
                try (PreparedStatement wrong = page.connection().prepareStatement("SELECT 1/0")) {
                    wrong.execute();
                }
                return DONE;
            }));
        }
        good.forEach(CompletableFuture::join);
        for (CompletableFuture<Act.Receipt> one : bad) {
            assertThrows(CompletionException.class, one::join);
        }
        assertEquals(100, ledger.head().position());
        assertEquals(0, ledger.about(new Subject(9, 9)).size());
    }

    @Test
    void change_updatedOrDeleted_refusedByTheDatabase() throws SQLException {
        ledger.submit(null, give(new Subject(1, 2), "transit")).join();
        for (String sql : List.of("DELETE FROM change", "UPDATE change SET actor = 'x'", "TRUNCATE change")) {
            assertThrows(LedgerException.class, () -> ledger.read(connection -> execute(connection, sql)));
        }
    }

    private static boolean execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }

    @Test
    void open_underAnotherPseudonymKey_refused() {
        LedgerException refused = assertThrows(
                LedgerException.class,
                () -> Ledger.open(place, PseudonymKey.ofHex("1e".repeat(32)), InstantSource.system()));
        assertEquals(LedgerException.Code.REFUSED, refused.code());
    }

    @Test
    void embedded_directoryInUse_refused() {
        Database.shared();
        LedgerException refused = assertThrows(
                LedgerException.class, () -> EmbeddedDatabase.start(java.nio.file.Path.of("target", "ledger-tests")));
        assertEquals(LedgerException.Code.EMBEDDED, refused.code());
    }
}
