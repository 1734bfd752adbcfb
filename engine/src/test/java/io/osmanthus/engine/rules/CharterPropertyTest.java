package io.osmanthus.engine.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the charter promises, for random configurations that the parser accepts and random facts. */
class CharterPropertyTest {
    private static final int CONFIGURATIONS = Boolean.getBoolean("osmanthus.slow") ? 2_000 : 80;
    private static final int SUBJECTS = 250;
    private static final List<Item> ITEMS = Shipped.VOCABULARY.items().stream()
            .filter(item -> item.subject() == SubjectType.PERSON)
            .toList();

    @TempDir
    Path directory;

    private final Random random = Shipped.random("CharterPropertyTest");

    @Test
    void persons_randomRulesAndFacts_theCharterHolds() throws IOException {
        for (int c = 0; c < CONFIGURATIONS; c++) {
            RuleSet rules = new RandomRules(random).write(directory);
            Judge judge = rules.judge();
            String text = configuration();
            for (int s = 0; s < SUBJECTS; s++) {
                SubjectFacts facts = facts();
                int day = 18_500 + random.nextInt(2_500);
                Supplier<String> about = () -> text + describe(facts) + " on " + day;
                neverBelowAnEmptyFile(rules, judge, facts, day, about);
                explained(rules, judge, facts, day, about);
                theOrderMakesNoDifference(judge, facts, day, about);
                withdrawnIsUnknown(rules, judge, facts, day, about);
                facts.arrearsCount = 0;
                neverBelowAnEmptyFile(rules, judge, facts, day, about);
                facts.consentCount = 0;
                assertEquals(0, judge.answerWord(facts, day), about);
            }
        }
    }

    /** With the same arrears: no record makes an answer worse, and none that the scene does not name moves it at all. */
    private void neverBelowAnEmptyFile(
            RuleSet rules, Judge judge, SubjectFacts facts, int day, Supplier<String> about) {
        long word = judge.answerWord(facts, day);
        SubjectFacts empty = without(facts, item -> true);
        SubjectFacts plus = without(facts, Item::adverse);
        long emptyWord = judge.answerWord(empty, day);
        long plusWord = judge.answerWord(plus, day);
        for (SceneRule rule : rules.scenes()) {
            int scene = rule.definition().index();
            int code = code(word, scene);
            int emptyCode = code(emptyWord, scene);
            assertTrue(emptyCode == 0 || (code != 0 && code <= emptyCode), about);
            if (rule.adverse().isEmpty()) {
                assertEquals(code(plusWord, scene), code, about);
            }
            assertTrue(
                    judge.sceneScore(facts, scene, day)
                            >= rules.scheme(SubjectType.PERSON).base(),
                    about);
        }
    }

