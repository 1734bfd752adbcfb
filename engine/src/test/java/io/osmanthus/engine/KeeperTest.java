package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.osmanthus.snapshots.SnapshotException;
import io.osmanthus.snapshots.ledger.LedgerException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class KeeperTest {
    private final Engine engine = new Engine();
    private final List<String> loads = new ArrayList<>();
    private Instant now = Instant.parse("2026-10-15T04:00:00Z");
    private String current = "one";
    private @Nullable String broken;
    private Runnable whileLoading = () -> {};
    private final List<Generation> made = new ArrayList<>();

    private final Keeper keeper = new Keeper(engine, () -> current, this::load, clock(), null);

    @Test
    void tick_newCurrentSnapshot_isLoadedAndPublished() {
        keeper.start();
        current = "two";
        keeper.tick();
        assertEquals("two", served().snapshot());
        keeper.tick();
        assertEquals(List.of("one 2026-10-15", "two 2026-10-15"), loads);
        end();
    }

    @Test
    void tick_aroundMidnight_servesTheNextDayFromItsFirstSecond() {
        keeper.start();
        now = Instant.parse("2026-10-15T15:54:59Z");
        keeper.tick();
        assertEquals(1, loads.size());
        now = Instant.parse("2026-10-15T15:55:00Z");
        keeper.tick();
        assertEquals(LocalDate.of(2026, 10, 15), served().day());
        assertEquals("one 2026-10-16", loads.get(1));
        now = Instant.parse("2026-10-15T16:00:00Z");
        keeper.tick();
        assertEquals(LocalDate.of(2026, 10, 16), served().day());
        assertEquals(2, loads.size());
        end();
    }

    @Test
    void tick_brokenSnapshot_goesOnServingAndTriesOnce() {
        keeper.start();
        current = "two";
        broken = "two";
        keeper.tick();
        keeper.tick();
        assertEquals("one", served().snapshot());
        assertEquals(List.of("one 2026-10-15", "two 2026-10-15"), loads);
        assertEquals("{two=broken}", keeper.failures().toString());
        end();
    }

    @Test
    void tick_nextDayCannotBeLoaded_stopsRatherThanServeYesterday() {
        keeper.start();
        broken = "one";
        now = Instant.parse("2026-10-15T16:00:00Z");
        keeper.tick();
        assertNull(engine.current());
        end();
    }

    @Test
    void tick_currentSnapshotIsBroken_theOneBeforeGoesOnTheNextDay() {
        keeper.start();
        current = "two";
        broken = "two";
        keeper.tick();
        now = Instant.parse("2026-10-15T15:56:00Z");
        keeper.tick();
        now = Instant.parse("2026-10-15T16:00:00Z");
        keeper.tick();
        assertEquals("one", served().snapshot());
        assertEquals(LocalDate.of(2026, 10, 16), served().day());
        end();
    }

    @Test
    void tick_currentSnapshotIsBrokenAndNothingIsPrepared_theOneBeforeGoesOnTheNextDay() {
        keeper.start();
        current = "two";
        broken = "two";
        now = Instant.parse("2026-10-15T16:00:00Z");
        keeper.tick();
        assertEquals("one", served().snapshot());
        assertEquals(LocalDate.of(2026, 10, 16), served().day());
        end();
    }

    @Test
    void tick_anotherSnapshotAtMidnight_servesThePreparedOneAndFreesItAfterwards() {
        keeper.start();
        now = Instant.parse("2026-10-15T15:56:00Z");
        keeper.tick();
        current = "two";
        now = Instant.parse("2026-10-15T16:00:00Z");
        keeper.tick();
        assertEquals("two", served().snapshot());
        end();
        assertEquals(List.of(), made.stream().filter(one -> !one.closed()).toList(), "every generation is freed");
    }

    @Test
    void turn_midnightWhileASnapshotLoads_servesThePreparedDayAndDropsTheLoad() {
        keeper.start();
        now = Instant.parse("2026-10-15T15:56:00Z");
        keeper.tick();
        current = "two";
        whileLoading = () -> {
            whileLoading = () -> {};
            now = Instant.parse("2026-10-15T16:00:00Z");
            keeper.turn();
            assertEquals(LocalDate.of(2026, 10, 16), served().day());
            assertEquals("one", served().snapshot());
        };
        keeper.tick();
        assertEquals(LocalDate.of(2026, 10, 16), served().day());
        keeper.tick();
        assertEquals("two", served().snapshot());
        end();
        assertEquals(List.of(), made.stream().filter(one -> !one.closed()).toList(), "every generation is freed");
    }

    @Test
    void turn_midnightWhileNothingIsPrepared_stops() {
        keeper.start();
        now = Instant.parse("2026-10-15T16:00:00Z");
        keeper.turn();
        assertNull(engine.current());
        end();
    }

    @Test
    void tick_notEnoughMemoryForASecondGeneration_goesOnServingAndTriesAgainLater() {
        keeper.start();
        current = "two";
        whileLoading = () -> {
            throw new OutOfMemoryError("for a test");
        };
        keeper.tick();
        keeper.tick();
        assertEquals("one", served().snapshot());
        assertEquals(2, loads.size(), "not at every tick");
        assertEquals(
                "{two=for a test; it is tried again at 2026-10-15T04:00:30Z}",
                keeper.failures().toString());
        assertFalse(keeper.refuses("two"), "an operator may ask for it");
        later(Keeper.PUT_OFF);
        keeper.tick();
        assertEquals(3, loads.size());
        later(Keeper.PUT_OFF);
        keeper.tick();
        assertEquals(3, loads.size(), "the second time it waits for longer");
        later(Keeper.PUT_OFF);
        whileLoading = () -> {};
        keeper.tick();
        assertEquals("two", served().snapshot());
        assertEquals("{}", keeper.failures().toString());
        end();
    }

    @Test
    void retry_putOffForLackOfMemory_isTriedAtTheNextTick() {
        keeper.start();
        current = "two";
        whileLoading = () -> {
            throw new EngineException(EngineException.Code.NO_MEMORY, "for a test");
        };
        keeper.tick();
        whileLoading = () -> {};
        keeper.retry("two");
        keeper.tick();
        assertEquals("two", served().snapshot());
        end();
    }

    @Test
    void tick_noMemoryForTheNextDay_isLoadedAtMidnightWhenTheOldOneIsGone() {
        keeper.start();
        whileLoading = () -> {
            throw new OutOfMemoryError("for a test");
        };
        now = Instant.parse("2026-10-15T15:59:50Z");
        keeper.tick();
        whileLoading = () -> {};
        now = Instant.parse("2026-10-15T16:00:00Z");
        keeper.turn();
        assertNull(engine.current());
        keeper.tick();
        assertEquals(LocalDate.of(2026, 10, 16), served().day());
        end();
    }

    @Test
    void tick_ledgerIsAwayWhileLoading_triesAgain() {
        keeper.start();
        current = "two";
        whileLoading = () -> {
            whileLoading = () -> {};
            throw new LedgerException(LedgerException.Code.UNAVAILABLE, "away");
        };
        keeper.tick();
        assertEquals("one", served().snapshot());
        assertEquals("{}", keeper.failures().toString());
        keeper.tick();
        assertEquals("two", served().snapshot());
        end();
    }

    @Test
    void renew_currentSnapshotIsBroken_theServedOneIsLoadedAnew() {
        keeper.start();
        current = "two";
        broken = "two";
        keeper.tick();
        keeper.renew();
        keeper.tick();
        keeper.tick();
        assertEquals(List.of("one 2026-10-15", "two 2026-10-15", "one 2026-10-15"), loads);
        assertEquals("one", served().snapshot());
        end();
        assertEquals(List.of(), made.stream().filter(one -> !one.closed()).toList(), "every generation is freed");
    }

    @Test
    void tick_snapshotIsDamaged_isNotTriedAgainOnAnotherDay() {
        keeper.start();
        current = "two";
        whileLoading = () -> {
            throw new SnapshotException(SnapshotException.Code.CORRUPT, "damaged");
        };
        keeper.tick();
        whileLoading = () -> {};
        now = Instant.parse("2026-10-16T04:00:00Z");
        keeper.tick();
        assertEquals("one", served().snapshot());
        assertEquals(List.of("one 2026-10-15", "two 2026-10-15", "one 2026-10-16"), loads);
        assertEquals("{two=damaged}", keeper.failures().toString());
        end();
    }

    private void later(Duration duration) {
        now = now.plus(duration);
    }

    private Generation served() {
        Generation generation = engine.current();
        assertNotNull(generation);
        return generation;
    }

    private void end() {
        keeper.close();
        engine.close();
    }

    private Generation load(String version, LocalDate day) {
        loads.add(version + " " + day);
        whileLoading.run();
        if (version.equals(broken)) {
            throw new IllegalStateException("broken");
        }
        Generation generation = Fixtures.empty(version, day, 10, 0);
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
