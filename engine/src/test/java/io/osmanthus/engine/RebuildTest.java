package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.osmanthus.engine.rules.Benefit;
import io.osmanthus.engine.rules.Judge;
import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.engine.store.AnswerWords;
import io.osmanthus.engine.store.Dossiers;
import io.osmanthus.engine.store.Identifiers;
import io.osmanthus.engine.store.Population;
import io.osmanthus.snapshots.ledger.Amendment;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Live changes and a full rebuild end in the same generation: after random changes, every identifier of the written
 * generation answers, holds and stands in every bitmap as in one that was filled from the final facts as a loader fills it.
 */
final class RebuildTest {
    private static final int PERSONS = 300;
    private static final int ORGANISATIONS = 20;
    private static final int STEPS = Boolean.getBoolean("osmanthus.slow") ? 200_000 : 8_000;
    private static final List<Item> PERSON_ITEMS = items(SubjectType.PERSON);
    private static final List<Item> ORGANISATION_ITEMS = items(SubjectType.ORGANISATION);

    private final Random random = Seed.random("RebuildTest");
    private final Map<Integer, SubjectFacts> persons = new TreeMap<>();
    private final Map<Integer, SubjectFacts> organisations = new TreeMap<>();
    private final Set<String> disputed = new HashSet<>();
    private int enrolments;
    private long position;

    @Test
    void changes_random_dumpEqualsThatOfAFullRebuild() {
        // Ordinals are not reused: room for everyone who comes again after having left.
        Generation written = Fixtures.empty(STEPS, ORGANISATIONS);
        Judge judge = Fixtures.RULES.judge();
        for (int i = 0; i < ORGANISATIONS; i++) {
            SubjectFacts facts = empty(SubjectType.ORGANISATION);
            organisations.put(i, facts);
            written.stores().organisations().set(i, judge.answerWord(facts, Fixtures.TODAY));
        }
        try (Writer writer = Writer.of(written)) {
            for (int step = 0; step < STEPS; step++) {
                step(writer, step);
                if (step % (STEPS / 8) == 0) {
                    compare(writer, written);
                }
            }
            compare(writer, written);
        }
        written.discard();
    }

    private void compare(Writer writer, Generation written) {
        writer.publishPopulation();
        Generation rebuilt = rebuild();
        List<String> expected = dump(rebuilt);
        List<String> found = dump(written);
        for (int line = 0; line < expected.size(); line++) {
            assertEquals(expected.get(line), found.get(line));
        }
        rebuilt.discard();
    }

    private void step(Writer writer, int step) {
        int number = random.nextInt(PERSONS);
        SubjectFacts facts = persons.get(number);
        Change.Subject person = Fixtures.person(number);
        int scene = random.nextInt(8);
        int day = Fixtures.TODAY - random.nextInt(900) + 30;
        if (random.nextInt(10) == 0) {
            organisation(writer, step, day);
        } else if (facts == null) {
            if (enrolments < STEPS) {
                apply(writer, new Change.Enrol(person, number % 10));
                apply(writer, new Change.BindToken(person, Fixtures.token(number)));
                persons.put(number, empty(SubjectType.PERSON));
                enrolments++;
            }
        } else if (random.nextInt(40) == 0) {
            apply(writer, new Change.Leave(person, List.of(Fixtures.token(number))));
            persons.remove(number);
            disputed.removeIf(of -> of.startsWith(person + " "));
        } else {
            amend(writer, step, person, facts, scene, day);
        }
    }

    private void amend(Writer writer, int step, Change.Subject person, SubjectFacts facts, int anyScene, int anyDay) {
        switch (random.nextInt(7)) {
            case 0 -> {
                int expires = random.nextBoolean() ? SubjectFacts.NONE : anyDay + random.nextInt(900);
                apply(writer, new Change.GiveConsent(person, anyScene, anyDay, expires));
                facts.removeConsents(anyScene, anyDay);
                facts.addConsent(anyScene, anyDay, expires);
            }
            case 1 -> {
                apply(writer, new Change.WithdrawConsent(person, anyScene, Integer.MAX_VALUE));
                facts.removeConsents(anyScene, Integer.MAX_VALUE);
            }
            case 2 -> {
                // often of the day of another, which may be in dispute
                boolean again = facts.arrearsCount > 0 && random.nextBoolean();
                int scene = again ? facts.arrearsScene[0] : anyScene;
                int day = again ? facts.since[0] : anyDay;
                apply(writer, new Change.AddArrears(person, scene, day));
                int at = facts.addArrears(scene, day);
                facts.arrearsMarks[at] =
                        disputed.contains(person + " " + scene + " " + day) ? SubjectFacts.DISPUTED : 0;
            }
            case 3 -> {
                if (facts.arrearsCount > 0) {
                    Change settle = new Change.SettleArrears(person, facts.arrearsScene[0], facts.since[0]);
                    apply(writer, settle);
                    facts.removeArrears(facts.arrearsScene[0], facts.since[0]);
                }
            }
            case 4 -> record(writer, step, SubjectType.PERSON, person, facts, PERSON_ITEMS, anyDay);
            case 5 -> {
                if (facts.arrearsCount > 0) {
                    int marks = random.nextInt(2) + (random.nextInt(4) == 0 ? SubjectFacts.RETRACTED : 0);
                    String of = person + " " + facts.arrearsScene[0] + " " + facts.since[0];
                    apply(writer, new Change.MarkArrears(person, facts.arrearsScene[0], facts.since[0], marks));
                    facts.markArrears(facts.arrearsScene[0], facts.since[0], marks);
                    disputed.remove(of);
                    if (marks % 2 == 1) {
                        disputed.add(of);
                    }
                }
            }
            default -> mark(writer, SubjectType.PERSON, person, facts);
        }
    }

