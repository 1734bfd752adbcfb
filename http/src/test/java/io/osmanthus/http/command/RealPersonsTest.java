package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.CitizenIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * As long as nobody can object or have a record repaired, persons who may be real are not served (charter 6 and 8), and
 * offline they are not asked about, where the ledger is not known. Organisations are.
 */
final class RealPersonsTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void snapshotOfRealPersons_isNeitherServedNorExplained() throws IOException, InterruptedException {
        Path delivery = Files.createDirectory(directory.resolve("delivery"));
        // Born in 1900, with the sequence 000 that is given to nobody.
        String id = withCheck("32050719000101000");
        Files.writeString(
                delivery.resolve("delivery.csv"),
                "source,file,provided,delivered_on\n市大数据局,persons.csv,1,2026-10-15\n市大数据局,organisations.csv,1,2026-10-15\n");
        Files.writeString(
                delivery.resolve("persons.csv"), "person_id,district,enrolled_on\n" + id + ",320507,2024-01-01\n");
        Files.copy(
                Program.resource("delivery-sample").resolve("organisations.csv"),
                delivery.resolve("organisations.csv"));
        String store = directory.resolve("store").toString();
        Program.Run build = Program.run(
                "", "build", "--delivery", delivery.toString(), "--store", store, "--as-of", "2026-10-15", "--json");
        assertEquals(0, build.exit(), build.err());
        assertTrue(build.out().contains("\"accepted\":1,"), build.out());

        for (String[] command : new String[][] {
            {"explain", "--store", store},
            {"check", "--scene", "transit", "--store", store},
            {"serve", "--store", store}
        }) {
            Program.Run run = Program.run(id + "\n", command);
            assertEquals(1, run.exit(), command[0] + ": " + run.out());
            assertTrue(run.err().contains("holds real persons"), run.err());
            assertEquals("", run.out());
        }
        Program.Run match = Program.run(
                "91320594X42003381Y\n",
                "match",
                "--matter",
                "construction",
                "--store",
                store,
                "--operator",
                "desk-7",
                "--case",
                "C-1");
        assertEquals(0, match.exit(), match.err());
        assertEquals(1, match.lines().size());
    }

    private static String withCheck(String first17) {
        return IntStream.range(0, 11)
                .mapToObj(i -> first17 + "0123456789X".charAt(i))
                .filter(id -> CitizenIds.valid(id, 0))
                .findFirst()
                .orElseThrow();
    }
}
