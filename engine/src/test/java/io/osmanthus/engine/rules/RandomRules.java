package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.Regimes;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes random configurations that the language allows, as YAML for the real parser: rules about persons in one or two
 * versions, retention periods, limits of the law; beside the shipped items, lists and scenes.
 */
final class RandomRules {
    private final Random random;
    private final StringBuilder text = new StringBuilder();
    private int base;
    private int ceiling;
    private int grades;
    private int dimensions;
    private Vocabulary vocabulary = Shipped.VOCABULARY;

    RandomRules(Random random) {
        this.random = random;
    }

    /** Copies the shipped configuration and replaces its rules about persons. */
    RuleSet write(Path config) throws IOException {
        Shipped.copy(config);
        Files.writeString(config.resolve("regimes.yaml"), regimes());
        Path catalogue = config.resolve("catalogue.yaml");
        Files.writeString(catalogue, retention(Files.readString(catalogue)));
        vocabulary = Vocabulary.load(config);
        base = new int[] {0, 100, 1_000}[random.nextInt(3)];
        ceiling = random.nextBoolean() ? base + 1 + random.nextInt(200) : Integer.MAX_VALUE;
        Files.writeString(config.resolve("rules/guihua.yaml"), scheme());
        Path later = config.resolve("rules/guihua-later.yaml");
        Files.deleteIfExists(later);
        if (random.nextBoolean()) {
            Files.writeString(later, "from: " + LocalDate.ofEpochDay(18_500 + random.nextInt(2_500)) + "\n" + scheme());
        }
        Files.writeString(config.resolve("rules/benefits.yaml"), scenes());
        return RuleSet.load(config, vocabulary);
    }

    private String regimes() {
        return "adult_age_years: [{from: 1990-01-01, value: 18, legal_basis: 法}]\n"
                + dated("consent_years_max", 1, 2)
                + dated("arrears_months_max", 1, 12)
                + dated("adverse_retention_months_max", 36, 60);
    }

    /** One or two values, the second from a day on which something may be asked. */
    private String dated(String key, int min, int max) {
        String first = "{from: 2018-01-01, value: " + value(min, max) + ", legal_basis: 法}";
        LocalDate from = LocalDate.ofEpochDay(18_500 + random.nextInt(2_500));
        String second = ", {from: " + from + ", value: " + value(min, max) + ", legal_basis: 法}";
        return key + ": [" + first + (random.nextBoolean() ? second : "") + "]\n";
    }

    private int value(int min, int max) {
        return min + random.nextInt(max - min + 1);
    }

    /** Of items about persons; the rules about organisations stay as they are. */
    private String retention(String catalogue) {
        return Pattern.compile("(subject: person\n(?: {4}.*\n)*? {4}retention_months: )[0-9]+")
                .matcher(catalogue)
                .replaceAll(found -> Matcher.quoteReplacement(found.group(1)) + (1 + random.nextInt(60)));
    }

    private String scheme() {
        text.setLength(0);
        text.append("scheme:\n  id: random\n  title: {zh: 随机, en: random}\n  subject: person\n  base: " + base + "\n");
        if (ceiling != Integer.MAX_VALUE) {
            text.append("  ceiling: " + ceiling + "\n");
        }
        if (random.nextBoolean()) {
            text.append("  floor: " + (base - random.nextInt(100)) + "\n");
        }
        grades = random.nextInt(5);
        text.append(grades == 0 ? "" : "  grades:\n");
        int least = Math.min(ceiling, base + 100);
        for (int g = 0; g < grades; g++) {
            least -= 1 + random.nextInt(40);
            text.append("    - {id: g" + g + ", title: {zh: 级, en: grade}, at_least: " + least + "}\n");
        }
        dimensions = random.nextInt(3);
        text.append(dimensions == 0 ? "" : "  dimensions:\n");
        for (int d = 0; d < dimensions; d++) {
            text.append("    - {id: d" + d + ", title: {zh: 维度, en: dimension}, cap_plus: " + (1 + random.nextInt(60))
                    + ", cap_minus: -" + (1 + random.nextInt(60)) + (d == 1 ? ", sum_by: calendar-year" : "") + "}\n");
        }
        text.append("  items:\n");
        for (Item item : vocabulary.items()) {
            if (item.subject() == SubjectType.PERSON) {
                text.append("    - {item: " + item.id() + (item.adverse() ? adverse(item) : plus(item)) + "}\n");
            }
        }
        return text.toString();
    }

