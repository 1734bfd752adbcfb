package io.osmanthus.engine;

import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.engine.store.AnswerWords;
import io.osmanthus.engine.store.Dossiers;
import io.osmanthus.engine.store.Identifiers;
import io.osmanthus.engine.store.PersonPseudonyms;
import io.osmanthus.engine.store.Population;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.time.LocalDate;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.roaringbitmap.RoaringBitmap;
import org.roaringbitmap.RoaringBitmapWriter;

/*
 * In the engine's package, since a generation is made by its loader alone otherwise: measuring 50 million subjects must not need
 * a delivery of 50 million.
 */

/**
 * A generation of any size filled directly: every person has an own pseudonym, a card of the synthetic city and an answer word;
 * one in eight has a dossier with two records, three in four have consented to the scene that is asked about.
 */
public final class FilledGeneration {
    /** One in so many has a dossier, as in Suzhou's published figures. */
    public static final int DOSSIER_EVERY = 8;

    private static final int FILLERS = 2;
    private static final double CONSENTED_SHARE = 0.75;
    private static final long SEED = 2020;

    private FilledGeneration() {}

    /** Fills one; the caller publishes or discards it. */
    public static Generation of(RuleSet rules, City city, PseudonymKey key, LocalDate day, int scene) {
        int persons = Math.toIntExact(city.persons());
        Generation.Stores stores = new Generation.Stores(
                Identifiers.create(2L * persons + persons / 10),
                Dossiers.create(persons, 1),
                AnswerWords.create(persons),
                AnswerWords.create(1),
                PersonPseudonyms.create(persons),
                persons,
                0);
        IntStream.range(0, FILLERS).parallel().forEach(filler -> {
            int from = (int) ((long) persons * filler / FILLERS);
            int to = (int) ((long) persons * (filler + 1) / FILLERS);
            fill(stores, city, key, rules, (int) day.toEpochDay(), from, to);
        });
        Population population = Population.empty(
                rules.scenes(),
                rules.vocabulary().districts().size(),
                rules.vocabulary().lists().size());
        population.enrolled().add(0L, (long) persons);
        population.consented(scene).or(consented(persons));
        population.compact();
        Generation.Identity identity = new Generation.Identity("filled", day, day, 0);
        return new Generation(identity, rules, List.of("团市委"), stores, population);
    }

    private static void fill(
            Generation.Stores stores, City city, PseudonymKey key, RuleSet rules, int today, int from, int to) {
        Identifiers.Lookup identifiers = stores.identifiers().lookup();
        Dossiers.Lookup dossiers = stores.dossiers().lookup();
        PseudonymKey.Pseudonymiser cards = key.pseudonymiser(Scheme.CARD);
        SubjectFacts facts = new SubjectFacts();
        int item = rules.vocabulary().items().stream()
                .filter(candidate -> candidate.subject() == SubjectType.PERSON)
                .findFirst()
                .orElseThrow()
                .index();
        for (int person = from; person < to; person++) {
            cards.make(city.token(person).token());
            identifiers.put(cards.high(), cards.low(), person);
            identifiers.put(high(person), low(person), person);
            stores.pseudonyms().set(person, high(person), low(person));
            stores.persons().set(person, high(person) & 0x1111_1111L);
            if (person % DOSSIER_EVERY == 0) {
                facts.clear(SubjectType.PERSON);
                for (int i = 0; i < 2; i++) {
                    int record = facts.addRecord(item, today - 100 - i, SubjectFacts.NONE, 2_000, 0);
                    facts.recordId[record] = "R" + person + "-" + i;
                    facts.source[record] = 0;
                }
                dossiers.write(person, facts);
            }
        }
    }

    private static RoaringBitmap consented(int persons) {
        SplittableRandom random = new SplittableRandom(SEED);
        RoaringBitmapWriter<RoaringBitmap> writer =
                RoaringBitmapWriter.writer().constantMemory().get();
        for (int person = 0; person < persons; person++) {
            if (random.nextDouble() < CONSENTED_SHARE) {
                writer.add(person);
            }
        }
        return writer.get();
    }

    /** A person's own pseudonym: 128 bits that look random, found without a table. */
    public static long high(int person) {
        return mix(2L * person);
    }

    /** See {@link #high}. */
    public static long low(int person) {
        return mix(2L * person + 1);
    }

    /** The finaliser of MurmurHash3 on a Weyl sequence. */
    private static long mix(long index) {
        long z = (index + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
