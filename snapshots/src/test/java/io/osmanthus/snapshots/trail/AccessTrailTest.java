package io.osmanthus.snapshots.trail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trail with a clock of the test's: what was written is what is read, wherever it lies meanwhile. */
final class AccessTrailTest {
    private static final int PERSONS = 5;

    private final AtomicLong now =
            new AtomicLong(Instant.parse("2026-03-10T02:05:10Z").toEpochMilli());
    private final AtomicLong free = new AtomicLong(1L << 40);

    @TempDir
    private Path directory;

    private TrailOptions options(String node) {
        return new TrailOptions(directory.resolve("queues"), directory.resolve("rolled"), node, 1 << 20, 1_000, 12);
    }

    private AccessTrail open(String node) {
        return AccessTrail.open(options(node), () -> Instant.ofEpochMilli(now.get()), List.of(free::get), 0);
    }

    @Test
    void accesses_overTwoYears_areWhatWasWritten_asTimesOrDailyCounts() {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<Access> model = new ArrayList<>();
        List<Integer> owners = new ArrayList<>();
        String[] clients = {"gate-1", "gate-2"};
        @Nullable String[] answers = {null, "fare-discount"};
        for (int life = 0; life < 10; life++) {
            try (AccessTrail trail = open("a");
                    TrailWriter one = trail.writer();
                    TrailWriter two = trail.writer()) {
                int turns = 1 + random.nextInt(12);
                for (int turn = 0; turn < turns; turn++) {
                    TrailWriter writer = random.nextBoolean() ? one : two;
                    int events = 1 + random.nextInt(4);
                    for (int i = 0; i < events; i++) {
                        int person = random.nextInt(PERSONS + 1);
                        boolean own = random.nextInt(5) == 0;
                        Access access = new Access(
                                now.get(),
                                own ? Asked.OWN : Asked.CHECK,
                                own ? null : clients[random.nextInt(2)],
                                own ? null : "transit",
                                own ? "score" : answers[random.nextInt(2)],
                                0);
                        writer.add(
                                person < PERSONS,
                                high(person),
                                person,
                                trail.what(access.asked(), access.client(), access.scene(), access.answer()));
                        if (person < PERSONS) {
                            model.add(access);
                            owners.add(person);
                        }
                    }
                    assertTrue(writer.commit());
                    now.addAndGet(
                            random.nextInt(3) == 0
                                    ? 3
                                    : Duration.ofMinutes(random.nextInt(200)).toMillis());
                    if (random.nextBoolean()) {
                        trail.pass();
                        assertEquals(0, trail.failures());
                    }
                    if (random.nextInt(4) == 0) {
                        assertRead(trail, model, owners);
                    }
                }
                trail.pass();
                assertEquals(0, trail.failures());
                assertRead(trail, model, owners);
            }
            now.addAndGet(Duration.ofHours(random.nextInt(24 * 90)).toMillis());
        }
    }

    private static long high(int person) {
        return (long) person * 0x3100_0000_0000_0000L;
    }

    /** Newest first, in pages of every size, against the plain list. */
    private void assertRead(AccessTrail trail, List<Access> model, List<Integer> owners) {
        for (int person = 0; person <= PERSONS; person++) {
            List<Access> all = new ArrayList<>();
            AccessPage.Place place = null;
            int limit = 1 + (int) (now.get() % 7);
            do {
                AccessPage page = trail.accesses(high(person), person, 0, Long.MAX_VALUE / 2, place, limit);
                assertTrue(page.accesses().size() <= limit);
                all.addAll(page.accesses());
                place = page.next();
            } while (place != null);
            assertEquals(expected(model, owners, person, all), counted(all));
            for (int i = 1; i < all.size(); i++) {
                assertTrue(Access.ORDER.compare(all.get(i - 1), all.get(i)) <= 0);
            }
        }
    }

