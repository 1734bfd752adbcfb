package io.osmanthus.snapshots.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.PseudonymKey;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** References of arrears through a real database: noted once, settled, and nobody's once their person has left. */
final class ArrearsReferencesTest {
    private static final Act.Outcome DONE = new Act.Outcome(200, "{}".getBytes(StandardCharsets.UTF_8));
    private static final byte[] KNOWN = {1, 1, 1};
    private static final byte[] NOBODYS = {2, 2, 2};
    private static final Subject PERSON = new Subject(5, 7);

    private interface Step {
        void on(Page page) throws Exception;
    }

    @Test
    void reference_notedSettledForgotten_answersEachTime() {
        try (Ledger ledger =
                Ledger.open(Database.fresh(), PseudonymKey.ofHex("0f".repeat(32)), InstantSource.system())) {
            List<Boolean> noted = new ArrayList<>();
            act(ledger, page -> {
                noted.add(ArrearsReferences.note(page, KNOWN, PERSON, "parking", 20_000));
                noted.add(ArrearsReferences.note(page, NOBODYS, null, "parking", 20_000));
                noted.add(ArrearsReferences.note(page, KNOWN, PERSON, "parking", 20_001));
            });
            assertEquals(List.of(true, true, false), noted, "a reference is noted once");

            act(ledger, page -> {
                assertEquals(
                        new ArrearsReferences.Named(PERSON, "parking", 20_000, false),
                        ArrearsReferences.find(page, KNOWN));
                assertNull(ArrearsReferences.find(page, new byte[] {3}));
                ArrearsReferences.settle(page, KNOWN);
                assertTrue(named(page, KNOWN).settled());
                assertFalse(named(page, NOBODYS).settled());
                ArrearsReferences.forget(page, PERSON);
            });
            act(ledger, page -> {
                assertNotEquals(PERSON, named(page, KNOWN).subject());
                assertTrue(named(page, KNOWN).settled(), "the debt is still settled, only nobody's");
            });
        }
    }

    private static ArrearsReferences.Named named(Page page, byte[] reference) throws Exception {
        return Objects.requireNonNull(ArrearsReferences.find(page, reference));
    }

    private static void act(Ledger ledger, Step step) {
        ledger.submit(null, page -> {
                    step.on(page);
                    return DONE;
                })
                .join();
    }
}
