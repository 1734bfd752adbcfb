package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.osmanthus.engine.rules.Explanation;
import io.osmanthus.snapshots.trail.Asked;
import io.osmanthus.snapshots.trail.TrailOptions;
import io.osmanthus.snapshots.trail.TrailWriter;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a person waits for {@code GET /v1/me/accesses} with a year behind them. A reading touches one bucket of 256, so
 * one bucket is made, and citizens are asked as whose pseudonyms fall into it: a full one of a city of 13 million in {@code
 * -Pslow} (100,000 answers a day in the bucket, 26 million in the city), a small one otherwise. The time is asserted in {@code
 * -Pslow} only.
 */
final class YearOfAccessesTest {
    private static final boolean SLOW = Boolean.getBoolean("osmanthus.slow");
    private static final int PERSONS = SLOW ? 51_000 : 500;
    private static final int ANSWERS_A_DAY = SLOW ? 100_000 : 1_000;
    private static final int LIVE_ANSWERS = SLOW ? 60_000 : 1_000;

    /** Citizens of the bucket who ask, each once. */
    private static final int CITIZENS = SLOW ? 400 : 8;

    /** Citizens whose readings are not counted: what they run is compiled meanwhile. */
    private static final int WARM_UP = 5;

    private static final long P99_MS_MAX = 300;
    private static final int BUCKET = 7;
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LocalDate today = LocalDate.now(ZONE);

    @TempDir
    Path directory = Path.of("");

    private record Citizen(String id, City.Pseudonym pseudonym) {}

    @Test
    void accesses_withAYear_arePagedFast() throws IOException, SQLException {
        List<Citizen> citizens = citizens();
        try (Rig rig = Rig.start()) {
            year(citizens, rig.rolled());
            live(rig, citizens);
            long[] nanos = new long[CITIZENS];
            try (Wire wire = rig.wire()) {
                for (int i = -WARM_UP; i < CITIZENS; i++) {
                    Citizen citizen = citizens.get(Math.floorMod(i, CITIZENS + WARM_UP));
                    rig.city.explanations.put(
                            citizen.pseudonym(), new Explanation(100, "base", "guihua", "test", List.of(), List.of()));
                    String token = rig.issuer.citizen(citizen.id(), Duration.ofMinutes(30));
                    long begin = System.nanoTime();
                    wire.send(Rig.request("GET", "/v1/me/accesses", token));
                    Wire.Answer answer = wire.answer();
                    if (i >= 0) {
                        nanos[i] = System.nanoTime() - begin;
                    }
                    verify(answer);
                }
            }
            Arrays.sort(nanos);
            long p99 = nanos[Math.max(0, CITIZENS * 99 / 100 - 1)] / 1_000_000;
            System.out.println("GET /v1/me/accesses with a year, " + PERSONS + " persons a bucket, " + CITIZENS
                    + " persons ask: median " + nanos[CITIZENS / 2] / 1_000_000 + " ms, p99 " + p99 + " ms, max "
                    + nanos[CITIZENS - 1] / 1_000_000 + " ms");
            assertTrue(!SLOW || p99 <= P99_MS_MAX, p99 + " ms");
            assertEquals(0, rig.trail.failures());
        }
    }

    /** The page is full, its lines go back from today over the days before, and there are more. */
    private void verify(Wire.Answer answer) throws IOException {
        assertEquals(200, answer.status(), answer.body());
        JsonNode page = JSON.readTree(answer.body());
        assertEquals(Accesses.LINES_MAX, page.get("accesses").size());
        assertTrue(page.get("next").isTextual());
        String last = page.get("accesses").get(Accesses.LINES_MAX - 1).get("at").asText();
        assertTrue(LocalDate.parse(last.substring(0, 10)).isBefore(today), last);
    }

