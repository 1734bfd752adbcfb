package io.osmanthus.engine;

import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.LedgerTail;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the ledger's changes to every generation that is served or made ready: one writer each, in the order of positions.
 * A generation is brought up to date before it is published ({@link #catchUp}), and kept so until nobody holds it.
 *
 * <p>Thread-safe. Says until when this node may answer checks about persons: {@link #vouchedUntilNanos}.
 */
public final class Follower implements LedgerTail.Listener, AutoCloseable {
    private static final long POPULATION_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int WAITERS_TIDIED_AT = 1_000;

    /** Applied under the lock at once: a few milliseconds. */
    private static final int TURN_CHANGES = 256;

    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);

    private final Ledger ledger;
    private final Engine engine;
    private final long stalenessMaxNanos;
    private final BiFunction<String, Integer, List<Change.Subject>> snapshotTokens;
    private final Runnable renew;

    /** Guarded by this, as is everything below. */
    private final List<Attached> attached = new ArrayList<>();

    private final PriorityQueue<Waiter> waiters = new PriorityQueue<>(Comparator.comparingLong(Waiter::position));
    private long position;
    private long populationNanos = System.nanoTime();

    private final List<Consumer<List<Entry>>> listeners = new CopyOnWriteArrayList<>();
    private volatile long vouchedUntilNanos = System.nanoTime();
    private volatile Consumer<Entry> configuration = ignored -> {};

    private static final class Attached {
        final Writer writer;
        final Meaning meaning;
        boolean broken;

        Attached(Writer writer) {
            this.writer = writer;
            this.meaning = new Meaning(writer.generation());
        }
    }

    private record Waiter(long position, CompletableFuture<Void> reached) {}

    /**
     * A follower from a position, that of the tail it will listen to.
     *
     * @param stalenessMaxSeconds how long after the ledger was last heard checks about persons are still answered
     * @param snapshotTokens the tokens of a person in a snapshot, by version and ordinal; blocks for milliseconds
     * @param renew called where a generation has no room left: load it anew
     */
    public Follower(
            Ledger ledger,
            Engine engine,
            long position,
            int stalenessMaxSeconds,
            BiFunction<String, Integer, List<Change.Subject>> snapshotTokens,
            Runnable renew) {
        this.ledger = ledger;
        this.engine = engine;
        this.position = position;
        this.stalenessMaxNanos = TimeUnit.SECONDS.toNanos(stalenessMaxSeconds);
        this.snapshotTokens = snapshotTokens;
        this.renew = renew;
    }

    /** On the clock of {@link System#nanoTime}: after it the node can no longer vouch for consents. One volatile read. */
    @Override
    public long vouchedUntilNanos() {
        return vouchedUntilNanos;
    }

    /** Up to where changes have been applied. */
    public synchronized long position() {
        return position;
    }

    /** Told of changes once they are in what is served here, on the tail's thread; must return at once. */
    public void onApplied(Consumer<List<Entry>> listener) {
        listeners.add(listener);
    }

    /** Done once every change up to a position is in what is served here; on the tail's thread, or at once. */
    public CompletableFuture<Void> reached(long wanted) {
        synchronized (this) {
            if (waiters.size() > WAITERS_TIDIED_AT) {
                waiters.removeIf(waiter -> waiter.reached().isDone());
            }
            if (applied() < wanted) {
                Waiter waiter = new Waiter(wanted, new CompletableFuture<>());
                waiters.add(waiter);
                return waiter.reached();
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Replays what a generation lacks, then keeps it up to date. The caller holds it before and after; it blocks the caller, not
     * the tail.
     *
     * @param departures those that the generation was loaded without
     * @throws EngineException FULL
     */
    public Generation catchUp(Generation generation, Departures departures) {
        Writer writer = Writer.of(generation);
        Attached one = new Attached(writer);
        try {
            remember(one, generation.position());
            CompletableFuture<List<Entry>> next = ahead(generation.position());
            while (true) {
                List<Entry> entries = next.join();
                // read and opened while these are applied
                next = ahead(
                        entries.isEmpty()
                                ? generation.position()
                                : entries.get(entries.size() - 1).position());
                for (Entry entry : entries) {
                    boolean contained = entry.kind() == Kind.LEFT
                            && entry.position() <= departures.position()
                            && departures.knows(
                                    entry.subject().high(), entry.subject().low());
                    writer.apply(entry.position(), contained ? new Change.Nothing() : one.meaning.of(entry));
                }
                if (entries.size() < LedgerTail.BATCH_MAX && attach(one)) {
                    return generation;
                }
            }
        } catch (RuntimeException | Error e) {
            writer.close();
            throw e;
        }
    }

    /** What was retracted or disputed before the snapshot's position, and is not in it, is so if it comes after it. */
    private void remember(Attached one, long contained) {
        if (contained == 0) {
            return;
        }
        for (Kind kind : List.of(Kind.RECORD_MARKED, Kind.ENTRY_AMENDED, Kind.ARREARS_MARKED)) {
            ledger.of(kind, contained, entry -> one.writer.remember(one.meaning.of(entry)));
        }
    }

    private CompletableFuture<List<Entry>> ahead(long from) {
        return CompletableFuture.supplyAsync(() -> ledger.after(from, LedgerTail.BATCH_MAX), work -> {
            Thread thread = new Thread(work, "osmanthus-replay");
            thread.setDaemon(true);
            thread.start();
        });
    }

    private synchronized boolean attach(Attached one) {
        if (one.writer.generation().position() < position) {
            return false;
        }
        one.writer.publishPopulation();
        attached.add(one);
        return true;
    }

    /**
     * Who is told of a row about the configuration, on the tail's thread: when everything before it is applied, and the row
     * itself to what is made ready, but not yet to what is in service.
     */
    public void onConfiguration(Consumer<Entry> told) {
        configuration = told;
    }

    @Override
    public void changed(List<Entry> entries) {
        int from = 0;
        for (int i = 0; i < entries.size(); i++) {
            Kind kind = entries.get(i).kind();
            if (kind != null && kind.configuration()) {
                if (i > from) {
                    apply(entries.subList(from, i), one -> true);
                }
                Generation serving = engine.current();
                apply(entries.subList(i, i + 1), one -> one.writer.generation() != serving);
                configuration.accept(entries.get(i));
                if (serving != null && engine.current() != serving) {
                    leaveBehind(serving);
                }
                from = i;
            }
        }
        apply(entries.subList(from, entries.size()), one -> true);
        listeners.forEach(listener -> listener.accept(entries));
    }

    /** What still reads it stays before the row: no answer at or after its position goes by the rules before. */
    private synchronized void leaveBehind(Generation generation) {
        attached.removeIf(one -> {
            boolean that = one.writer.generation() == generation;
            if (that) {
                one.writer.close();
            }
            return that;
        });
    }

    /** In short turns: whoever asks for a position, event loops among them, waits for one of them at most. */
    private void apply(List<Entry> entries, Predicate<Attached> to) {
        for (int from = 0; from < entries.size(); from += TURN_CHANGES) {
            turn(entries.subList(from, Math.min(entries.size(), from + TURN_CHANGES)), to);
        }
    }

    private void turn(List<Entry> entries, Predicate<Attached> to) {
        List<Departed> departed = new ArrayList<>();
        synchronized (this) {
            letGo();
            for (Attached one : attached) {
                if (!one.broken && to.test(one)) {
                    apply(one, entries, departed);
                }
            }
            position = entries.get(entries.size() - 1).position();
        }
        wake();
        departed.forEach(this::forget);
    }

    @Override
    public void heard(long at, long askedNanos) {
        synchronized (this) {
            letGo();
            Generation current = engine.current();
            boolean whole = current == null || current.position() >= at;
            if (whole) {
                vouchedUntilNanos = askedNanos + stalenessMaxNanos;
            }
            if (System.nanoTime() - populationNanos > POPULATION_INTERVAL_NANOS) {
                populationNanos = System.nanoTime();
                attached.forEach(one -> one.writer.publishPopulation());
            }
        }
        wake();
    }

    /** Lets go of every generation. */
    @Override
    public synchronized void close() {
        attached.forEach(one -> one.writer.close());
        attached.clear();
        waiters.forEach(waiter -> waiter.reached().cancel(false));
        waiters.clear();
    }

    private record Departed(Attached one, int place) {}

    private void apply(Attached one, List<Entry> entries, List<Departed> departed) {
        long have = one.writer.generation().position();
        try {
            for (Entry entry : entries) {
                if (entry.position() <= have) {
                    continue;
                }
                Change change = one.meaning.of(entry);
                if (change instanceof Change.Leave leave) {
                    int place = one.writer.place(leave.person());
                    if (place >= 0 && place < one.writer.generation().stores().personCount()) {
                        departed.add(new Departed(one, place));
                    }
                }
                one.writer.apply(entry.position(), change);
            }
        } catch (EngineException e) {
            one.broken = true;
            LOG.warn("{}; it is loaded anew", e.getMessage());
            renew.run();
        } catch (RuntimeException | Error e) {
            one.broken = true;
            LOG.error(
                    "a change after position {} cannot be applied: {}",
                    one.writer.generation().position(),
                    e.getClass().getName());
        }
    }

    /** Tokens that came with the snapshot answer nothing since their person left; now they go too. */
    private void forget(Departed departed) {
        String version = departed.one().writer.generation().snapshot();
        try {
            List<Change.Subject> tokens = snapshotTokens.apply(version, departed.place());
            synchronized (this) {
                if (attached.contains(departed.one())) {
                    departed.one().writer.forget(departed.place(), tokens);
                }
            }
        } catch (RuntimeException e) {
            LOG.error("tokens of one who left could not be read from snapshot {}: {}", version, e.getMessage());
        }
    }

    /** Generations that nobody else holds any more. */
    private void letGo() {
        attached.removeIf(one -> {
            boolean alone = one.writer.generation().heldByOne();
            if (alone) {
                one.writer.close();
            }
            return alone;
        });
    }

    private void wake() {
        List<CompletableFuture<Void>> reached = new ArrayList<>();
        synchronized (this) {
            long applied = applied();
            @Nullable Waiter first = waiters.peek();
            while (first != null && first.position() <= applied) {
                waiters.remove(first);
                reached.add(first.reached());
                first = waiters.peek();
            }
        }
        reached.forEach(one -> one.complete(null));
    }

    private long applied() {
        Generation current = engine.current();
        return current == null ? position : Math.min(position, current.position());
    }
}
