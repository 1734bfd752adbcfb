package io.osmanthus.engine.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.engine.Seed;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DossierTest {
    private final Dossier dossier = new Dossier();
    private final SubjectFacts back = new SubjectFacts();

    @Test
    void pack_randomFacts_unpackToTheSame() {
        Random random = Seed.random("DossierTest");
        for (int round = 0; round < 20_000; round++) {
            SubjectFacts facts = random(random);
            dossier.pack(facts).unpack(back, facts.type, true);
            assertEquals(text(facts, true), text(back, true));
        }
    }

    @Test
    void unpack_withoutIds_leavesThemNull() {
        SubjectFacts facts = new SubjectFacts();
        facts.recordId[facts.addRecord(3, 20_000, SubjectFacts.NONE, 0, 0)] = "R-1";
        facts.addRecord(4, 20_001, 20_002, 12_345, 1);
        dossier.pack(facts).unpack(back, SubjectType.PERSON, false);
        assertEquals(text(facts, false), text(back, false));
        assertNull(back.recordId[0]);
    }

    @Test
    void pack_typicalRecord_staysSmall() {
        SubjectFacts facts = new SubjectFacts();
        facts.recordId[facts.addRecord(3, 20_000, SubjectFacts.NONE, 12_000, 0)] = "R42-0003269";
        int one = dossier.pack(facts).length();
        facts.recordId[facts.addRecord(3, 20_000, SubjectFacts.NONE, 12_000, 0)] = "R42-0003270";
        int two = dossier.pack(facts).length();
        assertTrue(two - one <= 20, "a record takes " + (two - one) + " bytes");
    }

    private static SubjectFacts random(Random random) {
        SubjectFacts facts = new SubjectFacts();
        boolean person = random.nextBoolean();
        facts.clear(person ? SubjectType.PERSON : SubjectType.ORGANISATION);
        int records = random.nextInt(random.nextInt(10) == 0 ? 60 : 6);
        for (int i = 0; i < records; i++) {
            int index = facts.addRecord(
                    random.nextInt(4_096),
                    day(random),
                    random.nextBoolean() ? SubjectFacts.NONE : day(random),
                    random.nextBoolean() ? 0 : random.nextLong() & Long.MAX_VALUE,
                    random.nextInt(3));
            facts.severity[index] = random.nextInt(4);
            facts.source[index] = random.nextInt(300);
            facts.marks[index] = random.nextInt(8);
            facts.recordId[index] = "记录".repeat(random.nextInt(3)) + "R" + "x".repeat(random.nextInt(200));
        }
        int consents = person ? random.nextInt(30) : 0;
        for (int i = 0; i < consents; i++) {
            facts.addConsent(random.nextInt(16), day(random), random.nextBoolean() ? SubjectFacts.NONE : day(random));
        }
        int arrears = person ? random.nextInt(3) : 0;
        for (int i = 0; i < arrears; i++) {
            facts.arrearsMarks[facts.addArrears(random.nextInt(16), day(random))] = random.nextInt(2);
        }
        int entries = person ? 0 : random.nextInt(4);
        for (int i = 0; i < entries; i++) {
            int index = facts.addEntry(
                    random.nextInt(256), day(random), random.nextBoolean() ? SubjectFacts.NONE : day(random));
            facts.entryMarks[index] = random.nextInt(2);
            facts.entryId[index] = "L" + random.nextInt(1_000_000);
        }
        return facts;
    }

    /** From 1850 to 2149, so that neither end of a date's coding is spared. */
    private static int day(Random random) {
        return -43_829 + random.nextInt(109_573);
    }

    private static String text(SubjectFacts facts, boolean ids) {
        StringBuilder text = new StringBuilder().append(facts.type);
        for (int i = 0; i < facts.recordCount; i++) {
            text.append("\nrecord ").append(facts.item[i]).append(' ').append(facts.occurredOn[i]);
            text.append(' ').append(facts.endedOn[i]).append(' ').append(facts.quantityHundredths[i]);
            text.append(' ').append(facts.act[i]).append(' ').append(facts.marks[i]);
            text.append(' ').append(facts.severity[i]).append(' ').append(facts.source[i]);
            text.append(' ').append(ids ? facts.recordId[i] : "");
        }
        for (int i = 0; i < facts.consentCount; i++) {
            text.append("\nconsent ").append(facts.consentScene[i]).append(' ').append(facts.grantedOn[i]);
            text.append(' ').append(facts.expiresOn[i]);
        }
        for (int i = 0; i < facts.arrearsCount; i++) {
            text.append("\narrears ").append(facts.arrearsScene[i]).append(' ').append(facts.since[i]);
            text.append(' ').append(facts.arrearsMarks[i]);
        }
        for (int i = 0; i < facts.entryCount; i++) {
            text.append("\nentry ").append(facts.list[i]).append(' ').append(facts.enteredOn[i]);
            text.append(' ').append(facts.leavesOn[i]).append(' ').append(facts.entryMarks[i]);
            text.append(' ').append(ids ? facts.entryId[i] : "");
        }
        return text.toString();
    }
}