    private void organisation(Writer writer, int step, int day) {
        int number = random.nextInt(ORGANISATIONS);
        SubjectFacts facts = organisations.getOrDefault(number, empty(SubjectType.ORGANISATION));
        Change.Subject subject = Fixtures.organisation(number);
        switch (random.nextInt(4)) {
            case 0 -> record(writer, step, SubjectType.ORGANISATION, subject, facts, ORGANISATION_ITEMS, day);
            case 1 -> mark(writer, SubjectType.ORGANISATION, subject, facts);
            case 2 -> {
                List<ListDefinition> lists = Fixtures.RULES.vocabulary().lists();
                int list = random.nextInt(lists.size());
                int leaves = random.nextBoolean() ? SubjectFacts.NONE : day + random.nextInt(900);
                String id = "E" + step;
                apply(writer, new Change.AddEntry(subject, id, list, day, leaves));
                int at = facts.addEntry(list, day, leaves);
                facts.entryId[at] = id;
            }
            default -> {
                if (facts.entryCount > 0) {
                    int at = random.nextInt(facts.entryCount);
                    boolean dated = random.nextBoolean();
                    int leaves = dated ? day : Amendment.KEPT;
                    int marks = dated && random.nextBoolean() ? Amendment.KEPT : random.nextInt(8);
                    String id = String.valueOf(facts.entryId[at]);
                    apply(writer, new Change.AmendEntry(subject, id, facts.list[at], leaves, marks));
                    facts.leavesOn[at] = dated ? day : facts.leavesOn[at];
                    facts.entryMarks[at] = marks == Amendment.KEPT ? facts.entryMarks[at] : marks;
                }
            }
        }
    }

    private void record(
            Writer writer,
            int step,
            SubjectType type,
            Change.Subject subject,
            SubjectFacts facts,
            List<Item> items,
            int day) {
        int item = items.get(random.nextInt(items.size())).index();
        String id = "R" + random.nextInt(1_000) + "-" + step;
        int source = random.nextInt(Fixtures.SOURCES.size());
        long quantity = random.nextInt(30_000);
        int act = random.nextInt(3);
        int ended = random.nextBoolean() ? SubjectFacts.NONE : day + random.nextInt(200);
        apply(writer, new Change.AddRecord(type, subject, id, item, source, day, ended, quantity, 1, act));
        int at = facts.addRecord(item, day, ended, quantity, act);
        facts.recordId[at] = id;
        facts.source[at] = source;
        facts.severity[at] = 1;
        facts.sinkLastRecord(Fixtures.SOURCES);
    }

    private void mark(Writer writer, SubjectType type, Change.Subject subject, SubjectFacts facts) {
        if (facts.recordCount > 0) {
            int at = random.nextInt(facts.recordCount);
            int marks = random.nextInt(16);
            String id = String.valueOf(facts.recordId[at]);
            apply(writer, new Change.MarkRecord(type, subject, id, facts.source[at], marks));
            facts.marks[at] = marks;
        }
    }

    private void apply(Writer writer, Change change) {
        writer.apply(++position, change);
    }

    /** A generation filled from the final facts, in the way of the loader: subject by subject, each judged once. */
    private Generation rebuild() {
        Generation generation = Fixtures.empty(Math.max(1, persons.size()), ORGANISATIONS);
        Generation.Stores stores = generation.stores();
        Identifiers.Lookup identifiers = stores.identifiers().lookup();
        Dossiers.Lookup dossiers = stores.dossiers().lookup();
        Population population = generation.population().copy();
        Judge judge = Fixtures.RULES.judge();
        int[] sceneScores = new int[Fixtures.RULES.scenes().size()];
        List<Integer> numbers = new ArrayList<>(persons.keySet());
        for (int ordinal = 0; ordinal < numbers.size(); ordinal++) {
            int number = numbers.get(ordinal);
            SubjectFacts facts = persons.getOrDefault(number, empty(SubjectType.PERSON));
            identifiers.put(
                    Fixtures.person(number).high(), Fixtures.person(number).low(), ordinal);
            identifiers.put(
                    Fixtures.token(number).high(), Fixtures.token(number).low(), ordinal);
            dossiers.write(ordinal, facts);
            stores.persons().set(ordinal, judge.answerWord(facts, Fixtures.TODAY));
            Placement.person(
                    population, Fixtures.RULES, judge, ordinal, number % 10, facts, Fixtures.TODAY, sceneScores);
        }
        organisations.forEach((ordinal, facts) -> {
            dossiers.write(ordinal | Identifiers.ORGANISATION, facts);
            stores.organisations().set(ordinal, judge.answerWord(facts, Fixtures.TODAY));
            Placement.organisation(population, ordinal, facts, Fixtures.TODAY);
        });
        generation.publish(population);
        return generation;
    }

