package io.osmanthus.snapshots.vocabulary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.vocabulary.CaseLimits.Proof;
import io.osmanthus.snapshots.vocabulary.CaseLimits.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each regime's dates, by the shipped configuration. */
final class CaseLimitsTest {
    private static final Path SHIPPED =
            Path.of(System.getProperty("osmanthus.root", ".")).resolve("config/regimes.yaml");

    @TempDir
    Path directory = Path.of("");

    private static CaseLimits shipped() {
        return Objects.requireNonNull(Yaml.read(SHIPPED, Regimes::of).cases());
    }

    private static String from(Severity severity, String document, String asked) {
        return shipped()
                .repairFrom(severity, LocalDate.parse(document), LocalDate.parse(asked))
                .toString();
    }

    private static String until(Severity severity, String document, String asked) {
        return shipped()
                .publishedUntil(severity, LocalDate.parse(document), LocalDate.parse(asked))
                .toString();
    }

    @Test
    void days_ofTheDefaultRegime() {
        LocalDate day = LocalDate.of(2026, 10, 15);
        assertEquals(3, shipped().objectionOwnWorkingDays(day));
        assertEquals(7, shipped().objectionSourceWorkingDays(day));
        assertEquals(7, shipped().disclosureWorkingDays(day));
        assertEquals(3, shipped().annulmentDays(day));
    }

    @Test
    void publication_underOrder36_andBefore() {
        assertEquals("2026-07-10", from(Severity.GENERAL, "2026-04-10", "2026-05-01"));
        assertEquals("2025-07-10", from(Severity.GENERAL, "2025-04-10", "2025-05-01"));
        assertEquals("2027-04-10", from(Severity.SERIOUS, "2026-04-10", "2026-05-01"));
        assertEquals("2025-10-10", from(Severity.SERIOUS, "2025-04-10", "2025-05-01"));
        assertEquals("2029-04-10", until(Severity.SERIOUS, "2026-04-10", "2026-05-01"));
        assertEquals("2027-04-10", until(Severity.GENERAL, "2026-04-10", "2026-05-01"));
        assertEquals("2026-04-10", until(Severity.MINOR, "2026-04-10", "2026-05-01"));
        assertEquals("2026-04-10", from(Severity.MINOR, "2026-04-10", "2026-05-01"));
    }

    @Test
    void publication_acrossTheChange_theMilderRegimeCounts() {
        assertEquals("2026-06-30", from(Severity.SERIOUS, "2025-12-31", "2026-03-31"));
        assertEquals("2026-06-30", from(Severity.SERIOUS, "2025-12-31", "2026-04-01"), "months end with the month");
        assertEquals("2027-04-01", from(Severity.SERIOUS, "2026-04-01", "2026-04-01"));
        assertEquals("2026-09-30", from(Severity.SERIOUS, "2026-03-31", "2026-04-01"));
    }

    @Test
    void conditions_bySubjectAndSeverity() {
        LocalDate day = LocalDate.of(2026, 10, 15);
        assertEquals(
                Set.of(Proof.DUTIES_FULFILLED), shipped().repairRequires(SubjectType.PERSON, Severity.SERIOUS, day));
        assertEquals(
                Set.of(Proof.DUTIES_FULFILLED),
                shipped().repairRequires(SubjectType.ORGANISATION, Severity.MINOR, day));
        assertEquals(
                Set.of(Proof.DUTIES_FULFILLED, Proof.COMMITMENT_LETTER),
                shipped().repairRequires(SubjectType.ORGANISATION, Severity.GENERAL, day));
    }

    @Test
    void cases_faulty_refusedWithTheReason() throws IOException {
        refused("severity: serious", "severity: grave", "must be one of");
        refused("months_min: 12, months_max: 36", "months_min: 37, months_max: 36", "more than 'months_max'");
        refused("severity: none, months_min", "severity: minor, months_min", "says nothing of severity 'none'");
        refused("severities: [none, minor], requires", "severities: [none], requires", "severity 'minor'");
        refused("requires: [duties_fulfilled, commitment_letter]", "requires: [oath]", "knows");
        refused("annulment_days:", "annulment_day:", "annulment_day");
    }

    private void refused(String text, String by, String words) throws IOException {
        Path file = directory.resolve("regimes.yaml");
        String before = Files.readString(SHIPPED);
        assertTrue(before.contains(text), text);
        Files.writeString(file, before.replace(text, by));
        ConfigException refused = assertThrows(ConfigException.class, () -> Yaml.read(file, Regimes::of));
        assertTrue(
                refused.findings().toString().contains(words),
                refused.findings().toString());
    }
}
