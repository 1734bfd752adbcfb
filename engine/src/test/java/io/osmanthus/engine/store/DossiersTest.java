package io.osmanthus.engine.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.osmanthus.engine.Allocation;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DossiersTest {
    @Test
    void write_fromOneRecordToThousands_readsBack() {
        try (Dossiers dossiers = Dossiers.create(2_001, 0)) {
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
        try (Dossiers dossiers = Dossiers.create(100, 100)) {
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
    void write_again_readsTheLatestAndCountsWhatItLeft() {
        try (Dossiers dossiers = Dossiers.create(10, 0)) {
            Dossiers.Lookup lookup = dossiers.lookup();
            SubjectFacts facts = new SubjectFacts();
            facts.addConsent(1, 20_000, SubjectFacts.NONE);
            lookup.write(3, facts);
            long before = dossiers.abandonedBytes();
            for (int i = 0; i < 100; i++) {
                facts.clear(SubjectType.PERSON);
                facts.addConsent(1, 20_000 + i, SubjectFacts.NONE);
                lookup.write(3, facts);
            }
            lookup.read(3, facts, true);
            assertEquals(20_099, facts.grantedOn[0]);
            assertEquals(1, dossiers.count());
            assertEquals(before, dossiers.abandonedBytes(), "100 of them lie in the block that was taken");
            assertEquals(0, dossiers.abandonedBytes() % 4);
        }
    }

    @Test
    void write_millionsFromFourThreads_eachReadsBack() throws InterruptedException {
        int places = 400_000;
        try (Dossiers dossiers = Dossiers.create(places, 0)) {
            List<Thread> threads = IntStream.range(0, 4)
                    .mapToObj(part -> new Thread(() -> fill(dossiers.lookup(), part, places)))
                    .toList();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            Dossiers.Lookup lookup = dossiers.lookup();
            SubjectFacts facts = new SubjectFacts();
            for (int place = 0; place < places; place++) {
                lookup.read(place, facts, true);
                assertEquals(place, facts.grantedOn[0]);
                assertEquals(place % 20, facts.consentCount - 1);
            }
            assertEquals(places, dossiers.count());
        }
    }

    @Test
    void read_placeBeyondItsKind_isRefused() {
        try (Dossiers dossiers = Dossiers.create(10, 5)) {
            Dossiers.Lookup lookup = dossiers.lookup();
            SubjectFacts facts = new SubjectFacts();
            assertThrows(IndexOutOfBoundsException.class, () -> lookup.read(10, facts, false));
            assertThrows(
                    IndexOutOfBoundsException.class, () -> lookup.read(5 | Identifiers.ORGANISATION, facts, false));
            lookup.read(4 | Identifiers.ORGANISATION, facts, false);
        }
    }

    private static void fill(Dossiers.Lookup lookup, int part, int places) {
        SubjectFacts facts = new SubjectFacts();
        for (int place = part; place < places; place += 4) {
            facts.clear(SubjectType.PERSON);
            for (int i = 0; i <= place % 20; i++) {
                facts.addConsent(i % 16, place, SubjectFacts.NONE);
            }
            lookup.write(place, facts);
        }
    }

    @Test
    void read_withoutIds_allocatesNothing() {
        try (Dossiers dossiers = Dossiers.create(100, 100)) {
            Dossiers.Lookup lookup = dossiers.lookup();
            SubjectFacts facts = new SubjectFacts();
            facts.recordId[facts.addRecord(1, 20_000, SubjectFacts.NONE, 5, 0)] = "R-1";
            lookup.write(7, facts);
            assertEquals(0, Allocation.bytesPerCall(20_000, () -> lookup.read(7, facts, false)), 0.01);
        }
    }
}