    /** Each line and how often, where days that were read as counts are counted. */
    private Map<String, Long> expected(List<Access> model, List<Integer> owners, int person, List<Access> read) {
        Map<String, Long> expected = new TreeMap<>();
        YearMonth first = YearMonth.from(day(now.get())).minusMonths(12);
        for (int i = 0; i < model.size(); i++) {
            Access access = model.get(i);
            long start = Unit.startOfDay(day(access.at()));
            boolean counted = read.stream().anyMatch(line -> line.count() > 0 && line.at() == start);
            boolean past = YearMonth.from(day(access.at())).isBefore(first)
                    && read.stream().noneMatch(line -> line.at() == start || line.at() == access.at());
            if (owners.get(i) == person && !past) {
                expected.merge(line(access, counted ? start : access.at(), counted), 1L, Long::sum);
            }
        }
        return expected;
    }

    private static Map<String, Long> counted(List<Access> read) {
        Map<String, Long> found = new TreeMap<>();
        read.forEach(access -> found.merge(
                line(access, access.at(), access.count() > 0), (long) Math.max(1, access.count()), Long::sum));
        return found;
    }

    private static String line(Access access, long at, boolean counted) {
        return String.join(
                " ",
                Instant.ofEpochMilli(at).toString(),
                counted ? "day" : "time",
                access.asked().word(),
                String.valueOf(access.client()),
                String.valueOf(access.scene()),
                String.valueOf(access.answer()));
    }

    private static LocalDate day(long ms) {
        return Instant.ofEpochMilli(ms).atZone(Unit.ZONE).toLocalDate();
    }

    private List<Access> all(AccessTrail trail, int person) {
        return trail.accesses(high(person), person, 0, Long.MAX_VALUE / 2, null, 1_000)
                .accesses();
    }

    private int answers(AccessTrail trail, int person) {
        return all(trail, person).stream()
                .mapToInt(access -> Math.max(1, access.count()))
                .sum();
    }

    private static void add(AccessTrail trail, TrailWriter writer, int person) {
        writer.add(true, high(person), person, trail.what(Asked.CHECK, "gate-1", "transit", "fare-discount"));
        assertTrue(writer.commit());
    }

    @Test
    void exactTimes_afterNinetyDays_areCounts_andCountsEndByTheirDate() {
        try (AccessTrail trail = open("a");
                TrailWriter writer = trail.writer()) {
            LocalDate day = day(now.get());
            add(trail, writer, 1);
            now.addAndGet(Duration.ofMinutes(5).toMillis());
            add(trail, writer, 1);
            now.set(Unit.startOfDay(day.plusDays(91)) - 1);
            trail.pass();
            assertEquals(
                    List.of(0, 0), all(trail, 1).stream().map(Access::count).toList());
            now.set(Unit.startOfDay(day.plusDays(91)) + 61_000);
            trail.pass();
            assertEquals(List.of(2), all(trail, 1).stream().map(Access::count).toList());
            assertEquals(Unit.startOfDay(day), all(trail, 1).get(0).at());
            now.set(Unit.startOfDay(LocalDate.of(2027, 4, 1)) - 61_000);
            trail.pass();
            assertEquals(1, all(trail, 1).size());
            now.set(Unit.startOfDay(LocalDate.of(2027, 4, 1)) + 61_000);
            trail.pass();
            assertEquals(List.of(), all(trail, 1));
        }
    }

    @Test
    void erase_hidesAtOnce_thenNoFileHoldsIt_andALaterEnrolmentBeginsAnew() throws IOException {
        try (AccessTrail trail = open("a");
                TrailWriter writer = trail.writer()) {
            for (int i = 0; i < 4; i++) {
                add(trail, writer, 1);
                add(trail, writer, 2);
                now.addAndGet(Duration.ofHours(i == 2 ? 100 * 24 : 7).toMillis());
                trail.pass();
            }
            add(trail, writer, 1);
            assertEquals(5, answers(trail, 1));
            LocalDate gone = trail.erase(high(1), 1);
            assertEquals(day(now.get()).plusDays(2), gone);
            assertEquals(List.of(), all(trail, 1));
            assertEquals(4, answers(trail, 2));
            now.addAndGet(1);
            add(trail, writer, 1);
            assertEquals(1, all(trail, 1).size());
            for (int hour = 0; hour < 48; hour++) {
                now.addAndGet(Duration.ofHours(1).toMillis());
                trail.pass();
                assertEquals(0, trail.failures());
            }
            assertEquals(1, all(trail, 1).size());
            assertEquals(4, answers(trail, 2));
            try (Stream<Path> marks = Files.list(directory.resolve("rolled/erasures"))) {
                assertEquals(0, marks.count());
            }
        }
    }

