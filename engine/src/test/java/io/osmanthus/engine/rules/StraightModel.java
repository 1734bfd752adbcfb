package io.osmanthus.engine.rules;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The demonstration rules as their page says them, sentence by sentence: slow, obvious, and written without a look at the
 * engine. It knows no configuration: every number stands here once more.
 */
final class StraightModel {
    record Fact(
            String id,
            String item,
            LocalDate occurred,
            @Nullable LocalDate ended,
            BigDecimal quantity,
            String act,
            boolean gone) {
        LocalDate start() {
            return ended == null ? occurred : ended;
        }
    }

    record Consent(
            String scene, LocalDate granted, @Nullable LocalDate expires) {}

    record Arrears(String scene, LocalDate since, boolean disputed) {}

    record Entry(String list, LocalDate entered, @Nullable LocalDate leaves, boolean gone) {}

    private static final Map<String, Integer> MONTHS = Map.ofEntries(
            Map.entry("volunteer-hours", 24),
            Map.entry("blood-donation", 24),
            Map.entry("marrow-donation", 60),
            Map.entry("charity-donation", 12),
            Map.entry("honour-district", 12),
            Map.entry("honour-city", 24),
            Map.entry("honour-province", 36),
            Map.entry("honour-nation", 60),
            Map.entry("court-default", 24),
            Map.entry("broken-commitment", 12),
            Map.entry("penalty-minor", 3),
            Map.entry("penalty-general", 12),
            Map.entry("penalty-serious", 36),
            Map.entry("commitment-broken", 12));
    private static final Map<String, Integer> HONOURS =
            Map.of("honour-district", 5, "honour-city", 20, "honour-province", 25, "honour-nation", 100);
    private static final Set<String> ADVERSE = Set.of("court-default", "broken-commitment");
    static final Set<String> BLACK = Set.of(
            "dishonest-enforcement",
            "serious-illegal",
            "major-tax",
            "wage-arrears",
            "work-safety",
            "procurement",
            "statistics",
            "overload",
            "fire",
            "public-resources",
            "customs-dishonest");
    static final Set<String> RED =
            Set.of("tax-a", "customs-advanced", "model-city", "model-province", "integrity-model");

    private StraightModel() {}

    static LocalDate plusMonths(LocalDate date, int months) {
        LocalDate first = date.withDayOfMonth(1).plusMonths(months);
        return date.getDayOfMonth() <= first.lengthOfMonth()
                ? first.withDayOfMonth(date.getDayOfMonth())
                : first.plusMonths(1);
    }

    private static boolean unperformed(Fact fact, LocalDate day) {
        return fact.item().equals("court-default") && (fact.ended() == null || day.isBefore(fact.ended()));
    }

    static boolean counts(Fact fact, LocalDate day) {
        if (fact.gone()) {
            return false;
        }
        LocalDate end = plusMonths(fact.start(), MONTHS.getOrDefault(fact.item(), 0));
        if (fact.item().equals("court-default")) {
            return !day.isBefore(fact.occurred()) && (unperformed(fact, day) || day.isBefore(end));
        }
        return !day.isBefore(fact.start()) && day.isBefore(end);
    }

    private static int deduction(Fact fact, LocalDate day) {
        return switch (fact.item()) {
            case "court-default" -> unperformed(fact, day) ? 50 : 20;
            case "broken-commitment" -> 10;
            case "penalty-minor" -> 5;
            case "penalty-general" -> 30;
            case "penalty-serious" -> 120;
            case "commitment-broken" -> 20;
            default -> 0;
        };
    }

    private static final Comparator<Fact> BY_START =
            Comparator.comparing(Fact::start).thenComparing(Fact::id);

    /** Of those with one act: the first in the given order. */
    private static List<Fact> oneOfEachAct(List<Fact> facts, Comparator<Fact> order) {
        List<Fact> sorted = new ArrayList<>(facts);
        sorted.sort(order);
        List<Fact> left = new ArrayList<>();
        List<String> acts = new ArrayList<>();
        for (Fact fact : sorted) {
            if (fact.act().isEmpty() || !acts.contains(fact.act())) {
                left.add(fact);
                acts.add(fact.act());
            }
        }
        left.sort(BY_START);
        return left;
    }

