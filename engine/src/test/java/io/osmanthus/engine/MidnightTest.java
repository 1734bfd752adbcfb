package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many consents that end in one night: the first check of the new day knows. */
final class MidnightTest {
    private static final int ENDING = Boolean.getBoolean("osmanthus.drills") ? 1_000_000 : 100_000;

    /** One person in so many has a consent that goes on. */
    private static final int GOING_ON = 10;

    private static final int ROUNDS = 200;
    private static final int PERSONS = ENDING * GOING_ON / (GOING_ON - 1) + 1;

    private final List<Generation> made = new ArrayList<>();
    private volatile Instant now = Instant.parse("2026-10-15T15:50:00Z");

    @Test
    void turn_manyConsentsEnd_everyCheckAfterItIsRight() {
        int scene = Fixtures.scene("culture");
        try (Engine engine = new Engine();
                Keeper keeper = new Keeper(engine, () -> "one", this::load, clock(), null);
                Reader reader = engine.reader()) {
            keeper.start();
            now = Instant.parse("2026-10-15T15:56:00Z");
            keeper.tick();
            assertEquals(2, made.size(), "the next day is loaded before midnight");
            now = Instant.parse("2026-10-15T15:59:59.999Z");
            keeper.turn();
            assertNotNull(reader.advance());
            assertEquals(PERSONS, entitled(reader, scene, PERSONS), "until the last second of the day");
            now = Instant.parse("2026-10-15T16:00:00Z");
            keeper.turn();
            assertNotNull(reader.advance());
            Change.Subject first = Fixtures.token(1);
            assertEquals(0, reader.check(scene, first.high(), first.low()), "the first check after 00:00");
            assertEquals(PERSONS - ENDING, entitled(reader, scene, PERSONS));
            assertEquals(2, made.size(), "nothing was loaded at midnight");
        }
        assertEquals(0, made.stream().filter(generation -> !generation.closed()).count());
    }

    /** Nobody has called {@code turn} yet: the first reader of the day does. */
    @Test
    void advance_afterMidnight_firstCheckIsOfTheNewDay() {
        int scene = Fixtures.scene("culture");
        try (Engine engine = new Engine();
                Keeper keeper = new Keeper(engine, () -> "one", this::load, clock(), null);
                Reader reader = engine.reader()) {
            keeper.start();
            now = Instant.parse("2026-10-15T15:56:00Z");
            keeper.tick();
            Change.Subject first = Fixtures.token(1);
            now = Instant.parse("2026-10-15T15:59:59.999Z");
            assertNotNull(reader.advance());
            assertTrue(reader.check(scene, first.high(), first.low()) > 0, "until the last moment of the day");
            now = Instant.parse("2026-10-15T16:00:00Z");
            assertNotNull(reader.advance());
            assertEquals(0, reader.check(scene, first.high(), first.low()), "the first check after 00:00");
        }
    }

    /** The keeper's thread and readers meet at 00:00 again and again: none of them reads the day before after it. */
    @Test
    void advance_whileTheKeeperTurns_neverTheDayBefore() throws InterruptedException {
        Instant midnight = Instant.parse("2026-10-15T16:00:00Z");
        int late = 0;
        for (int round = 0; round < ROUNDS; round++) {
            try (Engine engine = new Engine();
                    Keeper keeper = new Keeper(
                            engine, () -> "one", (version, day) -> Fixtures.empty(version, day, 1, 0), clock(), null);
                    Reader reader = engine.reader()) {
                now = midnight.minusSeconds(60);
                keeper.start();
                keeper.tick();
                Thread turning = new Thread(() -> {
                    while (now.isBefore(midnight)) {
                        Thread.onSpinWait();
                    }
                    keeper.turn();
                });
                turning.start();
                now = midnight;
                for (int i = 0; i < 1_000; i++) {
                    Generation read = reader.advance();
                    late += read == null || read.day().getDayOfMonth() != 16 ? 1 : 0;
                }
                turning.join();
            }
        }
        assertEquals(0, late);
    }

    /** Rather no answer than yesterday's. */
    @Test
    void advance_afterMidnightAndNothingPrepared_findsNothing() {
        try (Engine engine = new Engine();
                Keeper keeper = new Keeper(engine, () -> "one", this::load, clock(), null);
                Reader reader = engine.reader()) {
            keeper.start();
            assertNotNull(reader.advance());
            now = Instant.parse("2026-10-15T16:00:00Z");
            assertNull(reader.advance());
            keeper.tick();
            assertNotNull(reader.advance());
        }
    }

    private static int entitled(Reader reader, int scene, int persons) {
        int entitled = 0;
        for (int i = 0; i < persons; i++) {
            Change.Subject token = Fixtures.token(i);
            entitled += reader.check(scene, token.high(), token.low()) > 0 ? 1 : 0;
        }
        return entitled;
    }

    private Generation load(String version, LocalDate day) {
        Generation generation = Fixtures.empty(version, day, PERSONS, 0);
        int scene = Fixtures.scene("culture");
        int lastDay = Fixtures.TODAY;
        long position = 0;
        try (Writer writer = Writer.of(generation)) {
            for (int i = 0; i < PERSONS; i++) {
                int expires = i % GOING_ON == 0 ? lastDay + 2 : lastDay + 1;
                writer.apply(++position, new Change.Enrol(Fixtures.person(i), -1));
                writer.apply(++position, new Change.BindToken(Fixtures.person(i), Fixtures.token(i)));
                writer.apply(++position, new Change.GiveConsent(Fixtures.person(i), scene, lastDay - 100, expires));
            }
            writer.publishPopulation();
        }
        made.add(generation);
        return generation;
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
    }
}
