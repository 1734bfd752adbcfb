package io.osmanthus.engine.rules;

import static io.osmanthus.engine.rules.Shipped.add;
import static io.osmanthus.engine.rules.Shipped.day;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.engine.rules.Explanation.Line;
import io.osmanthus.engine.rules.Explanation.Next;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What each record is said to bring, and the way to the next benefit. */
class ExplainerTest {
    private static final int DAY = day("2026-10-15");
    private static final int NONE = SubjectFacts.NONE;

    private final Judge judge = Shipped.RULES.judge();
    private final SubjectFacts person = Shipped.person();

    @Test
    void explain_severalRecords_inTheOrderOfTheStarts() {
        add(person, "blood-donation", "2026-03-01");
        add(person, "blood-donation", "2026-01-01");
        add(person, "honour-city", "2025-01-01", "2026-02-01", 0, 0);
        List<Line> lines = lines();
        assertEquals(
                List.of("R0001", "R0002", "R0000"),
                lines.stream().map(Line::recordId).toList());
        Line first = lines.get(0);
        assertEquals("blood-donation", first.item());
        assertEquals("无偿献血", first.title().zh());
        assertEquals(10, first.points());
        assertTrue(first.counted());
        assertNull(first.reason());
        assertEquals(day("2026-01-01"), first.occurredOn());
        assertEquals(day("2027-12-31"), first.countsUntil());
        assertEquals("guihua", judge.explain(person, DAY).scheme());
        assertEquals(Shipped.RULES.version(), judge.explain(person, DAY).rulesVersion());
        assertEquals("yingui", judge.explain(person, DAY).grade());
    }

    @Test
    void explain_volunteerHours_pointsWhereTheStepIsReached() {
        add(person, "volunteer-hours", "2026-01-01", null, 6, 0);
        add(person, "volunteer-hours", "2026-01-02", null, 6, 0);
        add(person, "volunteer-hours", "2026-01-03", null, 290, 0);
        add(person, "volunteer-hours", "2026-01-04", null, 50, 0);
        saysOf(0, 0, true, "below-step");
        saysOf(1, 2, true, null);
        saysOf(2, 48, true, null);
        saysOf(3, 0, false, "capped");
    }

    @Test
    void explain_caps_allottedInTheOrderOfTheStarts() {
        for (int n = 1; n <= 4; n++) {
            add(person, "blood-donation", "2026-01-0" + n);
        }
        add(person, "charity-donation", "2026-02-01", null, 3_950, 0);
        add(person, "charity-donation", "2026-02-02", null, 450, 0);
        add(person, "charity-donation", "2026-02-03", null, 100, 0);
        saysOf(2, 10, true, null);
        saysOf(3, 0, false, "capped");
        saysOf(4, 39, true, null);
        saysOf(5, 1, true, "capped");
        saysOf(6, 0, false, "capped");
    }

    @Test
    void explain_frozenAndDeducted_whileADefaultIsUnperformed() {
        add(person, "marrow-donation", "2026-01-01");
        add(person, "court-default", "2026-02-01");
        add(person, "court-default", "2025-02-01", "2026-03-01", 0, 0);
        saysOf(0, 0, false, "frozen");
        saysOf(1, -50, true, null);
        saysOf(2, 0, false, "largest-only");
        assertEquals(NONE, line(1).countsUntil());
        assertEquals(day("2028-02-29"), line(2).countsUntil());
        assertEquals(50, judge.explain(person, DAY).score());
    }

    @Test
    void explain_acts_theOneThatCountsAndTheOthers() {
        add(person, "honour-city", "2026-01-01", null, 0, 1);
        add(person, "honour-province", "2026-01-02", null, 0, 1);
        add(person, "broken-commitment", "2026-01-03", null, 0, 2);
        add(person, "broken-commitment", "2026-01-04", null, 0, 2);
        add(person, "broken-commitment", "2026-01-05", null, 0, 0);
        saysOf(0, 0, false, "not-highest-of-act");
        saysOf(1, 25, true, null);
        saysOf(2, -10, true, null);
        saysOf(3, 0, false, "not-highest-of-act");
        saysOf(4, -20, true, null);
    }