    private String plus(Item item) {
        int points = 1 + random.nextInt(40);
        boolean byYear = random.nextInt(3) == 0;
        String rest = ", " + period(item) + dimension(byYear);
        if (item.requires().contains(Item.Column.QUANTITY) && random.nextInt(4) > 0) {
            String year = byYear ? ", sum_by: calendar-year" : "";
            return random.nextBoolean()
                    ? ", quantity: {table: " + table(1) + "}" + year + rest
                    : ", quantity: {per: " + (1 + random.nextInt(200)) + ", points: " + points + "}, cap: "
                            + (points + random.nextInt(50)) + year + rest;
        }
        String cap = byYear || random.nextBoolean() ? ", cap: " + (points + random.nextInt(50)) : "";
        String year = byYear ? ", sum_by: calendar-year" : "";
        return ", points: " + points + (random.nextBoolean() ? ", highest_of_act: true" : "") + cap + year
                + (cap.isEmpty() ? ", " + period(item) + dimension(true) : rest);
    }

    private String adverse(Item item) {
        int points = 2 + random.nextInt(60);
        switch (random.nextInt(grades == 0 ? 2 : 3)) {
            case 0 -> {
                boolean freezes = random.nextBoolean();
                String after = random.nextBoolean()
                        ? ", after_end: {points: -" + (1 + random.nextInt(points)) + ", " + period(item) + "}"
                        : "";
                return ", continuing: {points: -" + points + ", freezes_plus: " + freezes + "}" + after
                        + (random.nextBoolean() ? ", largest_only: true" : "") + dimension(true);
            }
            case 1 -> {
                boolean capped = random.nextInt(3) == 0;
                return ", points: -" + points
                        + (random.nextBoolean() ? ", repeats: double" : "")
                        + (random.nextBoolean() ? ", lasting: true" : "")
                        + (random.nextBoolean()
                                ? ", after_repair: {points: -" + (1 + random.nextInt(points)) + ", " + period(item)
                                        + "}"
                                : "")
                        + (capped ? ", sum_by: calendar-year, cap: -" + (points + random.nextInt(40)) : "")
                        + ", " + period(item) + dimension(true);
            }
            default -> {
                return ", direct_grade: g" + random.nextInt(grades) + ", " + period(item);
            }
        }
    }

    private String table(int sign) {
        List<String> steps = new ArrayList<>();
        int from = 1 + random.nextInt(50);
        int points = 1 + random.nextInt(10);
        for (int i = random.nextInt(4); i >= 0; i--) {
            steps.add("{from: " + from + ", points: " + sign * points + "}");
            from += 1 + random.nextInt(100);
            points += 1 + random.nextInt(20);
        }
        return steps.toString();
    }

    /** The second dimension is by calendar year and takes only what can be cut into years. */
    private String dimension(boolean additive) {
        int d = random.nextInt(3);
        return d < dimensions && (d == 0 || additive) ? ", dimension: d" + d : "";
    }

    private String period(Item item) {
        int months = item.retentionMonths();
        if (item.adverse()) {
            Regimes regimes = vocabulary.regimes();
            for (LocalDate day : regimes.changes()) {
                months = Math.min(months, regimes.adverseRetentionMonthsMax(day));
            }
        }
        return "counts_for: {months: " + (1 + random.nextInt(months)) + "}";
    }

    private String scenes() {
        text.setLength(0);
        text.append("scenes:\n");
        for (SceneDefinition scene : vocabulary.scenes()) {
            text.append("  - scene: " + scene.id() + "\n    ttl_seconds: 60\n");
            if (scene.subject() == SubjectType.ORGANISATION) {
                text.append("    benefits: [{id: b, modes: [service], words: {zh: 惠, en: b}, when: {grades: [A]}}]\n");
                continue;
            }
            text.append(random.nextInt(3) > 0 ? "" : named());
            text.append("    benefits:\n");
            int score = Math.min(ceiling, base + random.nextInt(120));
            for (int b = 0; b < 5 && score >= base; b++) {
                boolean arrears = !scene.arrearsSources().isEmpty() && random.nextBoolean();
                text.append(
                        "      - {id: b" + b + ", modes: [pay-later], words: {zh: 惠, en: b}, when: {score_at_least: "
                                + score + (arrears ? ", no_arrears: true" : "") + "}}\n");
                score = score > base && b == 3 ? base : score - 1 - random.nextInt(40);
            }
        }
        return text.toString();
    }

    private String named() {
        StringBuilder named = new StringBuilder("    adverse:\n");
        int count = named.length();
        for (Item item : vocabulary.items()) {
            if (item.adverse() && item.subject() == SubjectType.PERSON && random.nextBoolean()) {
                named.append("      - {item: " + item.id() + ", legal_basis: 法, connection: {zh: 关联, en: link}}\n");
            }
        }
        return named.length() == count ? "" : named.toString();
    }
}
