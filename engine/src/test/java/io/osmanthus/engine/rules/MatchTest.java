package io.osmanthus.engine.rules;

import static io.osmanthus.engine.rules.Shipped.day;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the lists mean in the matters of the demonstration rules. */
class MatchTest extends ShippedJudge {
    @Test
    void match_everyListInEveryMatter() {
        List<String> lists = new ArrayList<>(BLACK);
        lists.addAll(
                List.of("attention", "tax-a", "customs-advanced", "model-city", "model-province", "integrity-model"));
        String[][] measures = {
            {"procurement", "procurement,dishonest-enforcement,major-tax,serious-illegal"},
            {"tendering", "dishonest-enforcement,public-resources,work-safety"},
            {"market-access", "serious-illegal,dishonest-enforcement"},
            {"approval", ""},
            {"construction", "wage-arrears,work-safety"},
            {"finance-support", ""}
        };
        for (String[] row : measures) {
            for (String list : lists) {
                organisation.clear(SubjectType.ORGANISATION);
                entry(list, "2026-01-01", DAY);
                boolean black = BLACK.contains(list);
                boolean red = !black && !list.equals("attention");
                MatchReport.Outcome expected = MatchReport.Outcome.NONE;
                if (Arrays.asList(row[1].split(",", -1)).contains(list)) {
                    expected = MatchReport.Outcome.MEASURE;
                } else if ((row[0].equals("approval") && !red) || (row[0].equals("finance-support") && black)) {
                    expected = MatchReport.Outcome.PROMPT;
                }
                String about = list + " in " + row[0];
                int matter = Shipped.matter(row[0]);
                assertEquals(MatchReport.NONE, judge.match(organisation, matter, day("2025-12-31")), about);
                assertEquals(MatchReport.NONE, judge.match(organisation, matter, day(DAY)), about);
                for (String on : List.of("2026-01-01", "2026-10-14")) {
                    MatchReport report = judge.match(organisation, matter, day(on));
                    assertEquals(expected, report.outcome(), about);
                    boolean hit = red || expected != MatchReport.Outcome.NONE;
                    assertEquals(hit ? 1 : 0, report.hits().size(), about);
                    if (hit) {
                        MatchReport.Hit one = report.hits().get(0);
                        assertEquals(list, one.list().id());
                        assertEquals(red, one.legalBasis() == null, about);
                        assertEquals(red, one.effect() == MatchReport.Effect.RECOMMEND, about);
                        assertEquals("E0", one.entryId());
                    }
                }
            }
        }
    }

    @Test
    void match_severalEntries_strongestFirstAndRecommendNeverMoves() {
        entry("tax-a", "2026-01-01", null);
        entry("fire", "2026-01-01", null);
        MatchReport report = judge.match(organisation, Shipped.matter("finance-support"), day(DAY));
        assertEquals(MatchReport.Outcome.PROMPT, report.outcome());
        assertEquals(
                List.of("fire", "tax-a"),
                report.hits().stream().map(hit -> hit.list().id()).toList());
    }
}
