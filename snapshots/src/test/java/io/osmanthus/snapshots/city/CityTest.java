package io.osmanthus.snapshots.city;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CityTest {
    private static final LocalDate AS_OF = LocalDate.of(2026, 10, 15);
    private static final String ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    /** What 1,000 persons, 100 organisations and seed 2020 have been since disclosures are among the files. */
    private static final String GOLDEN = "9911f2afc95fbdb17642ca892cbaa85637d7618171134d0397eba36ca5db7748";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void generate_sameArguments_sameBytesOnEveryMachine() throws IOException {
        assertEquals(GOLDEN, hash(new City(1_000, 100, 2020, AS_OF)));
        assertEquals(GOLDEN, hash(new City(1_000, 100, 2020, AS_OF)));
    }

    @Test
    void generate_otherArgument_otherBytes() throws IOException {
        Set<String> hashes = new HashSet<>();
        hashes.add(hash(new City(1_000, 100, 2020, AS_OF)));
        hashes.add(hash(new City(1_000, 100, 2021, AS_OF)));
        hashes.add(hash(new City(1_001, 100, 2020, AS_OF)));
        hashes.add(hash(new City(1_000, 101, 2020, AS_OF)));
        hashes.add(hash(new City(1_000, 100, 2020, AS_OF.plusDays(1))));
        assertEquals(5, hashes.size());
    }

    @Test
    void generate_directoryNotEmpty_refused() throws IOException {
        City city = new City(10, 1, 1, AS_OF);
        Path out = directory.resolve("new/delivery");
        city.generate(out, Progress.SILENT);
        assertTrue(Files.exists(out.resolve("delivery.csv")));
        assertThrows(DirectoryNotEmptyException.class, () -> city.generate(out, Progress.SILENT));
    }

    @Test
    void generate_deliveryFile_saysHowManyRowsEachFileHas() throws IOException {
        new City(5_000, 2_000, 3, AS_OF).generate(directory, Progress.SILENT);
        List<Map<String, String>> provided = Rows.of(directory, "delivery.csv");
        assertEquals(11, provided.size());
        for (Map<String, String> row : provided) {
            String file = row.getOrDefault("file", "");
            assertEquals(String.valueOf(Rows.of(directory, file).size()), row.get("provided"), file);
            assertEquals(AS_OF.toString(), row.get("delivered_on"));
        }
    }

    @Test
    void generate_tenTimesThePersons_noMoreMemory() throws IOException {
        allocated(new City(1_000, 100, 7, AS_OF));
        long few = allocated(new City(30_000, 3_000, 7, AS_OF));
        long many = allocated(new City(300_000, 30_000, 7, AS_OF));
        long perPerson = (many - few) / 270_000;
        assertTrue(perPerson < 16, few + " bytes for 30,000 persons, " + many + " for 300,000");
    }

    @Test
    void generate_progress_reachesItsTotals() throws IOException {
        Map<String, Long> left = new HashMap<>();
        Progress progress = (what, total, unit) -> {
            left.put(what, total);
            return new Progress.Task() {
                @Override
                public void advance(long count) {
                    left.merge(what, -count, Long::sum);
                }

                @Override
                public void close() {
                    left.merge(what, 0L, Long::sum);
                }
            };
        };
        new City(70_000, 10, 7, AS_OF).generate(file -> OutputStream.nullOutputStream(), progress);
        assertEquals(11, left.size());
        left.forEach((file, rest) -> assertEquals(0L, rest, file));
    }

    @Test
    void personId_manyPersons_validUniqueAndNobodyAlive() {
        City city = new City(200_000, 0, 99, AS_OF);
        Set<String> seen = new HashSet<>();
        int neighbours = 0;
        String before = "";
        for (long i = 0; i < city.persons(); i++) {
            String id = city.personId(i);
            assertTrue(seen.add(id), id);
            int sum = 0;
            for (int at = 0; at < 17; at++) {
                sum += (1 << (17 - at)) % 11 * (id.charAt(at) - '0');
            }
            assertEquals("10X98765432".charAt(sum % 11), id.charAt(17), id);
            LocalDate born = LocalDate.parse(id.substring(6, 14), DateTimeFormatter.BASIC_ISO_DATE);
            assertTrue(born.getYear() >= 1850 && born.getYear() <= 1899, id);
            neighbours += id.substring(0, 10).equals(before) ? 1 : 0;
            before = id.substring(0, 10);
        }
        assertTrue(neighbours < 400, neighbours + " neighbours of one prefix and year");
    }

    @Test
    void personId_largestCity_hasRoom() {
        assertTrue(CitizenIds.CAPACITY >= City.PERSONS_MAX, CitizenIds.CAPACITY + " citizen ids");
        City city = new City(City.PERSONS_MAX, City.ORGANISATIONS_MAX, 5, AS_OF);
        for (long token : new long[] {
            0,
            City.PERSONS_MAX,
            City.PERSONS_MAX + city.plates() - 1,
            City.PERSONS_MAX + city.plates(),
            city.tokens() - 1
        }) {
            assertFalse(city.token(token).token().isEmpty());
            assertEquals(18, city.personId(city.owner(token)).length());
        }
        assertThrows(IndexOutOfBoundsException.class, () -> city.token(city.tokens()));
        assertThrows(IndexOutOfBoundsException.class, () -> city.personId(City.PERSONS_MAX));
        assertThrows(IllegalArgumentException.class, () -> new City(City.PERSONS_MAX + 1, 0, 5, AS_OF));
        assertThrows(IllegalArgumentException.class, () -> new City(0, 0, 5, AS_OF));
    }

    @Test
    void token_everyIndex_isTheRowOfTheDeliveryAndUnique() throws IOException {
        City city = new City(20_000, 0, 11, AS_OF);
        city.generate(directory, Progress.SILENT);
        List<Map<String, String>> rows = Rows.of(directory, "tokens.csv");
        assertEquals(rows.size(), city.tokens());
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < rows.size(); i++) {
            Token token = city.token(i);
            Map<String, String> row = rows.get(i);
            assertEquals(row.get("scheme"), token.scheme().word());
            assertEquals(row.get("token"), token.token());
            assertEquals(row.get("person_id"), city.personId(city.owner(i)));
            assertEquals(Canonical.of(token.token()), token.token());
            assertTrue(seen.add(token.scheme() + token.token()), token.token());
            assertTrue(token.token().matches(pattern(token.scheme())), token.token());
        }
        for (long i = 0; i < 1_000; i++) {
            assertTrue(city.unknownCard(i).token().matches(pattern(Scheme.CARD)));
            assertFalse(seen.contains(Scheme.CARD + city.unknownCard(i).token()));
        }
    }

    @Test
    void uscc_manyOrganisations_validUniqueAndSynthetic() {
        City city = new City(1, 50_000, 4, AS_OF);
        Set<String> seen = new HashSet<>();
        for (long j = 0; j < city.organisations(); j++) {
            String code = city.uscc(j);
            assertTrue(seen.add(code), code);
            assertEquals('X', code.charAt(8), code);
            int sum = 0;
            for (int i = 0, weight = 1; i < 17; i++, weight = weight * 3 % 31) {
                sum += ALPHABET.indexOf(code.charAt(i)) * weight;
            }
            assertEquals(ALPHABET.charAt((31 - sum % 31) % 31), code.charAt(17), code);
            int[] weights = {3, 7, 9, 10, 5, 8, 4, 2};
            int body = 0;
            for (int i = 0; i < 8; i++) {
                body += weights[i] * Character.digit(code.charAt(8 + i), 36);
            }
            assertEquals("0X987654321".charAt(body % 11), code.charAt(16), code);
        }
    }

    @Test
    void next_traffic_fewTravelMuchAndItIsTheSameTraffic() {
        City city = new City(10_000, 0, 8, AS_OF);
        Set<String> bound = new HashSet<>();
        for (long i = 0; i < city.tokens(); i++) {
            bound.add(city.token(i).token());
        }
        Traffic traffic = new Traffic(city, 1, 0.05);
        Traffic same = new Traffic(city, 1, 0.05);
        Map<String, Integer> trips = new HashMap<>();
        int unknown = 0;
        for (int i = 0; i < 100_000; i++) {
            Token token = traffic.next();
            assertEquals(token, same.next());
            unknown += bound.contains(token.token()) ? 0 : 1;
            trips.merge(token.token(), 1, Integer::sum);
        }
        int often = trips.values().stream()
                .sorted((a, b) -> b - a)
                .limit(100)
                .mapToInt(Integer::intValue)
                .sum();
        int unknownTrips = unknown;
        assertAll(
                () -> assertEquals(5_000, unknownTrips, 400),
                () -> assertTrue(often > 15_000 && often < 35_000, "the 100 busiest tokens made " + often + " trips"),
                () -> assertNotEquals(traffic.next(), new Traffic(city, 2, 0).next()));
        assertThrows(IllegalArgumentException.class, () -> new Traffic(city, 1, 1.1));
    }

    private static String pattern(Scheme scheme) {
        return switch (scheme) {
            case CARD -> "3105[0-9]{12}";
            case PLATE -> "苏E([0-9A-HJ-NP-Z]{5}|[A-HJK][0-9A-HJ-NP-Z]{2}[0-9]{3})";
            case APP -> "SZ[0-9A-F]{16}";
            case PERSON, USCC -> throw new AssertionError(scheme);
        };
    }

    private static String hash(City city) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            city.generate(
                    file -> new OutputStream() {
                        @Override
                        public void write(int b) {
                            digest.update((byte) b);
                        }

                        @Override
                        public void write(byte[] bytes, int offset, int length) {
                            digest.update(bytes, offset, length);
                        }
                    },
                    Progress.SILENT);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** Bytes allocated by generating into a sink that only counts. */
    private static long allocated(City city) throws IOException {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        AtomicLong written = new AtomicLong();
        long before = threads.getCurrentThreadAllocatedBytes();
        city.generate(
                file -> new OutputStream() {
                    @Override
                    public void write(int b) {
                        written.incrementAndGet();
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) {
                        written.addAndGet(length);
                    }
                },
                Progress.SILENT);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(written.get() > city.persons() * 100, written + " bytes written");
        return allocated;
    }
}
