package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.ConfigException.Finding;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Title;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import io.osmanthus.snapshots.vocabulary.Yaml;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads an element of {@code scenes:} of a rule file into a draft, to be completed when every scheme has been read. */
final class SceneReader {
    /** Nobody caches an answer longer: it covers repeats within one journey. */
    static final int TTL_SECONDS_MAX = 60;

    /** A nibble of the answer word holds 15 benefits and none. */
    static final int BENEFITS_MAX = 15;

    private static final String ID = "[a-z][a-z0-9-]{0,63}";

    private final Vocabulary vocabulary;

    SceneReader(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** How a benefit works; what may be asked of it depends on this. */
    enum Mode {
        /** A lower price: the scene must have a way to one that needs no score. */
        PRICE,
        /** Paid later or without deposit: own arrears may pause it. */
        PAY_LATER,
        /** Sooner or easier. */
        SERVICE
    }

    /** A benefit as written; grades are names until the scheme is known (persons: the one that the scene score reaches). */
    record BenefitDraft(
            int line,
            String id,
            Title words,
            int scoreAtLeast,
            boolean noArrears,
            List<String> grades,
            Set<ListDefinition.Kind> noEntryOf) {}

    /** A scene as written. */
    record Draft(
            String file,
            int line,
            SceneDefinition definition,
            int ttlSeconds,
            List<BenefitDraft> benefits,
            List<SceneRule.Adverse> adverse) {
        Finding finding(int at, String message) {
            return new Finding(file, at, message);
        }
    }

    Draft read(Yaml.Mapping mapping) {
        String id = mapping.text("scene");
        SceneDefinition definition = vocabulary.scene(id);
        if (definition == null) {
            throw mapping.fault("scene", "scene '" + id + "' is not in scenes.yaml");
        }
        guard(mapping, definition);
        int ttlSeconds = mapping.integer("ttl_seconds", 1, TTL_SECONDS_MAX);
        List<SceneRule.Adverse> adverse = adverse(mapping, definition);
        List<BenefitDraft> benefits = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        mapping.forEach("benefits", benefit -> {
            BenefitDraft draft = benefit(benefit, definition);
            if (!seen.add(draft.id())) {
                throw benefit.fault("id", "benefit '" + draft.id() + "' stands twice");
            }
            benefits.add(draft);
        });
        if (benefits.isEmpty() || benefits.size() > BENEFITS_MAX) {
            throw mapping.fault("benefits", "a scene has 1 … " + BENEFITS_MAX + " benefits, found " + benefits.size());
        }
        return new Draft(mapping.file(), mapping.line(), definition, ttlSeconds, benefits, adverse);
    }

    private List<SceneRule.Adverse> adverse(Yaml.Mapping scene, SceneDefinition definition) {
        if (scene.has("adverse") && definition.subject() == SubjectType.ORGANISATION) {
            throw scene.fault("adverse", "a scene for organisations reads grade and lists; 'adverse' is for persons");
        }
        List<SceneRule.Adverse> adverse = new ArrayList<>();
        scene.forEach("adverse", mapping -> {
            guard(mapping, definition);
            String id = mapping.text("item");
            for (String key : List.of("legal_basis", "connection")) {
                if (!mapping.has(key)) {
                    throw mapping.fault(
                            "item", "adverse item '" + id + "' needs '" + key + "' to weigh on a scene (charter 2)");
                }
            }
            Item item = vocabulary.item(id);
            if (item == null || !item.adverse() || item.subject() != definition.subject()) {
                throw mapping.fault("item", "'" + id + "' is not an adverse item about persons of the catalogue");
            }
            if (adverse.stream().anyMatch(one -> one.item().id().equals(id))) {
                throw mapping.fault("item", "adverse item '" + id + "' stands twice");
            }
            adverse.add(
                    new SceneRule.Adverse(item, mapping.text("legal_basis"), mapping.mapping("connection", Title::of)));
        });
        return List.copyOf(adverse);
    }

    private static BenefitDraft benefit(Yaml.Mapping mapping, SceneDefinition definition) {
        guard(mapping, definition);
        String id = mapping.text("id");
        if (!id.matches(ID)) {
            throw mapping.fault("id", "id '" + id + "' must be lower-case letters, digits and hyphens");
        }
        Set<Mode> modes = modes(mapping);
        if (modes.contains(Mode.PRICE)
                && definition.subject() == SubjectType.PERSON
                && definition.withoutScore() == null) {
            throw mapping.fault(
                    "modes",
                    "a price benefit needs a way to one without a score: 'without_score' of scene '" + definition.id()
                            + "' (charter 2)");
        }
        Title words = mapping.mapping("words", Title::of);
        int line = mapping.line();
        return mapping.mapping("when", when -> {
            guard(when, definition);
            return definition.subject() == SubjectType.PERSON
                    ? person(line, id, words, when, definition, modes)
                    : organisation(line, id, words, when);
        });
    }

    private static BenefitDraft person(
            int line, String id, Title words, Yaml.Mapping when, SceneDefinition definition, Set<Mode> modes) {
        boolean noArrears = when.flag("no_arrears", false);
        if (noArrears && definition.arrearsSources().isEmpty()) {
            throw when.fault(
                    "no_arrears", "scene '" + definition.id() + "' takes no arrears: it has no arrears_sources");
        }
        if (noArrears && !modes.contains(Mode.PAY_LATER)) {
            throw when.fault("no_arrears", "arrears pause pay-later benefits and nothing else (charter 2)");
        }
        if (when.has("grade_at_least") && when.has("score_at_least")) {
            throw when.fault("grade_at_least", "'grade_at_least' contradicts 'score_at_least': say one of them");
        }
        if (when.has("grade_at_least")) {
            List<String> grade = List.of(when.text("grade_at_least"));
            return new BenefitDraft(line, id, words, Integer.MIN_VALUE, noArrears, grade, Set.of());
        }
        int scoreAtLeast = when.integer("score_at_least", 0, 1_000_000);
        return new BenefitDraft(line, id, words, scoreAtLeast, noArrears, List.of(), Set.of());
    }

    private static BenefitDraft organisation(int line, String id, Title words, Yaml.Mapping when) {
        List<String> grades = when.texts("grades");
        if (grades.isEmpty()) {
            throw when.fault("grades", "'grades' names the grades that suffice");
        }
        Set<ListDefinition.Kind> kinds = EnumSet.noneOf(ListDefinition.Kind.class);
        for (String word : when.texts("no_entry_of")) {
            try {
                kinds.add(ListDefinition.Kind.valueOf(word.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw when.fault("no_entry_of", "'no_entry_of' knows red, attention, black, not '" + word + "'");
            }
        }
        return new BenefitDraft(line, id, words, Integer.MIN_VALUE, false, grades, kinds);
    }

    private static Set<Mode> modes(Yaml.Mapping mapping) {
        Set<Mode> modes = EnumSet.noneOf(Mode.class);
        for (String word : mapping.texts("modes")) {
            switch (word) {
                case "price" -> modes.add(Mode.PRICE);
                case "pay-later" -> modes.add(Mode.PAY_LATER);
                case "service" -> modes.add(Mode.SERVICE);
                default -> throw mapping.fault("modes", "'modes' knows price, pay-later, service, not '" + word + "'");
            }
        }
        if (modes.isEmpty()) {
            throw mapping.fault("modes", "a benefit says how it works: 'modes' of price, pay-later, service");
        }
        return modes;
    }

    private static void guard(Yaml.Mapping mapping, SceneDefinition definition) {
        Charter.answersBenefitsOnly(mapping);
        if (definition.subject() == SubjectType.PERSON) {
            Charter.readsFactsOnly(mapping);
        }
    }
}
