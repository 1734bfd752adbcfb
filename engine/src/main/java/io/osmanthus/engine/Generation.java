package io.osmanthus.engine;

import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.store.AnswerWords;
import io.osmanthus.engine.store.Dossiers;
import io.osmanthus.engine.store.Identifiers;
import io.osmanthus.engine.store.PersonPseudonyms;
import io.osmanthus.engine.store.Population;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One version of what the engine knows: (snapshot, position, day, rules), with its off-heap stores.
 *
 * <p>Counted: whoever reads holds it ({@link #retain}, {@link #release}); after the last has let go the memory is freed.
 * The maker holds it from the start. Live changes are applied by one {@link Writer} only.
 */
public final class Generation {
    private static final Logger LOG = LoggerFactory.getLogger(Generation.class);
    private static final int IDLE_SECONDS = 5;

    /** To give gigabytes back takes longer than an event loop may wait, and the last holder often is one. */
    private static final Executor FREEING =
            new ThreadPoolExecutor(0, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                Thread thread = new Thread(work, "osmanthus-free");
                thread.setDaemon(true);
                return thread;
            });

    private final Identity identity;
    private final RuleSet rules;
    private final List<String> sources;
    private final Stores stores;
    private final AtomicInteger holders = new AtomicInteger(1);
    private final AtomicLong position;
    private final AtomicInteger personsTaken;
    private volatile int marksWaiting;
    private volatile Population population;

    /** What a generation was built from. */
    record Identity(String snapshot, LocalDate day, LocalDate factsAsOf, long position) {}

    /** The stores of a generation and how far their ordinals go. */
    record Stores(
            Identifiers identifiers,
            Dossiers dossiers,
            AnswerWords persons,
            AnswerWords organisations,
            PersonPseudonyms pseudonyms,
            int personCount,
            int organisationCount)
            implements AutoCloseable {
        @Override
        public void close() {
            identifiers.close();
            dossiers.close();
            persons.close();
            organisations.close();
            pseudonyms.close();
        }
    }

    Generation(Identity identity, RuleSet rules, List<String> sources, Stores stores, Population population) {
        this.identity = identity;
        this.rules = rules;
        this.sources = List.copyOf(sources);
        this.stores = stores;
        this.population = population;
        this.position = new AtomicLong(identity.position());
        this.personsTaken = new AtomicInteger(stores.personCount());
    }

    /** The snapshot's version. */
    public String snapshot() {
        return identity.snapshot();
    }

    /** The day for which answers hold (Asia/Shanghai). */
    public LocalDate day() {
        return identity.day();
    }

    /** The date of the records' delivery. */
    public LocalDate factsAsOf() {
        return identity.factsAsOf();
    }

    /** The ledger position contained; 0 without a ledger. */
    public long position() {
        return position.get();
    }

    public RuleSet rules() {
        return rules;
    }

    /** The names behind {@link io.osmanthus.engine.rules.SubjectFacts#source}. */
    public List<String> sources() {
        return sources;
    }

    /** The populations as last published, with every change up to some position not after {@link #position}. */
    public Population population() {
        return population;
    }

    /** Sizes, for metrics and reports. */
    public Footprint footprint() {
        return new Footprint(
                stores.personCount(),
                stores.organisationCount(),
                stores.identifiers().count(),
                stores.dossiers().count(),
                stores.identifiers().offHeapBytes(),
                stores.dossiers().offHeapBytes(),
                stores.persons().offHeapBytes() + stores.organisations().offHeapBytes(),
                stores.pseudonyms().offHeapBytes(),
                population.heapBytes());
    }

    /**
     * How large a generation is. Off-heap bytes are address space with head-room; resident is what was written.
     *
     * @param wordBytes off-heap bytes of the answer words
     * @param pseudonymBytes off-heap bytes of the persons' pseudonyms
     * @param populationHeapBytes heap bytes of the bitmaps
     */
    public record Footprint(
            int persons,
            int organisations,
            long identifiers,
            long dossiers,
            long identifierBytes,
            long dossierBytes,
            long wordBytes,
            long pseudonymBytes,
            long populationHeapBytes) {
        /** Everything off the heap, in bytes. */
        public long offHeapBytes() {
            return identifierBytes + dossierBytes + wordBytes + pseudonymBytes;
        }
    }

    /** How much room is left for the ledger's changes. The caller holds the generation. */
    HeadRoom headRoom() {
        return new HeadRoom(
                stores.identifiers().count(),
                stores.identifiers().capacity(),
                personsTaken.get(),
                stores.persons().capacity(),
                stores.dossiers().abandonedBytes(),
                marksWaiting);
    }

    /**
     * How much of a generation is taken. One that is full is loaded anew, with room for what has come.
     *
     * @param persons ordinals of persons ever given in this generation
     * @param abandonedBytes bytes of dossiers that later ones have replaced, given back with the generation
     * @param marksWaiting marks of records that are not here yet
     */
    public record HeadRoom(
            long identifiers,
            long identifierCapacity,
            long persons,
            long personCapacity,
            long abandonedBytes,
            long marksWaiting) {}

    /** So many marks wait for their records. */
    void marksWait(int count) {
        marksWaiting = count;
    }

    /** A writer has given another person an ordinal. */
    void tookPerson() {
        personsTaken.incrementAndGet();
    }

    Stores stores() {
        return stores;
    }

    /** Whether nobody but one holder is left. */
    boolean heldByOne() {
        return holders.get() == 1;
    }

    void advanceTo(long to) {
        position.set(to);
    }

    void publish(Population copy) {
        population = copy;
    }

    /** Takes hold, unless the last holder has already let go. */
    boolean retain() {
        int count = holders.get();
        while (count > 0) {
            if (holders.compareAndSet(count, count + 1)) {
                return true;
            }
            count = holders.get();
        }
        return false;
    }

    /** Lets go; after the last one the memory is freed, by a thread of its own. */
    void release() {
        int count = holders.decrementAndGet();
        if (count < 0) {
            throw new IllegalStateException("generation " + snapshot() + " was let go more often than held");
        }
        if (count == 0) {
            FREEING.execute(this::free);
        }
    }

    private void free() {
        try {
            stores.close();
        } catch (RuntimeException | Error e) {
            LOG.error("the memory of generation {} could not be freed: {}", snapshot(), e.toString());
        }
    }

    /** Whether nobody holds it any more: its memory is freed, or being freed. */
    public boolean closed() {
        return holders.get() == 0;
    }

    @Override
    public String toString() {
        return "Generation[" + identity + ", rules " + rules.version() + "]";
    }

    /** Lets go of a generation that was built but is not to be published. */
    public void discard() {
        release();
    }
}