    private String configuration() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String file : List.of(
                "catalogue.yaml",
                "regimes.yaml",
                "rules/guihua.yaml",
                "rules/guihua-later.yaml",
                "rules/benefits.yaml")) {
            Path path = directory.resolve(file);
            text.append(Files.exists(path) ? "# " + file + "\n" + Files.readString(path) : "");
        }
        return text.toString();
    }

    /** Records that come one after the other in any order, as changes do, give what those of a snapshot give. */
    private void theOrderMakesNoDifference(Judge judge, SubjectFacts facts, int day, Supplier<String> about) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < facts.recordCount; i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        SubjectFacts other = without(facts, item -> true);
        for (int i : order) {
            int at = other.addRecord(
                    facts.item[i], facts.occurredOn[i], facts.endedOn[i], facts.quantityHundredths[i], facts.act[i]);
            other.marks[at] = facts.marks[i];
            other.recordId[at] = facts.recordId[i];
            other.sinkLastRecord(List.of("source"));
        }
        assertEquals(judge.answerWord(facts, day), judge.answerWord(other, day), about);
        assertEquals(judge.explain(facts, day), judge.explain(other, day), () -> about.get() + order);
    }

    /** A scene whose consent is withdrawn answers what it answers to an unknown token, 0; the others answer as before. */
    private void withdrawnIsUnknown(RuleSet rules, Judge judge, SubjectFacts facts, int day, Supplier<String> about) {
        long word = judge.answerWord(facts, day);
        int withdrawn = random.nextInt(rules.scenes().size());
        SubjectFacts rest = without(facts, item -> false);
        rest.removeConsents(withdrawn, Integer.MAX_VALUE);
        assertEquals(word & ~(15L << (4 * withdrawn)), judge.answerWord(rest, day), () -> about.get() + withdrawn);
    }

    private void explained(RuleSet rules, Judge judge, SubjectFacts facts, int day, Supplier<String> about) {
        Explanation explanation = judge.explain(facts, day);
        int sum = rules.scheme(SubjectType.PERSON).base();
        for (Explanation.Line line : explanation.lines()) {
            sum += line.points();
            assertTrue(line.counted() || line.points() == 0, about);
            assertTrue(Math.abs(line.points()) <= Math.abs(line.pointsBeforeCaps()), () -> about.get() + line);
        }
        assertEquals(judge.score(facts, day), sum, about);
        assertEquals(explanation.score(), sum, about);
        int next = judge.nextChange(facts, day);
        if (next > day + 1 && random.nextInt(4) == 0) {
            int later = day + 1 + random.nextInt(Math.min(next - day - 1, 3_000));
            assertEquals(explanation, judge.explain(facts, later), about);
        }
    }

    private SubjectFacts facts() {
        SubjectFacts facts = Shipped.person();
        for (int i = random.nextInt(10); i > 0; i--) {
            int occurred = 18_000 + random.nextInt(2_500);
            int ended = random.nextInt(3) > 0 ? SubjectFacts.NONE : occurred + random.nextInt(500);
            Item item = ITEMS.get(random.nextInt(ITEMS.size()));
            int at = facts.addRecord(item.index(), occurred, ended, random.nextInt(40_000), random.nextInt(4));
            facts.recordId[at] = String.format("R%03d", at);
            facts.marks[at] = random.nextInt(4) == 0 ? 1 << random.nextInt(4) : 0;
        }
        for (int scene = 0; scene < Shipped.VOCABULARY.scenes().size(); scene++) {
            if (Shipped.VOCABULARY.scenes().get(scene).subject() == SubjectType.PERSON) {
                facts.addConsent(scene, 18_400 + random.nextInt(2_500), SubjectFacts.NONE);
                if (random.nextInt(4) == 0) {
                    facts.addArrears(scene, 18_300 + random.nextInt(2_500));
                }
            }
        }
        return facts;
    }

    private static SubjectFacts without(SubjectFacts facts, java.util.function.Predicate<Item> left) {
        SubjectFacts rest = Shipped.person();
        for (int i = 0; i < facts.recordCount; i++) {
            if (!left.test(Shipped.VOCABULARY.items().get(facts.item[i]))) {
                int at = rest.addRecord(
                        facts.item[i],
                        facts.occurredOn[i],
                        facts.endedOn[i],
                        facts.quantityHundredths[i],
                        facts.act[i]);
                rest.marks[at] = facts.marks[i];
            }
        }
        for (int i = 0; i < facts.consentCount; i++) {
            rest.addConsent(facts.consentScene[i], facts.grantedOn[i], facts.expiresOn[i]);
        }
        for (int i = 0; i < facts.arrearsCount; i++) {
            rest.addArrears(facts.arrearsScene[i], facts.since[i]);
        }
        return rest;
    }

    private static String describe(SubjectFacts facts) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < facts.recordCount; i++) {
            text.append(Shipped.VOCABULARY.items().get(facts.item[i]).id() + " " + facts.occurredOn[i] + " "
                    + facts.endedOn[i] + " " + facts.quantityHundredths[i] + " act " + facts.act[i] + " marks "
                    + facts.marks[i] + "\n");
        }
        return text.toString();
    }

    private static int code(long word, int scene) {
        return (int) (word >>> (4 * scene)) & 15;
    }
}
