package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Clock;
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
        assertEquals("{two on 2026-10-15=broken}", keeper.failures().toString());
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
        if (version.equals(broken)) {
            throw new IllegalStateException("broken");
        }
        return Fixtures.empty(version, day, 10, 0);
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
