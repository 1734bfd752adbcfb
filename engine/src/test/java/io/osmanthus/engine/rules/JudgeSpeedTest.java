package io.osmanthus.engine.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the hot calls cost: no allocation is asserted, the time only printed. */
class JudgeSpeedTest {
    private static final int SUBJECTS = 4_096;
    private static final int DAY = Shipped.day("2026-10-15");

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Random random = Shipped.random("JudgeSpeedTest");
    private final Judge judge = Shipped.RULES.judge();
    private long sink;

    @Test
    void answerWordAndScore_typicalSubjects_allocateNothing() {
        SubjectFacts[] subjects = new SubjectFacts[SUBJECTS];
        int records = 0;
        for (int i = 0; i < SUBJECTS; i++) {
            subjects[i] = i % 8 == 0 ? organisation() : person();
            records += subjects[i].recordCount;
        }
        for (int round = 0; round < 60; round++) {
            words(subjects, DAY);
            scores(subjects, DAY + round % 2);
        }
        // The first call of the bean allocates on its own account.
        sink += allocated();
        long before = allocated();
        words(subjects, DAY);
        scores(subjects, DAY);
        scores(subjects, DAY + 1);
        long bytes = allocated() - before;
        int rounds = 100;
        long start = System.nanoTime();
        for (int round = 0; round < rounds; round++) {
            words(subjects, DAY);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "JudgeSpeedTest: answer words %.1f M subjects/s, %.1f M records/s, %d bytes allocated%n",
                rounds * SUBJECTS / seconds / 1e6, (double) rounds * records / seconds / 1e6, bytes);
        assertEquals(0, bytes, "bytes allocated, sum " + sink);
    }

    private void words(SubjectFacts[] subjects, int day) {
        long sum = 0;
        for (SubjectFacts facts : subjects) {
            sum += judge.answerWord(facts, day);
        }
        sink += sum;
    }

    private void scores(SubjectFacts[] subjects, int day) {
        long sum = 0;
        for (SubjectFacts facts : subjects) {
            sum += judge.score(facts, day) + judge.consents(facts, day) + judge.arrears(facts, day);
        }
        sink += sum;
    }

    private static long allocated() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }

    /** 1 … 5 records, three consents. */
    private SubjectFacts person() {
        SubjectFacts facts = new SubjectFacts();
        facts.clear(SubjectType.PERSON);
        for (int n = random.nextInt(5); n >= 0; n--) {
            int occurred = DAY - random.nextInt(1_200);
            facts.addRecord(random.nextInt(10), occurred, SubjectFacts.NONE, random.nextInt(50_000), 0);
        }
        for (int scene = 0; scene < 3; scene++) {
            facts.addConsent(scene, DAY - random.nextInt(700), SubjectFacts.NONE);
        }
        return facts;
    }

    private SubjectFacts organisation() {
        SubjectFacts facts = new SubjectFacts();
        facts.clear(SubjectType.ORGANISATION);
        for (int n = random.nextInt(3); n >= 0; n--) {
            facts.addRecord(10 + random.nextInt(4), DAY - random.nextInt(1_200), SubjectFacts.NONE, 0, 0);
        }
        facts.addEntry(random.nextInt(17), DAY - 100, SubjectFacts.NONE);
        return facts;
    }
}
