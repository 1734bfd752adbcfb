package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.city.City;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A town of which three rows in ten are faulty, in each of its eleven files: the delivery finishes, and no row is missing. */
final class FaultyCityTest {
    private static final int PERSONS = 20_000;
    private static final int ORGANISATIONS = 6_000;
    private static final int FAULTY_PERCENT = 30;

    @TempDir
    Path directory = Path.of("");

    /** What became of one file: its rows, and those that were made faulty. */
    private record Rows(long all, long faulty) {}

    @Test
    void run_threeRowsInTenFaulty_finishesAndEveryRowIsAccountedFor() throws IOException {
        Random random = Seed.random("FaultyCityTest");
        Path city = directory.resolve("city");
        new City(PERSONS, ORGANISATIONS, 2020, Fixtures.AS_OF).generate(city, Progress.SILENT);
        Path delivery = Files.createDirectory(directory.resolve("delivery"));
        Map<String, Rows> written = new TreeMap<>();
        try (Stream<Path> files = Files.list(city)) {
            for (Path file : files.sorted().toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.equals("delivery.csv")) {
                    Files.copy(file, delivery.resolve(name));
                } else {
                    written.put(name, damage(file, delivery.resolve(name), random));
                }
            }
        }
        Set<String> facts = Stream.of(DeliveryFile.values())
                .filter(DeliveryFile::facts)
                .map(DeliveryFile::csv)
                .collect(Collectors.toSet());
        assertEquals(11, facts.size());
        assertEquals(facts, written.keySet());
        Fixtures.Built built = Fixtures.build(delivery, directory.resolve("store"));
        written.forEach((file, rows) -> {
            IntakeResult.FileCounts counts =
                    Objects.requireNonNull(built.result().files().get(file));
            System.out.println("FaultyCityTest: " + file + " " + rows + " " + counts);
            assertTrue(Math.abs(rows.faulty() * 100 - rows.all() * FAULTY_PERCENT) <= 300, file + " " + rows);
            assertEquals(rows.all(), counts.read(), file);
            assertEquals(counts.read(), counts.accepted() + counts.notEnrolled() + counts.quarantined(), file);
            // Every fault is in the quarantine, unless it stands in a row about somebody who is not enrolled.
            assertTrue(counts.quarantined() + counts.notEnrolled() >= rows.faulty(), file);
            assertTrue(counts.quarantined() > 0 && counts.accepted() > 0, file);
        });
        Snapshot.open(built.snapshot(), Trust.of(Fixtures.KEY, null, true));
    }

    private static Rows damage(Path from, Path to, Random random) throws IOException {
        long all = 0;
        long faulty = 0;
        int first = random.nextInt(100);
        try (BufferedReader in = Files.newBufferedReader(from);
                BufferedWriter out = Files.newBufferedWriter(to)) {
            out.write(in.readLine() + "\n");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                boolean hit = (all * FAULTY_PERCENT + first) % 100 < FAULTY_PERCENT;
                out.write((hit ? damaged(line, random) : line) + "\n");
                all++;
                faulty += hit ? 1 : 0;
            }
        }
        return new Rows(all, faulty);
    }

    /** The row with a fault that no row may have, whatever it says; still one line. */
    private static String damaged(String line, Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> line.substring(0, line.lastIndexOf(','));
            case 1 -> line + ",".repeat(1 + random.nextInt(5_000));
            case 2 -> "x\"" + line;
            case 3 -> line.replaceFirst(",", "\0,");
            default -> line + ",\u0007";
        };
    }
}