    @Test
    void explain_recordsThatDoNotCount_sayWhy() {
        add(person, "blood-donation", "2024-10-15");
        add(person, "blood-donation", "2026-10-16");
        int[] marks = {SubjectFacts.DISPUTED, SubjectFacts.REPAIRED, SubjectFacts.RETRACTED};
        for (int mark : marks) {
            person.marks[add(person, "broken-commitment", "2026-01-01")] = mark;
        }
        saysOf(0, 0, false, "expired");
        assertEquals(NONE, line(0).countsUntil());
        saysOf(1, 0, false, "not-yet");
        assertEquals(day("2028-10-15"), line(1).countsUntil());
        saysOf(2, 0, false, "disputed");
        assertTrue(line(2).disputed());
        saysOf(3, 0, false, "repaired");
        saysOf(4, 0, false, "retracted");
    }

    @Test
    void explain_beyondTheCeiling_clampIsALineOfItsOwn() {
        add(person, "honour-nation", "2026-01-01");
        add(person, "marrow-donation", "2026-01-01");
        List<Line> lines = lines();
        Line clamp = lines.get(2);
        assertNull(clamp.recordId());
        assertNull(clamp.item());
        assertEquals("clamp", clamp.reason());
        assertEquals(-50, clamp.points());
        assertEquals(200, judge.explain(person, DAY).score());
    }

    @Test
    void explain_organisation_listsHaveLines() {
        SubjectFacts organisation = Shipped.organisation();
        int entry = organisation.addEntry(Shipped.list("tax-a"), day("2026-01-01"), day("2026-12-01"));
        organisation.entryId[entry] = "L1";
        organisation.addEntry(Shipped.list("tax-a"), day("2026-02-01"), NONE);
        add(organisation, "penalty-general", "2026-01-15");
        Explanation explanation = judge.explain(organisation, DAY);
        assertEquals(990, explanation.score());
        assertEquals("A", explanation.grade());
        assertEquals(
                List.of("tax-a", "penalty-general", "tax-a"),
                explanation.lines().stream().map(Line::item).toList());
        assertEquals("L1", explanation.lines().get(0).recordId());
        assertEquals(day("2026-11-30"), explanation.lines().get(0).countsUntil());
        assertEquals("capped", explanation.lines().get(2).reason());
        organisation.addEntry(Shipped.list("attention"), day("2026-03-01"), NONE);
        assertEquals("frozen", judge.explain(organisation, DAY).lines().get(0).reason());
        assertEquals(970, judge.explain(organisation, DAY).score());
    }

    @Test
    void explain_next_nearestBetterBenefitOfEachConsentedScene() {
        for (String scene : List.of("transit", "parking", "culture", "finance", "sports")) {
            person.addConsent(Shipped.scene(scene), day("2026-01-01"), NONE);
        }
        add(person, "honour-district", "2026-01-01");
        assertEquals(
                List.of(
                        new Next("transit", "fare-discount", 5),
                        new Next("parking", "free-60", 15),
                        new Next("finance", "green-channel", 45)),
                judge.explain(person, DAY).next());
        // Arrears are no points: what they pause is left out, what they do not touch stays.
        person.addArrears(Shipped.scene("transit"), DAY);
        person.addArrears(Shipped.scene("parking"), DAY);
        assertEquals(
                List.of(new Next("transit", "fare-discount", 5), new Next("finance", "green-channel", 45)),
                judge.explain(person, DAY).next());
    }

    private List<Line> lines() {
        return judge.explain(person, DAY).lines();
    }

    private Line line(int record) {
        String id = String.format("R%04d", record);
        return lines().stream()
                .filter(line -> id.equals(line.recordId()))
                .findFirst()
                .orElseThrow();
    }

    private void saysOf(int record, int points, boolean counted, @Nullable String reason) {
        Line line = line(record);
        assertEquals(points, line.points());
        assertEquals(reason, line.reason());
        assertEquals(counted, line.counted());
    }
}
