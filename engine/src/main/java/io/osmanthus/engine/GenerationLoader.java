package io.osmanthus.engine;

import io.osmanthus.engine.rules.Judge;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.engine.store.AnswerWords;
import io.osmanthus.engine.store.Dossiers;
import io.osmanthus.engine.store.Identifiers;
import io.osmanthus.engine.store.PersonPseudonyms;
import io.osmanthus.engine.store.Population;
import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.Rows;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotReader;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Builds a generation off to the side from one verified snapshot, a day and a rule set. The persons are cut into slices of
 * ordinals; within a slice the files, all in the order of their subjects, are read side by side, so that each
 * subject is judged once with all its facts and no look-up. Undoes everything when it fails.
 */
public final class GenerationLoader {
    /** Room for subjects and identifiers that come between two snapshots, in percent. */
    static final int HEAD_ROOM_PERCENT = 10;

    /** Head-room of a small city, in subjects. */
    static final int HEAD_ROOM_MIN = 1_024;

    /** So that a thread that ends early finds more to do. */
    private static final int SLICES_PER_THREAD = 4;

    private static final int PROGRESS_STEP = 16_384;

    /** What a generation takes, head-room included, with some to spare; {@link Generation#footprint} says exactly. */
    private static final long BYTES_AN_IDENTIFIER = 40;

    private static final long BYTES_A_SUBJECT = 48;
    private static final long BYTES_A_FACT = 16;

    /** DuckDB's buffers, bitmaps under construction. */
    private static final long BYTES_TO_READ = 256L << 20;

    private final Snapshot snapshot;
    private final RuleSet rules;
    private final int day;
    private final LocalDate date;
    private final SnapshotReader reader;
    private final Generation.Stores stores;
    private final Progress.Task task;
    private final Departures departures;

    /** Ordinals of the snapshot that stay out because the person has left, and how many tokens with them. */
    private final Set<Integer> personsLeft = ConcurrentHashMap.newKeySet();

    private final AtomicLong tokensLeft = new AtomicLong();

    private GenerationLoader(
            Snapshot snapshot,
            RuleSet rules,
            LocalDate date,
            SnapshotReader reader,
            Generation.Stores stores,
            Progress.Task task,
            Departures departures) {
        this.departures = departures;
        this.snapshot = snapshot;
        this.rules = rules;
        this.date = date;
        this.day = (int) date.toEpochDay();
        this.reader = reader;
        this.stores = stores;
        this.task = task;
    }

    /**
     * Loads a generation. The caller holds it: publish it, or discard it.
     *
     * @param threads how many slices are loaded side by side
     * @throws EngineException COUNT_MISMATCH where what was loaded is not what the manifest says
     */
    public static Generation load(Snapshot snapshot, RuleSet all, LocalDate day, int threads, Progress progress) {
        return load(snapshot, all, day, threads, progress, Departures.NONE, 0);
    }

    /**
     * Loads a generation without those who have left, and with room for those who have come.
     *
     * @param growth enrolments and tokens that will be replayed, beside the head-room
     */
    public static Generation load(
            Snapshot snapshot,
            RuleSet all,
            LocalDate day,
            int threads,
            Progress progress,
            Departures departures,
            long growth) {
        RuleSet rules = all.on(day);
        Manifest manifest = snapshot.manifest();
        int persons = Math.toIntExact(manifest.rows("persons.parquet"));
        int organisations = Math.toIntExact(manifest.rows("organisations.parquet"));
        roomFor(manifest, growth, Memory.availableBytes());
        Generation.Stores stores = stores(manifest, persons, organisations, growth);
        try (SnapshotReader reader = SnapshotReader.open(snapshot.directory(), rules.vocabulary());
                Progress.Task task = progress.begin(
                        "load", persons + manifest.rows("tokens.parquet") + organisations, "identifiers")) {
            GenerationLoader loader = new GenerationLoader(snapshot, rules, day, reader, stores, task, departures);
            return loader.run(Math.max(1, threads));
        } catch (RuntimeException | Error e) {
            stores.close();
            throw e;
        }
    }

    /**
     * Refuses a load that memory does not suffice for, before it takes any.
     *
     * @throws EngineException NO_MEMORY
     */
    static void roomFor(Manifest manifest, long growth, long availableBytes) {
        long subjects = manifest.rows("persons.parquet") + manifest.rows("organisations.parquet") + growth;
        long facts = manifest.rows("consents.parquet") + manifest.rows("records.parquet");
        long needed = (subjects + manifest.rows("tokens.parquet")) * BYTES_AN_IDENTIFIER
                + subjects * BYTES_A_SUBJECT
                + facts * BYTES_A_FACT
                + BYTES_TO_READ;
        if (needed > availableBytes) {
            throw new EngineException(
                    EngineException.Code.NO_MEMORY,
                    "snapshot " + manifest.version() + " needs about " + (needed >> 20) + " MiB beside what is served, "
                            + (availableBytes >> 20) + " MiB are available: give the machine more memory, or end what"
                            + " else takes it");
        }
    }

