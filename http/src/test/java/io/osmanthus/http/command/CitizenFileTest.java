package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.http.DemoIssuer;
import io.osmanthus.snapshots.city.City;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CitizenFileTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void write_citizens_aTokenEachThatItsOwnerAloneReads_goneAtTheEnd() throws IOException {
        Path file = directory.resolve("citizens");
        City city = new City(20, 0, 2020, LocalDate.of(2026, 10, 15));
        try (CitizenFile written = CitizenFile.write(file, city, DemoIssuer.make(Clock.systemUTC()), 12)) {
            List<String> tokens = Files.readAllLines(file);
            assertEquals(12, written.count());
            assertEquals(12, tokens.size());
            assertEquals(12, new HashSet<>(tokens).size());
            assertTrue(tokens.stream().allMatch(token -> token.matches("[\\w-]+\\.[\\w-]+\\.[\\w-]+")));
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }
        assertFalse(Files.exists(file));
    }

    @Test
    void check_atTheLimits_takenOrRefusedInWords() throws IOException {
        Path file = directory.resolve("citizens");
        CitizenFile.check(0, null);
        CitizenFile.check(CitizenFile.CITIZENS_MAX, file);
        assertThrows(CommandException.class, () -> CitizenFile.check(CitizenFile.CITIZENS_MAX + 1, file));
        assertThrows(CommandException.class, () -> CitizenFile.check(0, file));
        assertThrows(CommandException.class, () -> CitizenFile.check(1, null));
        assertThrows(CommandException.class, () -> CitizenFile.check(1, directory.resolve("no/citizens")));
        Files.createFile(file);
        assertThrows(CommandException.class, () -> CitizenFile.check(1, file));
    }
}
