package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
import io.osmanthus.snapshots.SnapshotException;
import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots that contain the ledger up to a position, and servers that start from them. */
final class ContainedSnapshotTest {
    private static final String CONSENT = "/v1/me/consents/transit";
    private static final String BODY = "{\"purpose_version\":1}";

    @TempDir
    Path directory = Path.of("");

    private Ledger.Place place = Database.fresh();

    @BeforeEach
    void fresh() {
        place = Database.fresh();
    }

    @Test
    void build_withTheLedger_containsWhatWasWithdrawnLeftAndReported_andIsServedFromItsPosition() throws Exception {
        LedgerRig rig = LedgerRig.in(directory, 200);
        long withdrawn;
        long leaver;
        long reported;
        try (Serving node = rig.serve(place)) {
            withdrawn = rig.entitled(node.port(), 0);
            leaver = rig.entitled(node.port(), withdrawn + 1);
            reported = rig.entitled(node.port(), leaver + 1);
            assertEquals(
                    200,
                    rig.ask(node.port(), "DELETE", CONSENT, rig.citizen(withdrawn), null)
                            .status());
            assertEquals(
                    200,
                    rig.ask(node.port(), "DELETE", "/v1/me/enrolment", rig.citizen(leaver), null)
                            .status());
            assertEquals(
                    201,
                    rig.ask(node.port(), "POST", "/v1/records", rig.department, record(rig, reported))
                            .status());
        }
        Manifest manifest;
        try (Ledger ledger = Ledger.open(place, LedgerRig.KEY, InstantSource.system())) {
            manifest = rig.build(ledger);
            assertEquals(ledger.id().toString(), manifest.ledgerId());
            assertEquals(3, manifest.ledgerPosition());
        }
        assertEquals(rig.city.persons() - 1, manifest.rows("persons.parquet"));
        try (Serving node = rig.serve(place)) {
            assertEquals(
                    3,
                    rig.ask(node.port(), "GET", "/health/ready", rig.terminal, null)
                            .json()
                            .get("position")
                            .asLong());
            assertFalse(rig.benefit(node.port(), rig.city.token(withdrawn).token()));
            assertFalse(rig.benefit(node.port(), rig.city.token(leaver).token()));
            assertEquals(
                    404,
                    rig.ask(node.port(), "GET", "/v1/me/score", rig.citizen(leaver), null)
                            .status());
            assertTrue(lines(rig, node, reported).toString().contains("\"api-1\""));
            assertEquals(
                    200,
                    rig.ask(node.port(), "PUT", CONSENT, rig.citizen(withdrawn), BODY)
                            .status());
            assertTrue(rig.benefit(node.port(), rig.city.token(withdrawn).token()));
        }
    }

    private static JsonNode lines(LedgerRig rig, Serving node, long person) throws Exception {
        return rig.ask(node.port(), "GET", "/v1/me/score", rig.citizen(person), null)
                .json()
                .get("lines");
    }

    private static String record(LedgerRig rig, long person) {
        return record(rig.city.personId(person));
    }

    private static String record(String person) {
        return "{\"records\":[{\"record_id\":\"api-1\",\"subject_type\":\"person\",\"subject_id\":\""
                + person + "\",\"item\":\"blood-donation\",\"occurred_on\":\"2026-09-01\","
                + "\"quantity\":400,\"source\":\"" + LedgerRig.SOURCE + "\"}]}";
    }

    @Test
    void serve_snapshotOfAnotherLedger_orOfMoreThanThereIs_refused() throws Exception {
        LedgerRig rig = LedgerRig.in(directory, 50);
        Ledger.Place other = Database.fresh();
        try (Ledger ledger = Ledger.open(place, LedgerRig.KEY, InstantSource.system())) {
            act(
                    ledger,
                    rig,
                    Kind.CONSENT_WITHDRAWN,
                    Payload.of().with("scene", "transit").with("on", "2026-10-15"));
            rig.build(ledger);
        }
        SnapshotException refused = assertThrows(SnapshotException.class, () -> rig.serve(other));
        assertEquals(SnapshotException.Code.WRONG_LEDGER, refused.code());
        // an operator who means it, as the README says; and what a backup brings back: the same ledger, and less of it
        Files.deleteIfExists(directory.resolve("store/ledger.seen"));
        try (Connection connection = DriverManager.getConnection(place.jdbcUrl(), place.user(), place.password());
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE change DISABLE TRIGGER ALL");
            statement.execute("DELETE FROM change");
            statement.execute("UPDATE ledger SET position = 0");
        }
        refused = assertThrows(SnapshotException.class, () -> rig.serve(place));
        assertEquals(SnapshotException.Code.WRONG_LEDGER, refused.code());
        assertTrue(String.valueOf(refused.getMessage()).contains("an older database was restored"));
    }

