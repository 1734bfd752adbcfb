package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The configuration that the repository ships, and short ways to write facts down. */
final class Shipped {
    static final Path CONFIG = Path.of(Objects.requireNonNull(System.getProperty("osmanthus.root")))
            .resolve("config");
    static final Vocabulary VOCABULARY = Vocabulary.load(CONFIG);
    static final RuleSet RULES = RuleSet.load(CONFIG, VOCABULARY);

    private Shipped() {}

    /** The seed of a model test: as set, else new. Printed, so that a failure can be repeated. */
    static Random random(String test) {
        String set = System.getProperty("seed", "");
        long seed = set.isEmpty() ? System.nanoTime() : Long.parseLong(set);
        System.out.println(test + ": -Dseed=" + seed);
        return new Random(seed);
    }

    /** Copies the shipped configuration; files that are there already are replaced. */
    static void copy(Path config) throws IOException {
        try (Stream<Path> files = Files.walk(CONFIG)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".yaml")).toList()) {
                Path copy = config.resolve(CONFIG.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.writeString(copy, Files.readString(file));
            }
        }
    }

    static int day(String date) {
        return (int) LocalDate.parse(date).toEpochDay();
    }

    static int dayOrNone(@Nullable String date) {
        return date == null || date.isEmpty() ? SubjectFacts.NONE : day(date);
    }

    static int item(String id) {
        Item item = Objects.requireNonNull(VOCABULARY.item(id), id);
        return item.index();
    }

    static int scene(String id) {
        SceneDefinition scene = Objects.requireNonNull(VOCABULARY.scene(id), id);
        return scene.index();
    }

    static int list(String id) {
        ListDefinition list = Objects.requireNonNull(VOCABULARY.list(id), id);
        return list.index();
    }

    static int matter(String id) {
        return Objects.requireNonNull(RULES.matter(id), id).index();
    }

    static SubjectFacts person() {
        SubjectFacts facts = new SubjectFacts();
        facts.clear(SubjectType.PERSON);
        return facts;
    }

    static SubjectFacts organisation() {
        SubjectFacts facts = new SubjectFacts();
        facts.clear(SubjectType.ORGANISATION);
        return facts;
    }

    /** Adds a record whose id is its place, so that records must be added in the order that ids have. */
    static int add(SubjectFacts facts, String item, String occurred, @Nullable String ended, double quantity, int act) {
        int i = facts.addRecord(item(item), day(occurred), dayOrNone(ended), Math.round(quantity * 100), act);
        facts.recordId[i] = String.format("R%04d", i);
        return i;
    }

    static int add(SubjectFacts facts, String item, String occurred) {
        return add(facts, item, occurred, null, 0, 0);
    }

    /** Id of the benefit that a word holds for a scene, or null. */
    static @Nullable String benefit(long word, String scene) {
        int index = scene(scene);
        int code = (int) ((word >>> (4 * index)) & 15);
        return code == 0
                ? null
                : RULES.scenes().get(index).benefits().get(code - 1).id();
    }
}
