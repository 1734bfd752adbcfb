package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.city.City;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to the bytes of rows, no row is lost and no row is counted twice; or the whole file is refused. */
final class RandomCorruptionTest {
    private static final int ROUNDS = 12;
    private static final int ROWS = 250;
    /**
     * Half of the rounds leave lines and quotes alone, and what is not ASCII: then it is known how many rows there are, and that
     * no file can be refused for its encoding.
     */
    private static final String SHAPING = "\"\n\r";

    private static final byte[] FAVOURITES = "\"\",\n\r\0\u001f-0X ".getBytes(StandardCharsets.ISO_8859_1);

    @TempDir
    Path directory = Path.of("");

    @Test
    void run_corruptedRows_acceptedQuarantinedAndNotEnrolledAreRead() throws IOException {
        Random random = Seed.random("RandomCorruptionTest");
        Path city = directory.resolve("city");
        new City(1_000, 2_000, 2020, Fixtures.AS_OF).generate(city, Progress.SILENT);
        int taken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Path delivery = Files.createDirectory(directory.resolve("delivery-" + round));
            // The sample has faults of its own; the city has every file.
            boolean shaped = round % 4 < 2;
            Map<String, Long> lines = new TreeMap<>();
            try (Stream<Path> files = Files.list(round % 2 == 0 ? Fixtures.SAMPLE : city)) {
                for (Path file : files.sorted().toList()) {
                    lines.put(
                            String.valueOf(file.getFileName()),
                            corrupt(file, delivery.resolve(file.getFileName()), round, shaped, random));
                }
            }
            try {
                IntakeResult result =
                        Fixtures.build(delivery, directory.resolve("store")).result();
                result.files().forEach((file, counts) -> {
                    assertEquals(counts.read(), counts.accepted() + counts.quarantined() + counts.notEnrolled(), file);
                    long reasons = counts.reasons().values().stream()
                            .mapToLong(Long::longValue)
                            .sum();
                    assertEquals(counts.quarantined(), reasons, file);
                    if (shaped) {
                        assertEquals(lines.getOrDefault(file, 0L), counts.read(), file);
                    }
                });
                taken++;
            } catch (IntakeException e) {
                assertNotNull(e.getMessage());
                assertEquals(IntakeException.Code.ENCODING, e.code(), e.getMessage());
                assertTrue(!shaped, () -> "refused without a reason: " + e.getMessage());
            }
        }
        assertTrue(taken * 2 >= ROUNDS, taken + " of " + ROUNDS + " deliveries were taken in");
        System.out.println("RandomCorruptionTest: " + taken + " of " + ROUNDS + " deliveries were taken in");
    }

    /**
     * Changes, inserts and removes bytes behind the header; the more, the later the round.
     *
     * @param shaped whether line ends, quotes and characters beyond ASCII stay as they are, so that no row comes or goes
     * @return how many lines there are behind the header that are not empty
     */
    private static long corrupt(Path from, Path to, int round, boolean shaped, Random random) throws IOException {
        String text = Files.readString(from);
        List<String> lines = text.lines().limit(ROWS).toList();
        String header = lines.get(0) + "\n";
        List<Byte> bytes = new ArrayList<>();
        for (byte b : (String.join("\n", lines.subList(1, lines.size())) + "\n").getBytes(StandardCharsets.UTF_8)) {
            bytes.add(b);
        }
        boolean note = String.valueOf(from.getFileName()).equals("delivery.csv");
        for (int i = 0; i < (note ? 0 : round * round); i++) {
            int at = random.nextInt(bytes.size());
            byte value =
                    random.nextInt(4) == 0 ? (byte) random.nextInt(128) : FAVOURITES[random.nextInt(FAVOURITES.length)];
            if (shaped && (shapes(value) || shapes(bytes.get(at)) || bytes.get(at) < 0)) {
                continue;
            }
            switch (random.nextInt(3)) {
                case 0 -> bytes.set(at, value);
                case 1 -> bytes.add(at, value);
                default -> bytes.remove(at);
            }
        }
        byte[] all = new byte[bytes.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = bytes.get(i);
        }
        Files.write(to, header.getBytes(StandardCharsets.UTF_8));
        Files.write(to, all, java.nio.file.StandardOpenOption.APPEND);
        return lines(all);
    }

    private static boolean shapes(byte value) {
        return SHAPING.indexOf(value) >= 0;
    }

    private static long lines(byte[] bytes) {
        long lines = 0;
        int length = 0;
        for (byte b : bytes) {
            lines += b == '\n' && length > 0 ? 1 : 0;
            length = b == '\n' ? 0 : length + 1;
        }
        return lines;
    }
}
