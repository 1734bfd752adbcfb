package io.osmanthus.engine;

import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a generation holds about one subject, by names. Days are epoch days or {@link SubjectFacts#NONE}; marks as in {@link
 * io.osmanthus.snapshots.vocabulary.Marks}.
 *
 * @param ordinal in the snapshot, where it stands there; persons and organisations are counted apart
 */
public record Held(
        SubjectType type, int ordinal, List<OneRecord> records, List<Arrears> arrears, List<Listed> entries) {
    /** A record. Severity: 0 not given, 1 minor, 2 general, 3 serious. */
    public record OneRecord(
            String id, Item item, String source, int occurredOn, int endedOn, int severity, int marks) {}

    /** Arrears of a scene. */
    public record Arrears(SceneDefinition scene, int since, int marks) {}

    /** A list entry. */
    public record Listed(String id, ListDefinition list, int enteredOn, int leavesOn, int marks) {}

    static Held of(SubjectFacts facts, int ordinal, Generation generation) {
        Vocabulary vocabulary = generation.rules().vocabulary();
        List<OneRecord> records = new ArrayList<>();
        for (int i = 0; i < facts.recordCount; i++) {
            records.add(new OneRecord(
                    String.valueOf(facts.recordId[i]),
                    vocabulary.items().get(facts.item[i]),
                    generation.sources().get(facts.source[i]),
                    facts.occurredOn[i],
                    facts.endedOn[i],
                    facts.severity[i],
                    facts.marks[i]));
        }
        List<Arrears> arrears = new ArrayList<>();
        for (int i = 0; i < facts.arrearsCount; i++) {
            arrears.add(
                    new Arrears(vocabulary.scenes().get(facts.arrearsScene[i]), facts.since[i], facts.arrearsMarks[i]));
        }
        List<Listed> entries = new ArrayList<>();
        for (int i = 0; i < facts.entryCount; i++) {
            entries.add(new Listed(
                    String.valueOf(facts.entryId[i]),
                    vocabulary.lists().get(facts.list[i]),
                    facts.enteredOn[i],
                    facts.leavesOn[i],
                    facts.entryMarks[i]));
        }
        return new Held(facts.type, ordinal, List.copyOf(records), List.copyOf(arrears), List.copyOf(entries));
    }

    /** The records of an id: different sources may have used the same. */
    public List<OneRecord> records(String id) {
        return records.stream().filter(one -> one.id().equals(id)).toList();
    }

    /** The arrears of a scene from a day, or null. */
    public @Nullable Arrears arrears(String scene, int since) {
        for (Arrears one : arrears) {
            if (one.scene().id().equals(scene) && one.since() == since) {
                return one;
            }
        }
        return null;
    }

    /** How many arrears of a scene from a day are held that were not taken back. */
    public int debts(String scene, int since) {
        return (int) arrears.stream()
                .filter(one -> one.scene().id().equals(scene)
                        && one.since() == since
                        && (one.marks() & SubjectFacts.RETRACTED) == 0)
                .count();
    }

    /** The first list entry of an id, or null. */
    public @Nullable Listed entry(String id) {
        for (Listed one : entries) {
            if (one.id().equals(id)) {
                return one;
            }
        }
        return null;
    }
}
