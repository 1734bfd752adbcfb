package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.osmanthus.engine.rules.Explanation;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What would be: without some records, with others, on another day; nothing of it stays. */
final class SimulationTest {
    private static final int BLOOD = Fixtures.item("blood-donation");
    private static final int HOURS = Fixtures.item("volunteer-hours");
    private static final Change.Subject PERSON = Fixtures.person(1);

    private final Engine engine = new Engine();
    private final Reader reader = engine.reader();

    @BeforeEach
    void fill() {
        Generation generation = Fixtures.empty(10, 1);
        engine.publish(generation);
        try (Writer writer = Writer.of(generation)) {
            writer.apply(1, new Change.Enrol(PERSON, 0));
            writer.apply(
                    2, new Change.GiveConsent(PERSON, Fixtures.scene("transit"), Fixtures.TODAY, SubjectFacts.NONE));
            writer.apply(3, record("R1", "blood-donation"));
            writer.apply(4, record("R2", "court-default"));
        }
        reader.advance();
    }

    @AfterEach
    void close() {
        reader.close();
        engine.close();
    }

    @Test
    void simulate_nothing_asExplained() {
        Explanation now = reader.explain(PERSON.high(), PERSON.low());
        assertEquals(now, simulate(Set.of(), List.of(), Fixtures.TODAY));
        assertEquals(50, Objects.requireNonNull(now).score());
    }

    @Test
    void simulate_withoutAndWith_asIfAndNothingStays() {
        assertEquals(
                110,
                simulate(Set.of("R2", "unheard-of"), List.of(), Fixtures.TODAY).score());
        assertEquals(
                100, simulate(Set.of("R1", "R2"), List.of(), Fixtures.TODAY).score());
        List<Supposed> with = List.of(
                Supposed.of(BLOOD, Fixtures.TODAY), new Supposed(HOURS, Fixtures.TODAY, SubjectFacts.NONE, 5_000));
        Explanation explanation = simulate(Set.of("R2"), with, Fixtures.TODAY);
        assertEquals(130, explanation.score());
        assertEquals("simulated-1", explanation.lines().get(1).recordId());
        assertEquals(-1, explanation.lines().get(1).sourceIndex());
        assertEquals("fare-half", explanation.next().get(0).benefit());
        assertEquals(20, explanation.next().get(0).pointsMissing());
        assertEquals(50, simulate(Set.of(), List.of(), Fixtures.TODAY).score());
    }

    @Test
    void simulate_anotherDay_thatDaysAnswerAndThenTodays() {
        int later = Fixtures.TODAY + 800;
        assertEquals(50, simulate(Set.of(), List.of(), later).score());
        Explanation clear = simulate(Set.of("R2"), List.of(), later);
        assertEquals(100, clear.score());
        assertEquals("expired", clear.lines().get(0).reason());
        assertEquals(10, clear.lines().get(0).pointsBeforeCaps());
        assertEquals(List.of(), clear.next());
        assertEquals(110, simulate(Set.of("R2"), List.of(), Fixtures.TODAY).score());
    }

    @Test
    void simulate_limits_refusedAtOneMore() {
        List<Supposed> most = Collections.nCopies(Supposed.COUNT_MAX, Supposed.of(BLOOD, Fixtures.TODAY));
        assertEquals(130, simulate(Set.of("R2"), most, Fixtures.TODAY).score());
        List<Supposed> more = Collections.nCopies(Supposed.COUNT_MAX + 1, Supposed.of(BLOOD, Fixtures.TODAY));
        assertThrows(IllegalArgumentException.class, () -> simulate(Set.of(), more, Fixtures.TODAY));
        List<Supposed> penalty = List.of(Supposed.of(Fixtures.item("penalty-minor"), Fixtures.TODAY));
        assertThrows(IllegalArgumentException.class, () -> simulate(Set.of(), penalty, Fixtures.TODAY));
        assertThrows(IllegalArgumentException.class, () -> new Supposed(HOURS, 1, 2, -1));
    }

    @Test
    void simulate_notEnrolledOrAnOrganisation_null() {
        Change.Subject organisation = Fixtures.organisation(0);
        assertNull(reader.simulate(1, 2, Set.of(), List.of(), Fixtures.TODAY));
        assertNull(reader.simulate(organisation.high(), organisation.low(), Set.of(), List.of(), Fixtures.TODAY));
    }

    private Explanation simulate(Set<String> without, List<Supposed> with, int day) {
        return Objects.requireNonNull(reader.simulate(PERSON.high(), PERSON.low(), without, with, day));
    }

    private static Change record(String id, String item) {
        int day = Fixtures.TODAY - 10;
        return new Change.AddRecord(
                SubjectType.PERSON, PERSON, id, Fixtures.item(item), 0, day, SubjectFacts.NONE, 0, 0, 0);
    }
}
