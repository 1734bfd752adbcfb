package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import io.osmanthus.snapshots.vocabulary.Yaml;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the facts of a rule test. */
final class RuleTestFacts {
    private static final String EVERY_SCENE = "all";

    private final Vocabulary vocabulary;
    private final List<String> acts = new ArrayList<>(List.of(""));

    private record Written(String id, Item item, int occurred, int ended, long hundredths, int act, int marks) {}

    RuleTestFacts(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    SubjectFacts read(Yaml.Mapping test) {
        SubjectFacts facts = new SubjectFacts();
        SubjectType subject = test.oneOf("subject", SubjectType.class);
        facts.clear(subject);
        List<Written> records = new ArrayList<>();
        test.forEachRow("records", record -> records.add(record(record, subject, records.size())));
        records.sort(Comparator.comparing(Written::id));
        for (Written one : records) {
            int i = facts.addRecord(one.item().index(), one.occurred(), one.ended(), one.hundredths(), one.act());
            facts.marks[i] = one.marks();
            facts.recordId[i] = one.id();
        }
        test.forEach("consents", consent -> consent(consent, facts));
        test.forEach("arrears", arrears -> {
            int i = facts.addArrears(scene(arrears).index(), day(arrears.date("since")));
            facts.arrearsMarks[i] = arrears.flag("disputed", false) ? SubjectFacts.DISPUTED : 0;
        });
        test.forEach("entries", entry -> entry(entry, facts));
        return facts;
    }

    private Written record(Yaml.Mapping record, SubjectType subject, int place) {
        String id = record.text("item");
        Item item = vocabulary.item(id);
        if (item == null || item.subject() != subject) {
            throw record.fault(
                    "item", "item '" + id + "' about " + SchemeReader.word(subject) + "s is not in the catalogue");
        }
        String act = record.text("act", "");
        if (!acts.contains(act)) {
            acts.add(act);
        }
        return new Written(
                record.text("id", String.format("r%04d", place + 1)),
                item,
                day(record.date("occurred_on")),
                day(record.dateOrNull("ended_on")),
                hundredths(record),
                acts.indexOf(act),
                marks(record));
    }

    private static long hundredths(Yaml.Mapping record) {
        String quantity = record.text("quantity", "0");
        try {
            return new BigDecimal(quantity).movePointRight(2).longValueExact();
        } catch (ArithmeticException | NumberFormatException e) {
            throw record.fault(
                    "quantity", "'quantity' must be a number with at most two decimals, found '" + quantity + "'");
        }
    }

    private static int marks(Yaml.Mapping mapping) {
        int marks = 0;
        for (String word : mapping.texts("marks")) {
            marks |= switch (word) {
                case "disputed" -> SubjectFacts.DISPUTED;
                case "repaired" -> SubjectFacts.REPAIRED;
                case "retracted" -> SubjectFacts.RETRACTED;
                case "withdrawn" -> SubjectFacts.WITHDRAWN;
                default ->
                    throw mapping.fault(
                            "marks", "'marks' knows disputed, repaired, retracted, withdrawn, not '" + word + "'");
            };
        }
        return marks;
    }

    private void consent(Yaml.Mapping consent, SubjectFacts facts) {
        int granted = day(consent.date("granted_on"));
        int expires = day(consent.dateOrNull("expires_on"));
        if (consent.text("scene").equals(EVERY_SCENE)) {
            for (SceneDefinition scene : vocabulary.scenes()) {
                if (scene.subject() == SubjectType.PERSON) {
                    facts.addConsent(scene.index(), granted, expires);
                }
            }
            return;
        }
        facts.addConsent(scene(consent).index(), granted, expires);
    }

    private void entry(Yaml.Mapping entry, SubjectFacts facts) {
        String id = entry.text("list");
        ListDefinition list = vocabulary.list(id);
        if (list == null || facts.type == SubjectType.PERSON) {
            throw entry.fault("list", "list '" + id + "' of organisations is not in lists.yaml");
        }
        int i = facts.addEntry(list.index(), day(entry.date("entered_on")), day(entry.dateOrNull("leaves_on")));
        facts.entryMarks[i] = marks(entry);
        facts.entryId[i] = entry.text("id", "e" + i);
    }

    private SceneDefinition scene(Yaml.Mapping mapping) {
        SceneDefinition scene = vocabulary.scene(mapping.text("scene"));
        if (scene == null) {
            throw mapping.fault("scene", "scene '" + mapping.text("scene") + "' is not in scenes.yaml");
        }
        return scene;
    }

    private static int day(@Nullable LocalDate date) {
        return date == null ? SubjectFacts.NONE : (int) date.toEpochDay();
    }
}
