package io.osmanthus.engine;

import io.osmanthus.engine.rules.Judge;
import io.osmanthus.engine.rules.SubjectFacts;
import java.util.ArrayList;
import java.util.List;

/**
 * What memory holds about a person, for the person. Days are epoch days, {@link SubjectFacts#NONE} where there is none; items,
 * scenes and sources are indexes of the vocabulary and of {@link Generation#sources}. Immutable.
 *
 * @param delivered whether the snapshot brought the person; else they enrolled since, and a delivery will bring facts
 * @param ordinal the person's in the generation, and where delivered in the snapshot
 * @param word four bits a scene: what a terminal gets now
 * @param sceneScores by scene index, what each scene of persons would see
 */
public record OwnFacts(
        boolean delivered,
        int ordinal,
        List<Fact> records,
        List<Reader.Consent> consents,
        List<Arrears> arrears,
        long word,
        List<Integer> sceneScores) {
    /** A record, with {@link SubjectFacts#DISPUTED} and the other marks. */
    public record Fact(
            String id,
            int item,
            int source,
            int occurredOn,
            int endedOn,
            long quantityHundredths,
            int severity,
            int act,
            int marks) {}

    /** Arrears; {@code counts} where they pause benefits of their scene now. */
    public record Arrears(int scene, int since, int marks, boolean counts) {}

    static OwnFacts of(SubjectFacts facts, Generation generation, Judge judge, int place, long word) {
        int day = (int) generation.day().toEpochDay();
        int[] scores = new int[generation.rules().scenes().size()];
        judge.sceneScores(facts, day, scores);
        List<Integer> sceneScores = new ArrayList<>();
        for (int score : scores) {
            sceneScores.add(score);
        }
        return new OwnFacts(
                place < generation.stores().personCount(),
                place,
                records(facts),
                consents(facts, judge, day),
                arrears(facts, judge, day),
                word,
                List.copyOf(sceneScores));
    }

    /** The code of the benefit that a terminal of a scene gets now, 0 for none. */
    public int code(int scene) {
        return (int) (word >>> (4 * scene)) & 0xF;
    }

    static List<Reader.Consent> consents(SubjectFacts facts, Judge judge, int day) {
        int standing = judge.consents(facts, day);
        List<Reader.Consent> consents = new ArrayList<>();
        for (int i = 0; i < facts.consentCount; i++) {
            int ends = judge.consentEnds(facts, i, day);
            boolean stands = (standing >> facts.consentScene[i] & 1) != 0 && facts.grantedOn[i] <= day && day < ends;
            consents.add(
                    new Reader.Consent(facts.consentScene[i], facts.grantedOn[i], facts.expiresOn[i], ends, stands));
        }
        return List.copyOf(consents);
    }

    private static List<Fact> records(SubjectFacts facts) {
        List<Fact> records = new ArrayList<>();
        for (int i = 0; i < facts.recordCount; i++) {
            records.add(new Fact(
                    String.valueOf(facts.recordId[i]),
                    facts.item[i],
                    facts.source[i],
                    facts.occurredOn[i],
                    facts.endedOn[i],
                    facts.quantityHundredths[i],
                    facts.severity[i],
                    facts.act[i],
                    facts.marks[i]));
        }
        return List.copyOf(records);
    }

    private static List<Arrears> arrears(SubjectFacts facts, Judge judge, int day) {
        List<Arrears> arrears = new ArrayList<>();
        for (int i = 0; i < facts.arrearsCount; i++) {
            arrears.add(new Arrears(
                    facts.arrearsScene[i], facts.since[i], facts.arrearsMarks[i], judge.arrearsCount(facts, i, day)));
        }
        return List.copyOf(arrears);
    }
}
