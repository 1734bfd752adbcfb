package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.EmbeddedDatabase;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit as an operator runs it: beside a running database and alone, on a whole ledger and on one tampered with. */
final class AuditCommandTest {
    private static final PseudonymKey KEY = PseudonymKey.ofHex(Program.KEY);

    @TempDir
    Path directory = Path.of("");

    private Program.Run audit(String... more) throws IOException, InterruptedException {
        String[] arguments = new String[6 + more.length];
        arguments[0] = "audit";
        arguments[1] = "verify";
        arguments[2] = "--config";
        arguments[3] = directory.resolve("config").toString();
        arguments[4] = "--store";
        arguments[5] = directory.resolve("store").toString();
        System.arraycopy(more, 0, arguments, 6, more.length);
        return Program.run("", arguments);
    }

    @Test
    void audit_besideAServerAndAlone_namesTheFirstBrokenPosition() throws Exception {
        Program.copyConfig(directory.resolve("config"));
        Path store = Files.createDirectory(directory.resolve("store"));
        assertEquals(1, audit().exit(), "there is no ledger yet");
        String head;
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory.resolve("store-ledger"))) {
            write(database.place());
            Program.Run whole = audit();
            assertEquals(0, whole.exit(), whole.err());
            assertTrue(whole.out().contains("is whole: 5 changes, 0 cases; head 5:"), whole.out());
            head = whole.out().strip().substring(whole.out().indexOf("head ") + 5);
            assertEquals(0, audit("--head", head).exit());
            assertEquals(2, audit("--head", "5").exit());
        }
        Program.Run alone = audit("--json");
        assertEquals(0, alone.exit(), alone.err());
        assertTrue(alone.out().contains("\"whole\":true"), alone.out());

        String id = alone.out().replaceAll("(?s).*\"ledger\":\"([^\"]*)\".*", "$1");
        Files.writeString(store.resolve("ledger.seen"), id + " 9\n", StandardCharsets.US_ASCII);
        Program.Run behind = audit();
        assertEquals(1, behind.exit());
        assertTrue(behind.err().contains("the ledger ends at 5, and 9 was served here"), behind.err());
        Files.writeString(
                store.resolve("ledger.seen"),
                id + " 3 " + "ab".repeat(32) + " 2026-10-15T00:00:00Z\n",
                StandardCharsets.US_ASCII);
        Program.Run other = audit();
        assertEquals(1, other.exit());
        assertTrue(other.err().contains("the change at position 3 is not the one that was served here"), other.err());
        Files.delete(store.resolve("ledger.seen"));

        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory.resolve("store-ledger"))) {
            tamper(database.place());
        }
        Program.Run broken = audit();
        assertEquals(1, broken.exit());
        assertTrue(broken.err().contains("the change at position 3 is not as it was written"), broken.err());
        assertTrue(audit("--json").out().contains("\"broken_at\":3"));
    }

    private static void write(Ledger.Place place) {
        try (Ledger ledger = Ledger.open(place, KEY, InstantSource.system())) {
            for (int i = 0; i < 5; i++) {
                Subject person = new Subject(i, 1);
                ledger.submit(null, page -> {
                            page.appendPersonal(person, Kind.ENROLLED, Payload.of(), "self");
                            return new Act.Outcome(200, new byte[0]);
                        })
                        .join();
            }
        }
    }

    private static void tamper(Ledger.Place place) throws SQLException {
        try (Connection connection = DriverManager.getConnection(place.jdbcUrl(), place.user(), place.password());
                Statement statement = connection.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            assertEquals(1, statement.executeUpdate("UPDATE change SET actor = 'someone' WHERE position = 3"));
        }
    }
}
