package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broken input, as an operator meets it: a message that says what, where and what to do, exit 1, nothing half-published. */
final class BrokenInputTest {
    private static final String HEADER = "person_id,district,enrolled_on\n";
    private static final String DELIVERY = "source,file,provided,delivered_on\n市大数据局,persons.csv,0,2026-10-15\n";

    @TempDir
    Path directory = Path.of("");

    @Test
    void build_emptyDirectory_saysWhatIsMissing() throws IOException, InterruptedException {
        Path delivery = Files.createDirectory(directory.resolve("delivery"));
        refused(delivery, "delivery.csv");
    }

    @Test
    void build_noDirectory_saysSo() throws IOException, InterruptedException {
        refused(directory.resolve("nowhere"), "nowhere");
    }

    @Test
    void build_unknownColumn_namesIt() throws IOException, InterruptedException {
        refused(
                delivery("persons.csv", "person_id,district,enrolled_on,shoe_size\n".getBytes(StandardCharsets.UTF_8)),
                "persons.csv",
                "shoe_size");
    }

    @Test
    void build_missingColumn_namesIt() throws IOException, InterruptedException {
        refused(
                delivery("persons.csv", "person_id,district\n".getBytes(StandardCharsets.UTF_8)),
                "persons.csv",
                "enrolled_on");
    }

    @Test
    void build_truncatedGzip_namesTheFile() throws IOException, InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write((HEADER + "x,320506,2024-01-01\n".repeat(10_000)).getBytes(StandardCharsets.UTF_8));
        }
        byte[] whole = bytes.toByteArray();
        refused(delivery("persons.csv.gz", Arrays.copyOf(whole, whole.length - 6)), "persons.csv.gz");
    }

    @Test
    void build_encodingThatIsNone_namesTheFile() throws IOException, InterruptedException {
        byte[] utf16 = (HEADER + "x,320506,2024-01-01\n").getBytes(StandardCharsets.UTF_16LE);
        refused(delivery("persons.csv", utf16), "persons.csv");
    }

    @Test
    void build_withoutKey_saysHowToMakeOne() throws IOException, InterruptedException {
        Path delivery = delivery("persons.csv", HEADER.getBytes(StandardCharsets.UTF_8));
        Program.Run run = Program.run(Map.of(), "", arguments(delivery));
        assertEquals(1, run.exit());
        assertTrue(run.err().contains("OSMANTHUS_PSEUDONYM_KEY"), run.err());
        assertTrue(run.err().contains("openssl rand -hex 32"), run.err());
    }

    @Test
    void serve_wrongKey_saysWhichKeysDiffer() throws IOException, InterruptedException {
        Path store = built();
        Program.Run run = Program.run(
                Map.of("OSMANTHUS_PSEUDONYM_KEY", "ab".repeat(32)), "", "serve", "--store", store.toString());
        assertEquals(1, run.exit());
        assertTrue(run.err().contains("OSMANTHUS_PSEUDONYM_KEY"), run.err());
        assertFalse(run.err().contains("ab".repeat(32)), "the key itself is never said");
        assertFalse(run.err().contains("\tat "), "no stack trace: " + run.err());
    }

    @Test
    void verifyAndServe_flippedByteInAnyFile_refuse() throws IOException, InterruptedException {
        Path store = built();
        Path snapshot = store.resolve(Files.readString(store.resolve("current")).strip());
        List<Path> files;
        try (Stream<Path> list = Files.list(snapshot)) {
            files = list.sorted().toList();
        }
        assertTrue(files.size() >= 8, files.toString());
        for (Path file : files) {
            byte[] bytes = Files.readAllBytes(file);
            byte[] flipped = bytes.clone();
            flipped[flipped.length / 2] ^= 0x10;
            Files.write(file, flipped);
            Program.Run verify = Program.run("", "verify", snapshot.toString());
            assertEquals(1, verify.exit(), file + ": " + verify.out());
            assertTrue(verify.err().contains("snapshot"), verify.err());
            assertFalse(verify.err().contains("\tat "), "no stack trace: " + verify.err());
            Files.write(file, bytes);
        }
        Path persons = snapshot.resolve("persons.parquet");
        byte[] bytes = Files.readAllBytes(persons);
        bytes[bytes.length / 2] ^= 1;
        Files.write(persons, bytes);
        Program.Run serve = Program.run("", "serve", "--store", store.toString());
        assertEquals(1, serve.exit());
        assertTrue(serve.err().contains("persons.parquet"), serve.err());
    }

    @Test
    void anyCommand_wrongUsage_exitsWithTwo() throws IOException, InterruptedException {
        assertEquals(2, Program.run("", "build").exit());
        assertEquals(2, Program.run("", "no-such-command").exit());
        assertEquals(0, Program.run("", "build", "--help").exit());
    }

    private Path built() throws IOException, InterruptedException {
        Path store = directory.resolve("store");
        Program.Run run = Program.run(
                "",
                "build",
                "--delivery",
                Program.resource("delivery-sample").toString(),
                "--store",
                store.toString(),
                "--as-of",
                "2026-10-15");
        assertEquals(0, run.exit(), run.err());
        return store;
    }

    private void refused(Path delivery, String... words) throws IOException, InterruptedException {
        Program.Run run = Program.run("", arguments(delivery));
        assertEquals(1, run.exit(), run.out() + run.err());
        for (String word : words) {
            assertTrue(run.err().contains(word), "'" + word + "' is not in: " + run.err());
        }
        assertFalse(run.err().contains("\tat "), "no stack trace: " + run.err());
        assertFalse(Files.exists(directory.resolve("store").resolve("current")), "nothing is published");
    }

    private String[] arguments(Path delivery) {
        return new String[] {
            "build",
            "--delivery",
            delivery.toString(),
            "--store",
            directory.resolve("store").toString(),
            "--as-of",
            "2026-10-15"
        };
    }

    private Path delivery(String file, byte[] bytes) throws IOException {
        Path delivery = Files.createDirectory(directory.resolve("delivery"));
        Files.writeString(delivery.resolve("delivery.csv"), DELIVERY);
        Files.write(delivery.resolve(file), bytes);
        return delivery;
    }
}