    /** By its position alone the ledger would be believed: it has got further than the snapshot. */
    @Test
    void serve_snapshotOfALedgerThatWasRestoredAndWrittenSince_refused() throws Exception {
        LedgerRig rig = LedgerRig.in(directory, 50);
        Payload withdrawal = Payload.of().with("scene", "transit").with("on", "2026-10-15");
        try (Ledger ledger = Ledger.open(place, LedgerRig.KEY, InstantSource.system())) {
            act(ledger, rig, Kind.CONSENT_WITHDRAWN, withdrawal);
            assertEquals(ledger.head().hash(), rig.build(ledger).ledgerHash());
        }
        try (Connection connection = DriverManager.getConnection(place.jdbcUrl(), place.user(), place.password());
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE change DISABLE TRIGGER ALL");
            statement.execute("DELETE FROM change");
            statement.execute("UPDATE ledger SET position = 0, head = decode(repeat('00', 32), 'hex')");
        }
        try (Ledger ledger = Ledger.open(place, LedgerRig.KEY, InstantSource.system())) {
            act(ledger, rig, Kind.CONSENT_WITHDRAWN, withdrawal);
            act(ledger, rig, Kind.CONSENT_WITHDRAWN, withdrawal);
            assertEquals(2, ledger.head().position());
        }
        SnapshotException refused = assertThrows(SnapshotException.class, () -> rig.serve(place));
        assertEquals(SnapshotException.Code.WRONG_LEDGER, refused.code());
        assertTrue(
                String.valueOf(refused.getMessage()).contains("the change there is another one"), refused.getMessage());
    }

    /** As a server does it that is killed after the commit and before the trail is told. */
    @Test
    void departure_withoutItsErasure_isMadeUpForAtTheNextStart() throws Exception {
        LedgerRig rig = LedgerRig.in(directory, 100);
        long person;
        try (Serving node = rig.serve(place)) {
            person = rig.entitled(node.port(), 0);
            awaitAccesses(rig, node, person);
        }
        try (Ledger ledger = Ledger.open(place, LedgerRig.KEY, InstantSource.system())) {
            Pseudonymiser persons = LedgerRig.KEY.pseudonymiser(Scheme.PERSON);
            persons.make(rig.city.personId(person));
            ledger.submit(null, page -> {
                        page.appendPersonal(
                                new Subject(persons.high(), persons.low()), Kind.LEFT, Payload.of(), "self");
                        return new Act.Outcome(200, new byte[0]);
                    })
                    .join();
        }
        try (Serving node = rig.serve(place)) {
            String citizen = rig.citizen(person);
            assertEquals(
                    200,
                    rig.ask(node.port(), "PUT", "/v1/me/enrolment", citizen, null)
                            .status());
            LedgerRig.Answer answer = rig.ask(node.port(), "GET", "/v1/me/accesses", citizen, null);
            assertEquals(200, answer.status(), answer.body());
            for (JsonNode access : answer.json().get("accesses")) {
                assertFalse(access.toString().contains("transit"), answer.body());
            }
        }
    }

    /** The ledger holds no key of theirs: what they do must have effect all the same, also in a node that starts later. */
    @Test
    void leaver_enrolledAgainByAChannelsFile_withdrawsWithEffect() throws Exception {
        LedgerRig rig = LedgerRig.in(directory, 100);
        long person = returner(rig);
        try (Serving node = rig.serve(place)) {
            assertTrue(rig.benefit(node.port(), rig.city.token(person).token()), "the delivery is newer");
            LedgerRig.Answer answer = rig.ask(node.port(), "DELETE", CONSENT, rig.citizen(person), null);
            assertEquals(200, answer.status(), answer.body());
            assertFalse(rig.benefit(node.port(), rig.city.token(person).token()));
        }
        try (Serving node = rig.serve(place)) {
            assertFalse(rig.benefit(node.port(), rig.city.token(person).token()));
            assertEquals(
                    200,
                    rig.ask(node.port(), "DELETE", "/v1/me/enrolment", rig.citizen(person), null)
                            .status());
            LedgerRig.Answer late = rig.ask(node.port(), "DELETE", CONSENT, rig.citizen(person), null);
            assertEquals(404, late.status(), "nobody who has left is told that it was done");
        }
    }

