package io.osmanthus.snapshots.vocabulary;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Limits and periods of the law, each with the day from which it holds (法定期限). */
public final class Regimes {
    private record Dated(LocalDate from, int value, String legalBasis) {}

    private final List<Dated> adultAgeYears;
    private final List<Dated> consentYearsMax;
    private final List<Dated> arrearsMonthsMax;
    private final List<Dated> adverseRetentionMonthsMax;

    private Regimes(Yaml.Mapping root) {
        adultAgeYears = dated(root, "adult_age_years", 18, 25);
        consentYearsMax = dated(root, "consent_years_max", 1, 2);
        arrearsMonthsMax = dated(root, "arrears_months_max", 1, 12);
        adverseRetentionMonthsMax = dated(root, "adverse_retention_months_max", 1, 60);
    }

    static Regimes of(Yaml.Mapping root) {
        return new Regimes(root);
    }

    /** Age from which a person may enrol. */
    public int adultAgeYears(LocalDate day) {
        return at(adultAgeYears, day);
    }

    /** How long a consent stands at the most. */
    public int consentYearsMax(LocalDate day) {
        return at(consentYearsMax, day);
    }

    /** How long arrears pause a pay-later benefit at the most. */
    public int arrearsMonthsMax(LocalDate day) {
        return at(arrearsMonthsMax, day);
    }

    /** How long an adverse record is kept at the most, from the end of the act. */
    public int adverseRetentionMonthsMax(LocalDate day) {
        return at(adverseRetentionMonthsMax, day);
    }

    /** The days from which a value of any limit holds, ascending: between two of them nothing changes. */
    public List<LocalDate> changes() {
        return Stream.of(adultAgeYears, consentYearsMax, arrearsMonthsMax, adverseRetentionMonthsMax)
                .flatMap(List::stream)
                .map(Dated::from)
                .distinct()
                .sorted()
                .toList();
    }

    private static List<Dated> dated(Yaml.Mapping root, String key, int min, int max) {
        List<Dated> values = new ArrayList<>(root.mappings(
                key,
                entry -> new Dated(entry.date("from"), entry.integer("value", min, max), entry.text("legal_basis"))));
        if (values.isEmpty()) {
            throw root.fault(key, "'" + key + "' needs at least one dated value");
        }
        values.sort(Comparator.comparing(Dated::from));
        return List.copyOf(values);
    }

    private static int at(List<Dated> values, LocalDate day) {
        int value = values.get(0).value();
        for (Dated dated : values) {
            if (!dated.from().isAfter(day)) {
                value = dated.value();
            }
        }
        return value;
    }
}
