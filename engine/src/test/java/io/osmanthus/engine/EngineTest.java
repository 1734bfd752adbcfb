package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.engine.rules.SubjectFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class EngineTest {
    @Test
    void check_beforeTheFirstGeneration_throws() {
        try (Engine engine = new Engine();
                Reader reader = engine.reader()) {
            assertNull(reader.advance());
            assertThrows(IllegalStateException.class, () -> reader.check(0, 1, 2));
        }
    }

    @Test
    void publish_whileAReaderHolds_freesTheOldOneWhenItAdvances() {
        Generation first = Fixtures.empty(10, 0);
        Generation second = Fixtures.empty(10, 0);
        AtomicInteger told = new AtomicInteger();
        try (Engine engine = new Engine();
                Reader reader = engine.reader()) {
            engine.onPublish(told::incrementAndGet);
            engine.publish(first);
            assertSame(first, reader.advance());
            engine.publish(second);
            assertFalse(first.closed());
            assertEquals(0, reader.check(0, 1, 2));
            assertSame(second, reader.advance());
            assertTrue(first.closed());
            assertEquals(2, told.get());
        }
        assertTrue(second.closed());
    }

    @Test
    void publish_afterClose_freesTheGenerationAtOnce() {
        Engine engine = new Engine();
        engine.close();
        Generation late = Fixtures.empty(10, 0);
        engine.publish(late);
        assertTrue(late.closed());
        assertNull(engine.current());
    }

    @Test
    void publish_aListenerFails_theOneBeforeIsFreed() {
        Generation first = Fixtures.empty(10, 0);
        try (Engine engine = new Engine()) {
            engine.publish(first);
            AtomicBoolean fails = new AtomicBoolean(true);
            engine.onPublish(() -> {
                if (fails.getAndSet(false)) {
                    throw new IllegalStateException("for a test");
                }
            });
            assertThrows(IllegalStateException.class, () -> engine.publish(Fixtures.empty(10, 0)));
            assertTrue(first.closed());
        }
    }

    @Test
    void withdraw_withoutASuccessor_leavesReadersWithoutOne() {
        Generation only = Fixtures.empty(10, 0);
        try (Engine engine = new Engine();
                Reader reader = engine.reader()) {
            engine.publish(only);
            reader.advance();
            engine.withdraw();
            assertNull(reader.advance());
            assertTrue(only.closed());
        }
    }

    @Test
    void check_knownAndUnknown_allocatesNothing() {
        Generation generation = Fixtures.empty(10, 0);
        try (Engine engine = new Engine();
                Reader reader = engine.reader()) {
            engine.publish(generation);
            try (Writer writer = Writer.of(generation)) {
                writer.apply(1, new Change.Enrol(Fixtures.person(1), -1));
                writer.apply(2, new Change.BindToken(Fixtures.person(1), Fixtures.token(1)));
            }
            Change.Subject known = Fixtures.token(1);
            double bytes = Allocation.bytesPerCall(20_000, () -> {
                reader.advance();
                reader.check(0, known.high(), known.low());
                reader.check(0, 77, 78);
            });
            assertEquals(0, bytes, 0.01);
        }
    }

    /** Swaps under load: within one hold, two scenes that agree in every generation never disagree. */
    @Test
    void publish_underLoad_noReaderMixesTwoGenerations() throws Exception {
        int culture = Fixtures.scene("culture");
        int transit = Fixtures.scene("transit");
        List<Generation> all = new ArrayList<>();
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch started = new CountDownLatch(2);
        ExecutorService readers = Executors.newFixedThreadPool(2);
        try (Engine engine = new Engine()) {
            all.add(withConsents(true, culture, transit));
            engine.publish(all.get(0));
            List<Future<Long>> counts = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                counts.add(readers.submit(() -> read(engine, culture, transit, started, stop)));
            }
            started.await();
            for (int swap = 1; swap <= 20; swap++) {
                all.add(withConsents(swap % 2 == 0, culture, transit));
                engine.publish(all.get(swap));
            }
            stop.set(true);
            for (Future<Long> count : counts) {
                assertTrue(count.get() > 0);
            }
        } finally {
            readers.shutdownNow();
        }
        all.forEach(generation -> assertTrue(generation.closed(), generation.toString()));
    }

    private static long read(Engine engine, int culture, int transit, CountDownLatch started, AtomicBoolean stop) {
        Change.Subject token = Fixtures.token(1);
        long reads = 0;
        try (Reader reader = engine.reader()) {
            while (!stop.get()) {
                reader.advance();
                boolean one = reader.check(culture, token.high(), token.low()) != 0;
                boolean other = reader.check(transit, token.high(), token.low()) != 0;
                if (one != other) {
                    throw new AssertionError("one hold, two generations");
                }
                reads++;
                started.countDown();
            }
        }
        return reads;
    }

    private static Generation withConsents(boolean given, int... scenes) {
        Generation generation = Fixtures.empty(100, 0);
        try (Writer writer = Writer.of(generation)) {
            writer.apply(1, new Change.Enrol(Fixtures.person(1), -1));
            writer.apply(2, new Change.BindToken(Fixtures.person(1), Fixtures.token(1)));
            for (int i = 0; given && i < scenes.length; i++) {
                writer.apply(
                        3 + i,
                        new Change.GiveConsent(Fixtures.person(1), scenes[i], Fixtures.TODAY, SubjectFacts.NONE));
            }
        }
        return generation;
    }
}
