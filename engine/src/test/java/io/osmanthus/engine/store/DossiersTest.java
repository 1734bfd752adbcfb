package io.osmanthus.engine.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.osmanthus.engine.Allocation;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import org.junit.jupiter.api.Test;

final class DossiersTest {
    @Test
    void write_fromOneRecordToThousands_readsBack() {
        try (Dossiers dossiers = Dossiers.create(2_000, 40)) {
            Dossiers.Lookup lookup = dossiers.lookup();
            SubjectFacts facts = new SubjectFacts();
            SubjectFacts back = new SubjectFacts();
            for (int records = 1; records <= 2_000; records = records * 3 / 2 + 1) {
                facts.clear(SubjectType.PERSON);
                for (int i = 0; i < records; i++) {
                    int index = facts.addRecord(1, 20_000 + i, SubjectFacts.NONE, i, 0);
                    facts.recordId[index] = "R-" + i;
                }
                lookup.write(records, facts);
                lookup.read(records, back, true);
                assertEquals(records, back.recordCount);
                assertEquals("R-" + (records - 1), back.recordId[records - 1]);
                assertEquals(20_000 + records - 1, back.occurredOn[records - 1]);
            }
        }
    }

    @Test
    void write_emptyFacts_leavesNoDossier() {
        try (Dossiers dossiers = Dossiers.create(100, 40)) {
            Dossiers.Lookup lookup = dossiers.lookup();
            SubjectFacts facts = new SubjectFacts();
            facts.addConsent(1, 20_000, SubjectFacts.NONE);
            lookup.write(7, facts);
            assertEquals(1, dossiers.count());
            facts.clear(SubjectType.PERSON);
            lookup.write(7, facts);
            assertEquals(0, dossiers.count());
            lookup.read(7 | Identifiers.ORGANISATION, facts, true);
            assertEquals(SubjectType.ORGANISATION, facts.type);
        }
    }

    @Test
    void read_withoutIds_allocatesNothing() {
        try (Dossiers dossiers = Dossiers.create(100, 40)) {
            Dossiers.Lookup lookup = dossiers.lookup();
            SubjectFacts facts = new SubjectFacts();
            facts.recordId[facts.addRecord(1, 20_000, SubjectFacts.NONE, 5, 0)] = "R-1";
            lookup.write(7, facts);
            assertEquals(0, Allocation.bytesPerCall(20_000, () -> lookup.read(7, facts, false)), 0.01);
        }
    }
}
