package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.StillDelivered;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.Marks;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source that delivers what was retracted or repaired before: counted by source, and by nothing else. */
final class StillDeliveredTest {
    private static final Instant BEFORE = Instant.parse("2026-09-01T08:00:00Z");
    private static final Instant AFTER = Instant.parse("2026-10-16T08:00:00Z");

    @TempDir
    Path directory = Path.of("");

    @Test
    void retractedBeforeTheDelivery_countedBySource_afterItOrDisputedNot() throws Exception {
        Town town = Town.found(directory);
        for (int person = 1; person <= 4; person++) {
            town.deliver(
                    "records.csv",
                    Map.of(
                            "record_id", "court-" + person,
                            "subject_type", "person",
                            "subject_id", Town.CITY.personId(person),
                            "item", "court-default",
                            "occurred_on", "2025-03-01",
                            "decided_on", "2025-03-02",
                            "severity", "general",
                            "source", "法院",
                            "document_no", "17"));
        }
        Ledger.Place place = Database.fresh();
        mark(place, BEFORE, 1, Marks.RETRACTED);
        mark(place, BEFORE, 2, Marks.REPAIRED);
        mark(place, BEFORE, 3, Marks.DISPUTED);
        mark(place, AFTER, 4, Marks.RETRACTED);
        try (Ledger ledger = Ledger.open(place, Town.KEY, InstantSource.fixed(AFTER))) {
            String version = town.build(Town.shipped(), ledger);
            LocalDate deliveredOn = town.store.manifest(version).factsAsOf("records.csv");
            assertEquals(List.of(new StillDelivered.Count("法院", 2)), some(town.store.path(version), deliveredOn));
        }
        try (Serving node = town.serve(Town.shipped(), place)) {
            String metrics = town.text(node, "/metrics");
            assertTrue(metrics.contains("osmanthus_still_delivered_records{source=\"法院\"} 2.0"), "the metric");
        }
        town.store.activate(town.store.list().get(0));
        assertEquals(
                List.of(), some(town.store.path(town.store.list().get(0)), Town.DAY), "a snapshot without a ledger");
    }

    private static List<StillDelivered.Count> some(Path snapshot, LocalDate deliveredOn) {
        return StillDelivered.of(snapshot, deliveredOn).stream()
                .filter(count -> count.records() > 0)
                .toList();
    }

    private static void mark(Ledger.Place place, Instant at, int person, int marks) {
        PseudonymKey.Pseudonymiser persons = Town.KEY.pseudonymiser(Scheme.PERSON);
        persons.make(Canonical.of(Town.CITY.personId(person)));
        Payload payload = Payload.of()
                .with("type", "person")
                .with("record_id", "court-" + person)
                .with("source", "法院")
                .with("marks", marks);
        try (Ledger ledger = Ledger.open(place, Town.KEY, InstantSource.fixed(at))) {
            ledger.submit(null, page -> {
                        page.appendPersonal(
                                new Subject(persons.high(), persons.low()), Kind.RECORD_MARKED, payload, "office");
                        return new Act.Outcome(200, new byte[0]);
                    })
                    .join();
        }
    }
}
