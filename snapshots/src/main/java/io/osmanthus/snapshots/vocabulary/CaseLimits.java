package io.osmanthus.snapshots.vocabulary;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The dated limits of objections and repairs (异议、修复): days to decide, times of publication, conditions. Immutable and
 * thread-safe.
 */
public final class CaseLimits {
    private final List<Dated> objectionOwn;
    private final List<Dated> objectionSource;
    private final List<Dated> reviewRequest;
    private final List<Dated> review;
    private final List<Dated> repairDays;
    private final List<Dated> disclosure;
    private final List<Dated> annulment;
    private final List<Published> publication;
    private final List<Conditions> conditions;

    /** How heavy an act is (轻微、一般、严重). */
    public enum Severity {
        NONE,
        MINOR,
        GENERAL,
        SERIOUS;

        /** The severity of a record: 0 not given, 1 minor, 2 general, 3 serious. */
        public static Severity of(int number) {
            return values()[number];
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a repair may require to be shown. */
    public enum Proof {
        /** That the duties have been fulfilled (义务履行). */
        DUTIES_FULFILLED,
        /** A letter of commitment (信用承诺书). */
        COMMITMENT_LETTER;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private record Published(LocalDate from, Severity severity, int monthsMin, int monthsMax) {}

    private record Conditions(LocalDate from, SubjectType subject, Set<Severity> severities, Set<Proof> requires) {}

    private CaseLimits(Yaml.Mapping root) {
        objectionOwn = dated(root, "objection_own_working_days", 1, 30);
        objectionSource = dated(root, "objection_source_working_days", 1, 60);
        reviewRequest = dated(root, "review_request_working_days", 1, 60);
        review = dated(root, "review_working_days", 1, 60);
        repairDays = dated(root, "repair_working_days", 1, 60);
        disclosure = dated(root, "disclosure_working_days", 1, 30);
        annulment = dated(root, "annulment_days", 1, 30);
        publication = publication(root);
        conditions = conditions(root);
    }

    static CaseLimits of(Yaml.Mapping root) {
        return new CaseLimits(root);
    }

    /** Working days within which an objection is decided by whoever holds the data. */
    public int objectionOwnWorkingDays(LocalDate day) {
        return Dated.at(objectionOwn, day);
    }

    /** Working days, from the filing, within which an objection is decided that the source must check. */
    public int objectionSourceWorkingDays(LocalDate day) {
        return Dated.at(objectionSource, day);
    }

    /** Working days from a decision within which a review may be asked for. */
    public int reviewRequestWorkingDays(LocalDate day) {
        return Dated.at(reviewRequest, day);
    }

    /** Working days within which a review is decided. */
    public int reviewWorkingDays(LocalDate day) {
        return Dated.at(review, day);
    }

    /** Working days within which a repair is decided. */
    public int repairWorkingDays(LocalDate day) {
        return Dated.at(repairDays, day);
    }

    /** Working days from its decision within which an administrative act is public. */
    public int disclosureWorkingDays(LocalDate day) {
        return Dated.at(disclosure, day);
    }

    /** Days within which an annulled penalty leaves public view. */
    public int annulmentDays(LocalDate day) {
        return Dated.at(annulment, day);
    }

    /**
     * The first day on which a repair of an organisation's record may be asked for: when it has been public as long as it
     * must. Of the regime of the document's day and that of the day of asking the milder counts (从旧兼从轻).
     */
    public LocalDate repairFrom(Severity severity, LocalDate document, LocalDate asked) {
        int months =
                Math.min(at(severity, document).monthsMin(), at(severity, asked).monthsMin());
        return document.plusMonths(months);
    }

    /** The first day on which a penalty is no longer published, by the milder of the two regimes. */
    public LocalDate publishedUntil(Severity severity, LocalDate document, LocalDate asked) {
        int months =
                Math.min(at(severity, document).monthsMax(), at(severity, asked).monthsMax());
        return document.plusMonths(months);
    }

    /** What must be shown for a repair. */
    public Set<Proof> repairRequires(SubjectType subject, Severity severity, LocalDate asked) {
        Conditions found = null;
        for (Conditions one : conditions) {
            if (one.subject() == subject
                    && one.severities().contains(severity)
                    && (found == null || !one.from().isAfter(asked))) {
                found = one;
            }
        }
        return found == null ? EnumSet.allOf(Proof.class) : found.requires();
    }

    private Published at(Severity severity, LocalDate day) {
        Published found = null;
        for (Published one : publication) {
            if (one.severity() == severity && (found == null || !one.from().isAfter(day))) {
                found = one;
            }
        }
        return found == null ? new Published(day, severity, 0, 0) : found;
    }

    private static List<Published> publication(Yaml.Mapping root) {
        List<Published> rows = new ArrayList<>(root.mappings("publication", entry -> {
            Published row = new Published(
                    entry.date("from"),
                    entry.oneOf("severity", Severity.class),
                    entry.integer("months_min", 0, 60),
                    entry.integer("months_max", 0, 60));
            entry.text("legal_basis");
            if (row.monthsMin() > row.monthsMax()) {
                throw entry.fault("months_min", "'months_min' is more than 'months_max'");
            }
            return row;
        }));
        for (Severity severity : Severity.values()) {
            if (rows.stream().noneMatch(row -> row.severity() == severity)) {
                throw root.fault("publication", "'publication' says nothing of severity '" + severity.word() + "'");
            }
        }
        rows.sort(Comparator.comparing(Published::from));
        return List.copyOf(rows);
    }

    private static List<Conditions> conditions(Yaml.Mapping root) {
        List<Conditions> rows = new ArrayList<>(root.mappings("repair_conditions", entry -> {
            Conditions row = new Conditions(
                    entry.date("from"),
                    entry.oneOf("subject", SubjectType.class),
                    words(entry, "severities", Severity.class),
                    words(entry, "requires", Proof.class));
            entry.text("legal_basis");
            return row;
        }));
        for (SubjectType subject : SubjectType.values()) {
            for (Severity severity : Severity.values()) {
                if (rows.stream()
                        .noneMatch(row ->
                                row.subject() == subject && row.severities().contains(severity))) {
                    throw root.fault(
                            "repair_conditions",
                            "'repair_conditions' says nothing of subject '"
                                    + subject.name().toLowerCase(Locale.ROOT) + "', severity '" + severity.word()
                                    + "'");
                }
            }
        }
        rows.sort(Comparator.comparing(Conditions::from));
        return List.copyOf(rows);
    }

    private static <E extends Enum<E>> Set<E> words(Yaml.Mapping entry, String key, Class<E> type) {
        Set<E> words = EnumSet.noneOf(type);
        for (String word : entry.texts(key)) {
            E found = null;
            for (E one : EnumSet.allOf(type)) {
                found = one.name().toLowerCase(Locale.ROOT).equals(word) ? one : found;
            }
            if (found == null) {
                throw entry.fault(
                        key,
                        "'" + key + "' knows "
                                + EnumSet.allOf(type).stream()
                                        .map(one -> one.name().toLowerCase(Locale.ROOT))
                                        .toList()
                                + ", not '" + word + "'");
            }
            words.add(found);
        }
        return Set.copyOf(words);
    }

    private static List<Dated> dated(Yaml.Mapping root, String key, int min, int max) {
        return Dated.of(root, key, min, max);
    }
}
