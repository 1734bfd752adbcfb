package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.city.City;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No plain citizen id, card number or plate in anything that a run leaves: files, spill, logs, errors (charter 9). */
final class PlainIdentityTest {
    private static final LocalDate AS_OF = LocalDate.of(2026, 10, 15);

    @TempDir
    Path directory = Path.of("");

    @Test
    void search_ofTheDeliveryItself_findsEveryIdentity() throws IOException {
        Path delivery = Program.resource("delivery-sample");
        Identities identities = Identities.of(delivery);
        assertTrue(identities.count() > 7_000, "identities: " + identities.count());
        assertTrue(identities.foundIn(delivery).size() >= identities.count(), "the search finds what is there");
    }

    @Test
    void fullRun_sample_leavesNone() throws IOException, InterruptedException {
        Path delivery = Program.resource("delivery-sample");
        Identities identities = Identities.of(delivery);
        Path store = directory.resolve("store");
        Program.Run build = build(delivery, store, "--json");
        assertEquals(0, build.exit(), build.err());
        List<String> persons = Files.readAllLines(delivery.resolve("persons.csv"), StandardCharsets.UTF_8);
        StringBuilder ids = new StringBuilder();
        persons.subList(1, persons.size())
                .forEach(line -> ids.append(line, 0, line.indexOf(',')).append('\n'));
        Program.Run explain =
                Program.run(ids.toString(), "explain", "--store", store.toString(), "--as-of", AS_OF.toString());
        assertEquals(0, explain.exit(), explain.err());
        assertEquals(List.of(), identities.foundIn(directory));
        assertEquals(List.of(), identities.foundIn(build.out() + build.err(), "the build's output"));
        assertEquals(List.of(), identities.foundIn(explain.out() + explain.err(), "the explanations"));
    }

    @Test
    void failingBuild_afterEveryRow_leavesNone() throws IOException, InterruptedException {
        Path delivery = copy(Program.resource("delivery-sample"));
        // The last file of the delivery does not hold: everything before it has been read by then.
        Files.delete(delivery.resolve("list_entries.csv"));
        Files.write(delivery.resolve("list_entries.csv.gz"), new byte[] {31, (byte) 139, 8, 0, 0, 0, 0, 0, 0, 0, 1});
        Identities identities = Identities.of(delivery);
        Path store = directory.resolve("store");
        Program.Run build = build(delivery, store);
        assertEquals(1, build.exit());
        assertEquals(List.of(), identities.foundIn(build.out() + build.err(), "the failing build's output"));
        assertEquals(List.of(), identities.foundIn(store));
    }

    @Test
    void killedBuild_halfWay_leavesNone() throws IOException, InterruptedException {
        Path delivery = directory.resolve("delivery");
        new City(60_000, 3_000, 7, AS_OF).generate(delivery, Progress.SILENT);
        Identities identities = Identities.of(delivery);
        Path store = directory.resolve("store");
        Path out = directory.resolve("out.txt");
        Path err = directory.resolve("err.txt");
        Process process = Program.start(
                Map.of("OSMANTHUS_PSEUDONYM_KEY", Program.KEY),
                out,
                err,
                List.of(
                        "build",
                        "--delivery",
                        delivery.toString(),
                        "--store",
                        store.toString(),
                        "--as-of",
                        "2026-10-15"));
        while (process.isAlive() && written(store) < 200_000) {
            Thread.onSpinWait();
        }
        process.destroyForcibly();
        assertTrue(process.waitFor(1, TimeUnit.MINUTES));
        assertNotEquals(0, process.exitValue(), "the build was killed, not done");
        assertFalse(Identities.files(store).isEmpty(), "the killed build had begun to write");
        assertEquals(List.of(), identities.foundIn(store));
        assertEquals(List.of(), identities.foundIn(Files.readString(out) + Files.readString(err), "its output"));
        Program.Run again = build(delivery, store);
        assertEquals(0, again.exit(), again.err());
        assertEquals(List.of(), identities.foundIn(store));
    }

    private static Program.Run build(Path delivery, Path store, String... more)
            throws IOException, InterruptedException {
        List<String> arguments = new java.util.ArrayList<>(List.of(
                "build", "--delivery", delivery.toString(), "--store", store.toString(), "--as-of", AS_OF.toString()));
        arguments.addAll(List.of(more));
        return Program.run("", arguments.toArray(String[]::new));
    }

    /** Bytes written so far, as far as one can see while another process moves files about. */
    private static long written(Path store) {
        if (!Files.isDirectory(store)) {
            return 0;
        }
        long bytes = 0;
        try {
            for (Path file : Identities.files(store)) {
                bytes += Files.size(file);
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            return bytes;
        }
        return bytes;
    }

    private Path copy(Path delivery) throws IOException {
        Path copy = Files.createDirectory(directory.resolve("delivery"));
        for (Path file : Identities.files(delivery)) {
            Files.write(copy.resolve(file.getFileName()), Files.readAllBytes(file), StandardOpenOption.CREATE_NEW);
        }
        return copy;
    }
}
