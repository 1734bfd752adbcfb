package io.osmanthus.snapshots.vocabulary;

import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Limits and periods of the law, each with the day from which it holds (法定期限). */
public final class Regimes {
    private final List<Dated> adultAgeYears;
    private final List<Dated> consentYearsMax;
    private final List<Dated> arrearsMonthsMax;
    private final List<Dated> adverseRetentionMonthsMax;
    private final @Nullable CaseLimits cases;

    private Regimes(Yaml.Mapping root) {
        adultAgeYears = dated(root, "adult_age_years", 18, 25);
        consentYearsMax = dated(root, "consent_years_max", 1, 2);
        arrearsMonthsMax = dated(root, "arrears_months_max", 1, 12);
        adverseRetentionMonthsMax = dated(root, "adverse_retention_months_max", 1, 60);
        cases = root.mappingOrNull("cases", CaseLimits::of);
    }

    static Regimes of(Yaml.Mapping root) {
        return new Regimes(root);
    }

    /** Age from which a person may enrol. */
    public int adultAgeYears(LocalDate day) {
        return Dated.at(adultAgeYears, day);
    }

    /** How long a consent stands at the most. */
    public int consentYearsMax(LocalDate day) {
        return Dated.at(consentYearsMax, day);
    }

    /** How long arrears pause a pay-later benefit at the most. */
    public int arrearsMonthsMax(LocalDate day) {
        return Dated.at(arrearsMonthsMax, day);
    }

    /** How long an adverse record is kept at the most, from the end of the act. */
    public int adverseRetentionMonthsMax(LocalDate day) {
        return Dated.at(adverseRetentionMonthsMax, day);
    }

    /** The limits of objections and repairs; null where the file has none: then no case can be taken. */
    public @Nullable CaseLimits cases() {
        return cases;
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
        return Dated.of(root, key, min, max);
    }
}