    @Test
    void departed_beforeTheirErasureWasWritten_areHidden_andWhoCameBackKeepsWhatCameSince() throws IOException {
        try (AccessTrail trail = open("a");
                TrailWriter writer = trail.writer()) {
            add(trail, writer, 1);
            add(trail, writer, 2);
            long left = now.get();
            now.addAndGet(1_000);
            add(trail, writer, 2);
            assertEquals(0, trail.departuresSeen("ledger"));
            trail.departed(
                    "ledger",
                    7,
                    List.of(
                            new AccessTrail.Departure(high(1), 1, Long.MAX_VALUE),
                            new AccessTrail.Departure(high(2), 2, left)));
            assertEquals(List.of(), all(trail, 1));
            assertEquals(1, answers(trail, 2));
            assertEquals(7, trail.departuresSeen("ledger"));
            assertEquals(0, trail.departuresSeen("another"));
            trail.departed("ledger", 8, List.of(new AccessTrail.Departure(high(2), 2, left - 1)));
            assertEquals(1, answers(trail, 2));
        }
    }

    @Test
    void starts_thatWereKilled_areHandedInByTheNext_andHoldTheTimeBackUntilThen() throws IOException {
        AccessTrail killed = open("a");
        TrailWriter writer = killed.writer();
        long began = now.get();
        add(killed, writer, 1);
        now.addAndGet(Duration.ofMinutes(3).toMillis());
        try (AccessTrail other = open("b")) {
            AccessPage page = other.accesses(high(1), 1, 0, Long.MAX_VALUE / 2, null, 10);
            assertEquals(List.of(), page.accesses());
            assertEquals(began, page.completeUntil());
            // what a kill leaves: the lock is let go by the system, nothing else is done
            killed.letGo();
            try (AccessTrail next = open("a")) {
                next.pass();
                assertEquals(0, next.failures());
                assertEquals(1, all(next, 1).size());
                page = other.accesses(high(1), 1, 0, Long.MAX_VALUE / 2, null, 10);
                assertEquals(1, page.accesses().size());
                assertEquals(now.get(), page.completeUntil());
            }
        }
    }

    @Test
    void write_belowTheReserve_isRefused_andTakenAgainWhenThereIsRoom() {
        try (AccessTrail trail = open("a");
                TrailWriter writer = trail.writer()) {
            free.set((1 << 20) - 1);
            trail.look();
            assertFalse(trail.accepting());
            writer.add(true, high(1), 1, trail.what(Asked.CHECK, "gate-1", "transit", null));
            assertFalse(writer.commit());
            free.set(1 << 20);
            trail.look();
            assertTrue(trail.accepting());
            add(trail, writer, 1);
            assertEquals(1, all(trail, 1).size());
            assertNull(all(trail, 2).stream().findFirst().orElse(null));
        }
    }

    @Test
    void nobody_isWrittenInTheSameSize_andDroppedAtTheRoll() throws IOException {
        try (AccessTrail trail = open("a");
                TrailWriter writer = trail.writer()) {
            writer.add(false, high(1), 1, trail.what(Asked.CHECK, "gate-1", "transit", null));
            assertTrue(writer.commit());
            List<long[]> raw = new ArrayList<>();
            Path start = Start.of(directory.resolve("queues/a")).get(0);
            Start.read(
                    start,
                    new ArrayList<>(Start.minutes(start)),
                    (at, high, low, what) -> raw.add(new long[] {high, low, what}));
            assertEquals(1, raw.size());
            assertTrue(raw.get(0)[0] != high(1) && raw.get(0)[1] != 1 && Event.nobody(raw.get(0)[2]));
            assertEquals(List.of(), all(trail, 1));
            now.addAndGet(Duration.ofMinutes(2).toMillis());
            trail.pass();
            try (Stream<Path> entries = Files.list(directory.resolve("rolled"))) {
                assertEquals(
                        0,
                        entries.filter(entry -> Unit.parse(String.valueOf(entry.getFileName())) != null)
                                .count());
            }
        }
    }
}