    /** The score over plus items and the adverse items given, with floor and ceiling. */
    static int guihua(List<Fact> facts, LocalDate day, Set<String> adverseItems) {
        List<Fact> counting = facts.stream().filter(fact -> counts(fact, day)).toList();
        List<Fact> adverse = counting.stream()
                .filter(fact -> adverseItems.contains(fact.item()))
                .toList();
        boolean frozen = adverse.stream().anyMatch(fact -> unperformed(fact, day));
        adverse = oneOfEachAct(
                adverse,
                Comparator.<Fact>comparingInt(fact -> -deduction(fact, day)).thenComparing(BY_START));
        int broken = 0;
        int court = 0;
        for (Fact fact : adverse) {
            if (fact.item().equals("broken-commitment")) {
                broken += broken == 0 ? 10 : 20;
            } else {
                court = Math.max(court, deduction(fact, day));
            }
        }
        int score = 100 + (frozen ? 0 : plus(counting)) - broken - court;
        return Math.max(0, Math.min(200, score));
    }

    private static int plus(List<Fact> counting) {
        BigDecimal hours = BigDecimal.ZERO;
        int blood = 0;
        int marrow = 0;
        Map<Integer, BigDecimal> charity = new TreeMap<>();
        List<Fact> honours = new ArrayList<>();
        for (Fact fact : counting) {
            switch (fact.item()) {
                case "volunteer-hours" -> hours = hours.add(fact.quantity());
                case "blood-donation" -> blood += 10;
                case "marrow-donation" -> marrow += 50;
                case "charity-donation" -> charity.merge(fact.start().getYear(), fact.quantity(), BigDecimal::add);
                default -> {
                    if (HONOURS.containsKey(fact.item())) {
                        honours.add(fact);
                    }
                }
            }
        }
        int sum = table(hours) + Math.min(30, blood) + marrow;
        for (BigDecimal yuan : charity.values()) {
            sum += yuan.divideToIntegralValue(BigDecimal.valueOf(100))
                    .min(BigDecimal.valueOf(40))
                    .intValueExact();
        }
        for (Fact fact : oneOfEachAct(
                honours,
                Comparator.<Fact>comparingInt(fact -> -HONOURS.getOrDefault(fact.item(), 0))
                        .thenComparing(BY_START))) {
            sum += HONOURS.getOrDefault(fact.item(), 0);
        }
        return sum;
    }

    private static int table(BigDecimal hours) {
        int[][] steps = {{300, 50}, {250, 40}, {200, 30}, {150, 25}, {100, 20}, {80, 15}, {50, 10}, {20, 5}, {10, 2}};
        for (int[] step : steps) {
            if (hours.compareTo(BigDecimal.valueOf(step[0])) >= 0) {
                return step[1];
            }
        }
        return 0;
    }

    static @Nullable String guihuaGrade(int score) {
        if (score >= 150) {
            return "jingui";
        }
        if (score >= 120) {
            return "yingui";
        }
        if (score > 100) {
            return "dangui";
        }
        return score == 100 ? "sijigui" : null;
    }

    static int guihua(List<Fact> facts, LocalDate day) {
        return guihua(facts, day, ADVERSE);
    }

    static boolean consented(List<Consent> consents, String scene, LocalDate day) {
        return consents.stream()
                .filter(consent -> consent.scene().equals(scene))
                .anyMatch(consent -> !day.isBefore(consent.granted())
                        && day.isBefore(plusMonths(consent.granted(), 24))
                        && (consent.expires() == null || day.isBefore(consent.expires())));
    }

