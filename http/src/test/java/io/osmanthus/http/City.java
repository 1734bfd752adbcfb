package io.osmanthus.http;

import io.osmanthus.engine.Supposed;
import io.osmanthus.engine.rules.Explanation;
import io.osmanthus.engine.rules.MatchReport;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A city of a few tokens: answers as told, generations by number. */
final class City implements Answers.Source {
    static final PseudonymKey KEY = PseudonymKey.ofHex("0f".repeat(32));

    /** To whom all tokens belong. */
    static final Pseudonym OWNER = pseudonym(Scheme.PERSON, Rig.PERSON);

    record Pseudonym(long high, long low) {}

    /** A simulation as the engine was asked for it. */
    record Simulated(Pseudonym person, Set<String> without, List<Supposed> with, int day) {}

    /** A generation: its state and the answer words of its tokens. */
    record Edition(State state, Map<Pseudonym, Long> words) {}

    final Map<Pseudonym, Explanation> explanations = new ConcurrentHashMap<>();
    /** What was simulated last. */
    volatile @Nullable Simulated simulated;

    final Map<Pseudonym, MatchReport> reports = new ConcurrentHashMap<>();
    private final Set<OfCity> readers = ConcurrentHashMap.newKeySet();
    final AtomicInteger openReaders = new AtomicInteger();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final RuleSet rules;
    private volatile @Nullable Edition current;
    volatile Runnable beforeCheck = () -> {};

    City(RuleSet rules) {
        this.rules = rules;
    }

    static Pseudonym pseudonym(Scheme scheme, String token) {
        PseudonymKey.Pseudonymiser pseudonymiser = KEY.pseudonymiser(scheme);
        pseudonymiser.make(Canonical.of(token));
        return new Pseudonym(pseudonymiser.high(), pseudonymiser.low());
    }

    State state(long position) {
        return new State(
                "snapshot-" + position,
                LocalDate.of(2026, 10, 15),
                LocalDate.of(2026, 10, 14),
                position,
                rules.version(),
                rules.scenes(),
                rules.matters(),
                List.of("团市委", "红十字会"),
                rules);
    }

    void publish(long position, Map<Pseudonym, Long> words) {
        current = new Edition(state(position), Map.copyOf(words));
        listeners.forEach(Runnable::run);
    }

    /** How many readers still hold the generation of a position. */
    long readersAt(long position) {
        return readers.stream().filter(reader -> reader.holds(position)).count();
    }

    @Override
    public void onPublish(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public Answers open() {
        openReaders.incrementAndGet();
        OfCity reader = new OfCity();
        readers.add(reader);
        return reader;
    }

    private final class OfCity implements Answers {
        private volatile @Nullable Edition held;
        private boolean known;

        /** Whoever was found, in the order of finding. */
        private final List<Pseudonym> found = new ArrayList<>();

        @Override
        public @Nullable State advance() {
            Edition edition = current;
            held = edition;
            return edition == null ? null : edition.state();
        }

        private boolean holds(long position) {
            Edition edition = held;
            return edition != null && edition.state().position() == position;
        }

        private Edition edition() {
            Edition edition = held;
            if (edition == null) {
                throw new IllegalStateException("before the first generation");
            }
            return edition;
        }

        @Override
        public void touch(long high) {
            edition();
        }

        @Override
        public int find(long high, long low) {
            found.add(new Pseudonym(high, low));
            return found.size() - 1;
        }

        @Override
        public void touchPlace(int place, long low) {
            edition();
        }

        @Override
        public int checkPlace(int scene, int place, long low) {
            return check(scene, found.get(place).high(), found.get(place).low());
        }

        @Override
        public int check(int scene, long high, long low) {
            beforeCheck.run();
            known = edition().words().containsKey(new Pseudonym(high, low));
            long word = edition().words().getOrDefault(new Pseudonym(high, low), 0L);
            return (int) (word >>> (4 * scene) & 0xF);
        }

        @Override
        public boolean subjectKnown() {
            return known;
        }

        @Override
        public long subjectHigh() {
            return OWNER.high();
        }

        @Override
        public long subjectLow() {
            return OWNER.low();
        }

        @Override
        public @Nullable Explanation explain(long high, long low) {
            return explanations.get(new Pseudonym(high, low));
        }

        @Override
        public boolean delivered(long high, long low) {
            return explanations.containsKey(new Pseudonym(high, low));
        }

        @Override
        public @Nullable Explanation simulate(long high, long low, Set<String> without, List<Supposed> with, int day) {
            simulated = new Simulated(new Pseudonym(high, low), without, with, day);
            return explanations.get(new Pseudonym(high, low));
        }

        @Override
        public @Nullable MatchReport match(int matter, long high, long low) {
            return reports.get(new Pseudonym(high, low));
        }

        @Override
        public void close() {
            held = null;
            openReaders.decrementAndGet();
        }
    }
}
