package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The offline commands where they are not the sample's: on a real snapshot, with faults of their streams and keys. */
final class OfflineTest {
    /** Born on the first day of 1900: the first who are not synthetic, and nobody is that old. */
    private static final String OLDEST = "32050819000101001X";

    @TempDir
    Path directory = Path.of("");

    @Test
    void match_onARealSnapshot_needsOperatorAndCaseAndKnowsTwentySubjectsOfToday()
            throws IOException, InterruptedException {
        Path store = built(OLDEST);
        String one = "91320500X000000012\n";
        assertEquals(1, match(store, one).exit());
        assertEquals(1, match(store, one, "--operator", "a").exit());
        assertEquals(
                1,
                match(store, one, "--operator", "a", "--case", "b", "--as-of", "2026-01-01")
                        .exit());
        Program.Run twenty = match(store, one.repeat(20), "--operator", "a", "--case", "b");
        assertEquals(0, twenty.exit(), twenty.err());
        assertEquals(20, twenty.lines().size());
        Program.Run more = match(store, one.repeat(21), "--operator", "a", "--case", "b");
        assertEquals(1, more.exit());
        assertEquals(20, more.lines().size());
        Program.Run check = Program.run(
                "", "check", "--scene", "transit", "--store", store.toString(), "--operator", "a", "--case", "b");
        assertEquals(1, check.exit());
        assertTrue(check.err().contains("real persons"), check.err());
    }

    @Test
    void check_malformedLines_answeredAsUnknownAndCounted() throws IOException, InterruptedException {
        Path store = built("");
        Program.Run run = Program.run(
                "\uFEFFcard,1\nnonsense\nperson,1\ncard,\ncard,2\n",
                "check",
                "--scene",
                "transit",
                "--store",
                store.toString());
        assertEquals(0, run.exit(), run.err());
        assertEquals(5, run.lines().size());
        assertTrue(run.err().contains("3 lines"), run.err());
    }

    @Test
    void check_outputThatCannotBeWritten_exitsWithOne() throws IOException, InterruptedException {
        Path store = built("");
        Path full = Path.of("/dev/full");
        if (!Files.exists(full)) {
            System.out.println("skipped: this system has no /dev/full");
            return;
        }
        Path err = directory.resolve("err");
        Process process = Program.start(
                Map.of("OSMANTHUS_PSEUDONYM_KEY", Program.KEY),
                full,
                err,
                List.of("check", "--scene", "transit", "--store", store.toString()));
        try (var in = process.outputWriter()) {
            in.write("card,1\n");
        }
        assertEquals(1, process.waitFor());
        assertTrue(Files.readString(err).contains("standard output"), Files.readString(err));
    }

    @Test
    void verify_keyThatIsNone_saysWhichWithoutAStackTrace() throws IOException, InterruptedException {
        Program.Run run = Program.run(
                Map.of("OSMANTHUS_PSEUDONYM_KEY", Program.KEY, "OSMANTHUS_VERIFY_KEY", "garbage"),
                "",
                "verify",
                directory.toString());
        assertEquals(1, run.exit());
        assertTrue(run.err().contains("OSMANTHUS_VERIFY_KEY"), run.err());
        assertFalse(run.err().contains("\tat "), run.err());
    }

    private static Program.Run match(Path store, String input, String... more)
            throws IOException, InterruptedException {
        List<String> arguments =
                new ArrayList<>(List.of("match", "--matter", "tendering", "--store", store.toString()));
        arguments.addAll(List.of(more));
        return Program.run(input, arguments.toArray(String[]::new));
    }

    /** A snapshot of one person, or of none. */
    private Path built(String person) throws IOException, InterruptedException {
        Path delivery = Files.createDirectory(directory.resolve("delivery"));
        Files.writeString(
                delivery.resolve("delivery.csv"),
                "source,file,provided,delivered_on\n市大数据局,persons.csv,1,2026-10-15\n");
        Files.writeString(
                delivery.resolve("persons.csv"),
                "person_id,district,enrolled_on\n" + (person.isEmpty() ? "" : person + ",320508,2024-01-01\n"));
        Path store = directory.resolve("store");
        Program.Run run = Program.run(
                "",
                "build",
                "--delivery",
                delivery.toString(),
                "--store",
                store.toString(),
                "--as-of",
                "2026-10-15",
                "--strict");
        assertEquals(0, run.exit(), run.out() + run.err());
        return store;
    }
}