    static @Nullable String benefit(
            String scene, List<Fact> facts, List<Consent> consents, List<Arrears> arrears, LocalDate day) {
        if (!consented(consents, scene, day)) {
            return null;
        }
        int score = Math.max(100, guihua(facts, day, scene.equals("finance") ? Set.of("court-default") : Set.of()));
        boolean clear = arrears.stream()
                .noneMatch(one -> one.scene().equals(scene)
                        && !one.disputed()
                        && !day.isBefore(one.since())
                        && day.isBefore(plusMonths(one.since(), 12)));
        return switch (scene) {
            case "transit" ->
                score >= 150
                        ? "fare-half"
                        : score >= 110 ? "fare-discount" : score >= 100 && clear ? "ride-first" : null;
            case "parking" -> !clear ? null : score >= 120 ? "free-60" : score >= 100 ? "leave-first" : null;
            case "retail" -> score >= 110 && clear ? "deposit-free" : null;
            case "medical" -> score >= 105 && clear ? "treat-first" : null;
            case "tourism" -> score >= 120 ? "ticket-discount" : null;
            case "culture" -> score >= 100 && clear ? "library-plus" : null;
            case "sports" -> score >= 105 ? "same-day-pass" : null;
            case "finance" -> score >= 150 ? "green-channel" : null;
            default -> null;
        };
    }

    static List<String> lists(List<Entry> entries, LocalDate day) {
        return entries.stream()
                .filter(entry -> !entry.gone()
                        && !day.isBefore(entry.entered())
                        && (entry.leaves() == null || day.isBefore(entry.leaves())))
                .map(Entry::list)
                .distinct()
                .sorted()
                .toList();
    }

    private static String direct(List<String> lists) {
        if (lists.contains("dishonest-enforcement")
                || lists.contains("serious-illegal")
                || lists.contains("major-tax")) {
            return "D";
        }
        if (lists.stream().anyMatch(BLACK::contains)) {
            return "C";
        }
        return lists.contains("attention") ? "B" : "";
    }

    static int organisation(List<Fact> facts, List<Entry> entries, LocalDate day) {
        List<String> lists = lists(entries, day);
        int score = 1000;
        if (direct(lists).isEmpty()) {
            score += lists.contains("tax-a") ? 20 : 0;
            score += lists.contains("customs-advanced") ? 20 : 0;
            score += lists.contains("model-city") ? 20 : 0;
            score += lists.contains("model-province") ? 30 : 0;
        }
        List<Fact> left = oneOfEachAct(
                facts.stream().filter(fact -> counts(fact, day)).toList(),
                Comparator.<Fact>comparingInt(fact -> -deduction(fact, day)).thenComparing(BY_START));
        Map<String, Integer> seen = new HashMap<>();
        for (Fact fact : left) {
            int before = seen.merge(fact.item(), 1, Integer::sum) - 1;
            boolean doubles = before > 0 && fact.item().startsWith("penalty-");
            score -= doubles ? 2 * deduction(fact, day) : deduction(fact, day);
        }
        return score;
    }

    static String organisationGrade(int score, List<Entry> entries, LocalDate day) {
        String byScore = score >= 960 ? "A" : score >= 850 ? "B" : score >= 600 ? "C" : "D";
        String direct = direct(lists(entries, day));
        return direct.compareTo(byScore) > 0 ? direct : byScore;
    }

    static @Nullable String approvals(int score, List<Entry> entries, LocalDate day) {
        String grade = organisationGrade(score, entries, day);
        boolean black = lists(entries, day).stream().anyMatch(BLACK::contains);
        return (grade.equals("A") || grade.equals("B")) && !black ? "deferred-documents" : null;
    }

    static String outcome(String matter, List<Entry> entries, LocalDate day) {
        List<String> lists = lists(entries, day);
        Set<String> measures =
                switch (matter) {
                    case "procurement" ->
                        Set.of("procurement", "dishonest-enforcement", "major-tax", "serious-illegal");
                    case "tendering" -> Set.of("dishonest-enforcement", "public-resources", "work-safety");
                    case "market-access" -> Set.of("serious-illegal", "dishonest-enforcement");
                    case "construction" -> Set.of("wage-arrears", "work-safety");
                    default -> Set.of();
                };
        if (lists.stream().anyMatch(measures::contains)) {
            return "measure";
        }
        boolean black = lists.stream().anyMatch(BLACK::contains);
        if (matter.equals("approval") && (black || lists.contains("attention"))) {
            return "prompt";
        }
        return matter.equals("finance-support") && black ? "prompt" : "none";
    }
}