    private static Generation.Stores stores(Manifest manifest, int persons, int organisations, long growth) {
        int identifierCapacity =
                withHeadRoom((long) persons + manifest.rows("tokens.parquet") + organisations + growth);
        // Memory may not suffice for the last of them: the others are given back then.
        Deque<Runnable> undo = new ArrayDeque<>();
        try {
            Identifiers identifiers = Identifiers.create(identifierCapacity);
            undo.push(identifiers::close);
            Dossiers dossiers = Dossiers.create(withHeadRoom(persons + growth), organisations);
            undo.push(dossiers::close);
            AnswerWords personWords = AnswerWords.create(withHeadRoom(persons + growth));
            undo.push(personWords::close);
            AnswerWords organisationWords = AnswerWords.create(organisations);
            undo.push(organisationWords::close);
            PersonPseudonyms pseudonyms = PersonPseudonyms.create(withHeadRoom(persons + growth));
            return new Generation.Stores(
                    identifiers, dossiers, personWords, organisationWords, pseudonyms, persons, organisations);
        } catch (RuntimeException | Error e) {
            undo.forEach(Runnable::run);
            throw e;
        }
    }

    private static int withHeadRoom(long count) {
        return Math.toIntExact(count + Math.max(HEAD_ROOM_MIN, count * HEAD_ROOM_PERCENT / 100));
    }

    private Generation run(int threads) {
        Population population = Population.empty(
                rules.scenes(),
                rules.vocabulary().districts().size(),
                rules.vocabulary().lists().size());
        List<Callable<Population.Part>> subjects = new ArrayList<>();
        List<Callable<Population.Part>> tokens = new ArrayList<>();
        int persons = stores.personCount();
        int count = threads * SLICES_PER_THREAD;
        for (int i = 0; i < count; i++) {
            int from = (int) ((long) persons * i / count);
            int to = (int) ((long) persons * (i + 1) / count);
            int slice = i;
            subjects.add(() -> persons(from, to, population.part()));
            tokens.add(() -> tokens(slice, count, population.part()));
        }
        subjects.add(() -> organisations(population.part()));
        all(subjects, threads).forEach(population::merge);
        // Only then is it known whose tokens stay out.
        all(tokens, threads);
        population.compact();
        verify(population);
        Manifest manifest = snapshot.manifest();
        Generation.Identity identity = new Generation.Identity(
                manifest.version(), date, manifest.factsAsOf("records.csv"), manifest.ledgerPosition());
        return new Generation(identity, rules, sources(), stores, population);
    }

    /** The snapshot's sources, by whose index its records name them, and behind them those that may come by the ledger. */
    private List<String> sources() {
        Set<String> sources = new LinkedHashSet<>(reader.sources());
        rules.vocabulary().items().stream()
                .flatMap(item -> item.sources().stream())
                .sorted()
                .forEach(sources::add);
        return List.copyOf(sources);
    }

    private Population.Part persons(int from, int to, Population.Part part) {
        Identifiers.Lookup identifiers = stores.identifiers().lookup();
        Dossiers.Lookup dossiers = stores.dossiers().lookup();
        Judge judge = rules.judge();
        SubjectFacts facts = new SubjectFacts();
        int[] sceneScores = new int[rules.scenes().size()];
        int done = 0;
        try (Rows persons = reader.persons(from, to);
                SubjectRows consents = new SubjectRows(reader.consents(from, to));
                SubjectRows records = new SubjectRows(reader.records(SubjectType.PERSON, from, to));
                SubjectRows arrears = new SubjectRows(reader.arrears(from, to))) {
            while (persons.next()) {
                int ordinal = persons.integer(0);
                int consentsAfter = departures.consentsAfter(
                        persons.number(1),
                        persons.number(2),
                        persons.integer(4),
                        snapshot.manifest().ledgerPosition());
                if (consentsAfter == Departures.GONE) {
                    leaveOut(ordinal, consents, records, arrears);
                    continue;
                }
                stores.pseudonyms().set(ordinal, persons.number(1), persons.number(2));
                identifiers.stage(persons.number(1), persons.number(2), ordinal);
                facts.clear(SubjectType.PERSON);
                while (consents.nextOf(ordinal)) {
                    if (consents.integer(2) > consentsAfter) {
                        facts.addConsent(consents.integer(1), consents.integer(2), consents.integer(3));
                    }
                }
                records(records, ordinal, facts);
                while (arrears.nextOf(ordinal)) {
                    int index = facts.addArrears(arrears.integer(1), arrears.integer(2));
                    facts.arrearsMarks[index] = arrears.integer(3);
                }
                dossiers.write(ordinal, facts);
                stores.persons().set(ordinal, judge.answerWord(facts, day));
                Placement.person(part, rules, judge, ordinal, district(persons.integer(3)), facts, day, sceneScores);
                if (++done % PROGRESS_STEP == 0) {
                    task.advance(PROGRESS_STEP);
                }
            }
        }
        identifiers.flush();
        return part;
    }