    /** What is reported about them is acknowledged with the bytes of anybody: it must be kept all the same. */
    @Test
    void leaver_enrolledAgainByAChannelsFile_isReportedAboutWithEffect_andHasOneKey() throws Exception {
        LedgerRig rig = LedgerRig.in(directory, 100);
        long person = returner(rig);
        String stranger = new City(101, 10, 7, LedgerRig.DAY).personId(100);
        try (Serving node = rig.serve(place)) {
            LedgerRig.Answer about = rig.ask(node.port(), "POST", "/v1/records", rig.department, record(rig, person));
            assertEquals(201, about.status(), about.body());
            assertTrue(lines(rig, node, person).toString().contains("\"api-1\""), "it was acknowledged");
            LedgerRig.Answer other = rig.ask(node.port(), "POST", "/v1/records", rig.department, record(stranger));
            assertEquals(about.position() + 1, other.position());
            assertEquals(
                    about.body().replace(Long.toString(about.position()), ""),
                    other.body().replace(Long.toString(other.position()), ""),
                    "as about anybody");
        }
        long head;
        try (Ledger ledger = Ledger.open(place, LedgerRig.KEY, InstantSource.system())) {
            head = ledger.head().position();
            assertEquals(4, head, "left, a key, and two reports");
        }
        try (Serving node = rig.serve(place);
                Serving second = rig.serve(place)) {
            assertTrue(lines(rig, node, person).toString().contains("\"api-1\""));
            assertTrue(lines(rig, second, person).toString().contains("\"api-1\""));
        }
        try (Ledger ledger = Ledger.open(place, LedgerRig.KEY, InstantSource.system())) {
            assertEquals(head, ledger.head().position(), "no second key, whoever starts");
        }
    }

    /** Has somebody leave before the delivery that enrols them again, and builds it. */
    private long returner(LedgerRig rig) throws Exception {
        long person;
        try (Serving node = rig.serve(Database.fresh())) {
            person = rig.entitled(node.port(), 0);
        }
        // the store remembers that ledger; the one of this test is another
        Files.deleteIfExists(directory.resolve("store/ledger.seen"));
        Pseudonymiser persons = LedgerRig.KEY.pseudonymiser(Scheme.PERSON);
        persons.make(rig.city.personId(person));
        Subject subject = new Subject(persons.high(), persons.low());
        InstantSource longAgo = InstantSource.fixed(Instant.parse("2010-01-01T00:00:00Z"));
        try (Ledger ledger = Ledger.open(place, LedgerRig.KEY, longAgo)) {
            ledger.submit(null, page -> {
                        page.appendPersonal(subject, Kind.LEFT, Payload.of(), "self");
                        return new Act.Outcome(200, new byte[0]);
                    })
                    .join();
            assertEquals(1, ledger.head().position());
            rig.build(ledger);
        }
        return person;
    }

    private static void awaitAccesses(LedgerRig rig, Serving node, long person) throws Exception {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        String seen = "";
        while (!seen.contains("transit")) {
            assertTrue(System.nanoTime() < until, () -> "the check is not in the trail");
            seen = rig.ask(node.port(), "GET", "/v1/me/accesses", rig.citizen(person), null)
                    .body();
        }
    }

    private static void act(Ledger ledger, LedgerRig rig, Kind kind, Payload payload) {
        Pseudonymiser persons = LedgerRig.KEY.pseudonymiser(Scheme.PERSON);
        persons.make(rig.city.personId(0));
        ledger.submit(null, page -> {
                    page.appendPersonal(new Subject(persons.high(), persons.low()), kind, payload, "self");
                    return new Act.Outcome(200, new byte[0]);
                })
                .join();
    }
}