    /** What a generation knows, by identifier and without ordinals, as lines in one order. */
    static List<String> dump(Generation generation) {
        Identifiers.Lookup identifiers = generation.stores().identifiers().lookup();
        List<String> lines = new ArrayList<>();
        lines.add("identifiers " + generation.footprint().identifiers() + " dossiers "
                + generation.footprint().dossiers());
        for (int number = 0; number < PERSONS; number++) {
            Change.Subject person = Fixtures.person(number);
            Change.Subject token = Fixtures.token(number);
            int place = identifiers.find(person.high(), person.low());
            int bound = identifiers.find(token.high(), token.low());
            String line = place == Identifiers.ABSENT ? null : person(generation, place);
            lines.add("person " + number + ": " + line + (place == bound ? "" : " token elsewhere"));
        }
        for (int number = 0; number < ORGANISATIONS; number++) {
            Change.Subject organisation = Fixtures.organisation(number);
            int place = identifiers.find(organisation.high(), organisation.low());
            lines.add("organisation " + number + ": " + organisation(generation, place));
        }
        return lines;
    }

    private static String person(Generation generation, int place) {
        Population population = generation.population();
        StringBuilder line = new StringBuilder();
        word(line, generation.stores().persons(), place);
        line.append(population.enrolled().contains(place) ? " enrolled" : "");
        for (int district = 0; district < 10; district++) {
            line.append(population.district(district).contains(place) ? " district " + district : "");
        }
        for (SceneRule rule : Fixtures.RULES.scenes()) {
            int scene = rule.definition().index();
            line.append(population.consented(scene).contains(place) ? " consent " + scene : "");
            line.append(population.arrears(scene).contains(place) ? " arrears " + scene : "");
            for (Benefit benefit : rule.benefits()) {
                line.append(population.atLeast(scene, benefit.code()).contains(place) ? " " + benefit.id() : "");
            }
        }
        return facts(line, generation, place);
    }

    private static String organisation(Generation generation, int place) {
        int ordinal = place & ~Identifiers.ORGANISATION;
        StringBuilder line = new StringBuilder();
        word(line, generation.stores().organisations(), ordinal);
        for (ListDefinition list : Fixtures.RULES.vocabulary().lists()) {
            line.append(generation.population().list(list.index()).contains(ordinal) ? " on " + list.id() : "");
        }
        return facts(line, generation, place);
    }

    private static void word(StringBuilder line, AnswerWords words, int ordinal) {
        line.append("word " + Long.toHexString(words.get(ordinal)));
    }

    private static String facts(StringBuilder line, Generation generation, int place) {
        SubjectFacts facts = new SubjectFacts();
        generation.stores().dossiers().lookup().read(place, facts, true);
        for (int i = 0; i < facts.recordCount; i++) {
            line.append(" record " + facts.recordId[i] + "," + facts.item[i] + "," + facts.occurredOn[i] + ","
                    + facts.endedOn[i] + "," + facts.quantityHundredths[i] + "," + facts.act[i] + "," + facts.marks[i]
                    + "," + facts.severity[i] + "," + facts.source[i]);
        }
        for (int i = 0; i < facts.consentCount; i++) {
            line.append(" consent " + facts.consentScene[i] + "," + facts.grantedOn[i] + "," + facts.expiresOn[i]);
        }
        for (int i = 0; i < facts.arrearsCount; i++) {
            line.append(" arrears " + facts.arrearsScene[i] + "," + facts.since[i] + "," + facts.arrearsMarks[i]);
        }
        for (int i = 0; i < facts.entryCount; i++) {
            line.append(" entry " + facts.entryId[i] + "," + facts.list[i] + "," + facts.enteredOn[i] + ","
                    + facts.leavesOn[i] + "," + facts.entryMarks[i]);
        }
        return line.toString();
    }

    private static SubjectFacts empty(SubjectType type) {
        SubjectFacts facts = new SubjectFacts();
        facts.clear(type);
        return facts;
    }

    private static List<Item> items(SubjectType type) {
        return Fixtures.RULES.vocabulary().items().stream()
                .filter(item -> item.subject() == type)
                .toList();
    }
}