    /** Tokens come in their own order, not their persons', since that is the order of the map. */
    private Population.Part tokens(int slice, int count, Population.Part none) {
        Identifiers.Lookup identifiers = stores.identifiers().lookup();
        long read = 0;
        try (Rows tokens = reader.tokens(slice, count)) {
            while (tokens.next()) {
                int person = tokens.integer(0);
                if (personsLeft.contains(person)) {
                    tokensLeft.incrementAndGet();
                } else {
                    identifiers.stage(tokens.number(1), tokens.number(2), person);
                }
                if (++read % PROGRESS_STEP == 0) {
                    task.advance(PROGRESS_STEP);
                }
            }
        }
        identifiers.flush();
        return none;
    }

    /** Passes over the rows of a person who has left. */
    private void leaveOut(int ordinal, SubjectRows consents, SubjectRows records, SubjectRows arrears) {
        personsLeft.add(ordinal);
        for (SubjectRows rows : List.of(consents, records, arrears)) {
            boolean more = rows.nextOf(ordinal);
            while (more) {
                more = rows.nextOf(ordinal);
            }
        }
    }

    private Population.Part organisations(Population.Part part) {
        Identifiers.Lookup identifiers = stores.identifiers().lookup();
        Dossiers.Lookup dossiers = stores.dossiers().lookup();
        Judge judge = rules.judge();
        SubjectFacts facts = new SubjectFacts();
        int done = 0;
        try (Rows organisations = reader.organisations();
                SubjectRows records =
                        new SubjectRows(reader.records(SubjectType.ORGANISATION, 0, stores.organisationCount()));
                SubjectRows commitments = new SubjectRows(reader.brokenCommitments());
                SubjectRows entries = new SubjectRows(reader.listEntries())) {
            while (organisations.next()) {
                int ordinal = organisations.integer(0);
                int place = ordinal | Identifiers.ORGANISATION;
                identifiers.put(organisations.number(1), organisations.number(2), place);
                facts.clear(SubjectType.ORGANISATION);
                records(records, ordinal, facts);
                BrokenCommitments.add(commitments, ordinal, rules.vocabulary(), reader.sources(), facts);
                while (entries.nextOf(ordinal)) {
                    int index = facts.addEntry(entries.integer(1), entries.integer(2), entries.integer(3));
                    facts.entryId[index] = entries.text(4);
                    facts.entryMarks[index] = entries.integer(5);
                }
                dossiers.write(place, facts);
                stores.organisations().set(ordinal, judge.answerWord(facts, day));
                Placement.organisation(part, ordinal, facts, day);
                if (++done % PROGRESS_STEP == 0) {
                    task.advance(PROGRESS_STEP);
                }
            }
        }
        return part;
    }

    private static void records(SubjectRows records, int subject, SubjectFacts facts) {
        while (records.nextOf(subject)) {
            int index = facts.addRecord(
                    records.integer(1), records.integer(3), records.integer(4), records.number(5), records.integer(2));
            facts.severity[index] = records.integer(6);
            facts.source[index] = records.integer(7);
            facts.recordId[index] = records.text(8);
            facts.marks[index] = records.integer(9);
        }
    }

    private int district(int code) {
        Vocabulary.District district = rules.vocabulary().district(code);
        return district == null ? -1 : district.index();
    }

    private void verify(Population population) {
        long expected =
                (long) stores.personCount() + snapshot.manifest().rows("tokens.parquet") + stores.organisationCount();
        long found = stores.identifiers().count() + personsLeft.size() + tokensLeft.get();
        if (found != expected || population.enrolledCount() + personsLeft.size() != stores.personCount()) {
            throw new EngineException(
                    EngineException.Code.COUNT_MISMATCH,
                    "snapshot " + snapshot.manifest().version() + ": the manifest names " + expected
                            + " identifiers and " + stores.personCount() + " persons, loaded were " + found + " and "
                            + population.enrolledCount()
                            + "; two identifiers of the delivery share a pseudonym, or the snapshot is not whole");
        }
    }

    private static List<Population.Part> all(List<Callable<Population.Part>> slices, int threads) {
        ExecutorService workers = Executors.newFixedThreadPool(threads, work -> {
            Thread thread = new Thread(work, "osmanthus-load");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Population.Part> parts = new ArrayList<>();
            for (Future<Population.Part> slice : workers.invokeAll(slices)) {
                parts.add(slice.get());
            }
            return parts;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("loading was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("loading failed: " + e.getCause(), e);
        } finally {
            workers.shutdownNow();
            awaitEnd(workers);
        }
    }

    /** The stores may be closed only when nobody writes to them any more, also where the load is interrupted. */
    private static void awaitEnd(ExecutorService workers) {
        boolean interrupted = false;
        while (!workers.isTerminated()) {
            try {
                workers.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
