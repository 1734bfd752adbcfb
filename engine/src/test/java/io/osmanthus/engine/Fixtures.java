package io.osmanthus.engine;

import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.store.AnswerWords;
import io.osmanthus.engine.store.Dossiers;
import io.osmanthus.engine.store.Identifiers;
import io.osmanthus.engine.store.PersonPseudonyms;
import io.osmanthus.engine.store.Population;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;

/** Small generations made by hand, under the shipped rules. */
final class Fixtures {
    static final LocalDate DAY = LocalDate.of(2026, 10, 15);
    static final int TODAY = (int) DAY.toEpochDay();
    static final List<String> SOURCES = List.of("团市委", "文明办", "法院", "行政审批局");
    static final RuleSet RULES = rules();

    private Fixtures() {}

    private static RuleSet rules() {
        Path config = Path.of(System.getProperty("osmanthus.root"), "config");
        return RuleSet.load(config, Vocabulary.load(config));
    }

    static int item(String id) {
        return Objects.requireNonNull(RULES.vocabulary().item(id), id).index();
    }

    static int scene(String id) {
        return Objects.requireNonNull(RULES.vocabulary().scene(id), id).index();
    }

    static int list(String id) {
        return Objects.requireNonNull(RULES.vocabulary().list(id), id).index();
    }

    static Change.Subject person(int number) {
        return new Change.Subject(number * 0x9E3779B97F4A7C15L, number);
    }

    static Change.Subject token(int number) {
        return new Change.Subject(number * 0xC2B2AE3D27D4EB4FL, -number);
    }

    static Change.Subject organisation(int number) {
        return new Change.Subject(number * 0x165667B19E3779F9L, number + (1L << 40));
    }

    /** A generation with room for persons and with organisations of which nothing is known yet. */
    static Generation empty(String version, LocalDate day, int personCapacity, int organisations) {
        Generation.Stores stores = new Generation.Stores(
                Identifiers.create(4L * personCapacity + organisations),
                Dossiers.create(personCapacity, organisations),
                AnswerWords.create(personCapacity),
                AnswerWords.create(organisations),
                PersonPseudonyms.create(personCapacity),
                0,
                organisations);
        Identifiers.Lookup identifiers = stores.identifiers().lookup();
        for (int i = 0; i < organisations; i++) {
            Change.Subject organisation = organisation(i);
            identifiers.put(organisation.high(), organisation.low(), i | Identifiers.ORGANISATION);
        }
        Vocabulary vocabulary = RULES.vocabulary();
        Population population = Population.empty(
                RULES.scenes(),
                vocabulary.districts().size(),
                vocabulary.lists().size());
        return new Generation(new Generation.Identity(version, day, day, 0), RULES, SOURCES, stores, population);
    }

    static Generation empty(int personCapacity, int organisations) {
        return empty("test", DAY, personCapacity, organisations);
    }
}