    /** Persons whose events are in one bucket. */
    private static List<Citizen> citizens() {
        var city = new io.osmanthus.snapshots.city.City(1_000_000, 1, 1, LocalDate.of(2026, 10, 15));
        List<Citizen> citizens = new ArrayList<>();
        for (long person = 0; citizens.size() < CITIZENS + WARM_UP; person++) {
            City.Pseudonym pseudonym = City.pseudonym(Scheme.PERSON, city.personId(person));
            if (pseudonym.high() >>> 56 == BUCKET) {
                citizens.add(new Citizen(city.personId(person), pseudonym));
            }
        }
        return citizens;
    }

    private static void live(Rig rig, List<Citizen> citizens) {
        Random random = new Random(7);
        long what = rig.trail.what(Asked.CHECK, "gate-1", "transit", null);
        try (TrailWriter writer = rig.trail.writer()) {
            for (int i = 0; i < LIVE_ANSWERS; i++) {
                int person = random.nextInt(PERSONS);
                City.Pseudonym asked = person < citizens.size()
                        ? citizens.get(person).pseudonym()
                        : new City.Pseudonym(high(person), person);
                writer.add(true, asked.high(), asked.low(), what);
                assertTrue(writer.commit());
            }
        }
    }

    private static long high(int person) {
        return ((long) BUCKET << 56) | person * 1_000_003L;
    }

    /** Ninety days with times and the months before with counts, of one bucket, as the trail's background work leaves them. */
    private void year(List<Citizen> citizens, Path rolled) throws IOException, SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("SET threads = 2");
            statement.execute("CREATE TABLE citizen (p BIGINT, high BIGINT, low BIGINT)");
            for (int i = 0; i < citizens.size(); i++) {
                City.Pseudonym pseudonym = citizens.get(i).pseudonym();
                statement.execute(
                        "INSERT INTO citizen VALUES (" + i + ", " + pseudonym.high() + ", " + pseudonym.low() + ")");
            }
            for (int back = 1; back <= TrailOptions.EXACT_DAYS; back++) {
                LocalDate day = today.minusDays(back);
                String rows = "SELECT (r * 7919 + " + back + " * 31) % " + PERSONS + " AS p, " + ms(day)
                        + " + (r * 104729) % 86400000 AS at_ms, 0 AS day_count FROM range(" + ANSWERS_A_DAY + ") t(r)";
                publish(
                        statement,
                        rows,
                        rolled,
                        "day-" + DateTimeFormatter.ofPattern("yyyyMMdd").format(day));
            }
            YearMonth exact = YearMonth.from(today.minusDays(TrailOptions.EXACT_DAYS));
            for (YearMonth month = YearMonth.from(today).minusMonths(12);
                    month.isBefore(exact);
                    month = month.plusMonths(1)) {
                String rows = "SELECT p, " + ms(month.atDay(1)) + " + d * 86400000 AS at_ms, 2 AS day_count FROM range("
                        + PERSONS + ") a(p), range(28) b(d) WHERE (p + d) % 2 = 0";
                publish(
                        statement,
                        rows,
                        rolled,
                        "counts-" + DateTimeFormatter.ofPattern("yyyyMM").format(month));
            }
        }
    }

    private static long ms(LocalDate day) {
        return day.atStartOfDay(ZONE).toInstant().toEpochMilli();
    }

    private void publish(Statement statement, String rows, Path rolled, String unit) throws SQLException, IOException {
        Path building = Files.createDirectory(directory.resolve(unit));
        statement.execute("COPY (SELECT coalesce(c.high, CAST(" + ((long) BUCKET << 56)
                + " + r.p * 1000003 AS BIGINT)) AS high, coalesce(c.low, CAST(r.p AS BIGINT)) AS low,"
                + " CAST(at_ms AS BIGINT) AS at_ms, CAST(0 AS TINYINT) AS asked, 'gate-' || (r.p % 40) AS client,"
                + " 'transit' AS scene, 'fare-discount' AS answer, CAST(day_count AS INTEGER) AS day_count FROM ("
                + rows + ") r LEFT JOIN citizen c ON c.p = r.p ORDER BY high, low, at_ms) TO '"
                + building.resolve(String.format("%02x.parquet", BUCKET))
                + "' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 16384)");
        Files.move(building, rolled.resolve(unit + "-0000aaaa"));
    }
}
