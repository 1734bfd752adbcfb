package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.LedgerLeft;
import io.osmanthus.snapshots.ledger.LedgerSeen;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ledger accept} as an operator runs it after a restore. */
final class LedgerCommandTest {
    private static final Subject LEAVER = new Subject(3, 4);
    private final Instant now = Instant.now();

    @TempDir
    Path directory = Path.of("");

    private final Ledger.Place place = Database.fresh();

    private Program.Run accept(String... more) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                "ledger",
                "accept",
                "--config",
                directory.resolve("config").toString(),
                "--store",
                directory.resolve("store").toString()));
        arguments.addAll(List.of(more));
        return Program.run(
                Map.of(
                        "OSMANTHUS_PSEUDONYM_KEY",
                        Program.KEY,
                        "OSMANTHUS_DATABASE_USER",
                        place.user(),
                        "OSMANTHUS_DATABASE_PASSWORD",
                        place.password()),
                "",
                arguments.toArray(String[]::new));
    }

    private Ledger open(InstantSource clock) {
        return Ledger.open(place, LedgerRig.KEY, clock);
    }

    private static void write(Ledger ledger, Kind kind) {
        ledger.submit(null, page -> {
                    page.appendPersonal(LEAVER, kind, Payload.of(), "self");
                    return new Act.Outcome(200, new byte[0]);
                })
                .join();
    }

    @Test
    void accept_afterARestore_namesTheTimeThatIsLost_andHasWhoLeftLeaveAgain() throws Exception {
        Program.copyConfig(directory.resolve("config"));
        Files.writeString(
                directory.resolve("config/server.yaml"), "demonstration: true\ndatabase: '" + place.jdbcUrl() + "'\n");
        Path store = Files.createDirectory(directory.resolve("store"));
        Path mark = store.resolve(LedgerSeen.FILE);
        Instant written = now.minusSeconds(7_200);
        try (Ledger ledger = open(InstantSource.fixed(written))) {
            write(ledger, Kind.ENROLLED);
            // what a server has written down before the database was lost: it had got to 9, and at 8 somebody left
            new LedgerSeen(ledger.id(), 9, "ab".repeat(32), now.minusSeconds(60)).write(mark);
        }
        new LedgerLeft(store).note(List.of(new LedgerLeft.Departed(8, LEAVER, now.minusSeconds(600))));

        Program.Run asked = accept();
        assertEquals(1, asked.exit(), asked.out());
        assertTrue(asked.out().contains("the ledger ends at 1, and 9 was served here"), asked.out());
        assertTrue(asked.out().contains("after " + written.toString().substring(0, 19)), asked.out());
        assertTrue(asked.out().contains("until " + now.minusSeconds(60)), asked.out());
        assertTrue(asked.out().contains("made once more: 1"), asked.out());
        assertTrue(asked.err().contains("nothing is changed"), asked.err());
        assertEquals(
                1, accept("--reason", "because of " + Town.CITY.personId(0)).exit(), "names a person");

        Program.Run done = accept("--reason", "the disk of the database was lost");
        assertEquals(0, done.exit(), done.err());
        assertTrue(done.out().contains("1 persons who had left have left again"), done.out());
        try (Ledger ledger = open(InstantSource.system())) {
            assertEquals(2, ledger.head().position());
            assertEquals(Kind.LEFT, ledger.after(1, 1).get(0).kind());
            LedgerSeen seen = Objects.requireNonNull(LedgerSeen.read(mark));
            assertEquals(ledger.head().hash(), seen.hash());
        }
        assertTrue(Files.readString(store.resolve("ledger.accepted"))
                .contains("position 1 seen 9 departures 1 the disk of the database was lost"));
        Program.Run again = accept();
        assertEquals(0, again.exit(), again.err());
        assertTrue(again.out().contains("nothing to accept"), again.out());
    }

    @Test
    void accept_aBackupOlderThanDeparturesAreKnown_isRefusedUnlessMeant() throws Exception {
        Program.copyConfig(directory.resolve("config"));
        Files.writeString(
                directory.resolve("config/server.yaml"), "demonstration: true\ndatabase: '" + place.jdbcUrl() + "'\n");
        Path store = Files.createDirectory(directory.resolve("store"));
        try (Ledger ledger = open(InstantSource.fixed(now.minusSeconds(91 * 86_400L)))) {
            write(ledger, Kind.ENROLLED);
            new LedgerSeen(ledger.id(), 9, "ab".repeat(32), now).write(store.resolve(LedgerSeen.FILE));
        }
        Program.Run refused = accept("--reason", "the only backup");
        assertEquals(1, refused.exit(), refused.out());
        assertTrue(refused.err().contains("are not known any more"), refused.err());
        assertEquals(
                0, accept("--reason", "the only backup", "--departures-unknown").exit());
    }
}
