package io.osmanthus.snapshots.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.ledger.LedgerLeft.Departed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LedgerLeftTest {
    private static final PseudonymKey KEY = PseudonymKey.ofHex("0f".repeat(32));
    private static final Instant DAY = Instant.parse("2026-10-15T00:00:00Z");
    private static final Subject ANN = new Subject(1, 2);
    private static final Subject BEN = new Subject(3, 4);

    @TempDir
    Path store = Path.of("");

    @Test
    void note_again_theLastOfEachCounts_alsoBehindHalfALine() throws Exception {
        LedgerLeft left = new LedgerLeft(store);
        assertEquals(List.of(), left.read());
        left.note(List.of(new Departed(3, ANN, DAY), new Departed(4, BEN, DAY)));
        Files.writeString(store.resolve(LedgerLeft.FILE), "5 00000000", StandardOpenOption.APPEND);
        left.note(List.of(new Departed(7, ANN, DAY.plusSeconds(1))));
        assertEquals(List.of(new Departed(4, BEN, DAY), new Departed(7, ANN, DAY.plusSeconds(1))), left.read());
    }

    @Test
    void renew_keepsWhoLeftSince_andForgetsWhoLeftBefore() throws Exception {
        LedgerLeft left = new LedgerLeft(store);
        left.note(List.of(new Departed(3, ANN, DAY)));
        left.renew(List.of(new Departed(4, BEN, DAY.plusSeconds(5))), DAY.plusSeconds(1));
        assertEquals(List.of(new Departed(4, BEN, DAY.plusSeconds(5))), left.read());
        left.clear();
        assertEquals(List.of(), left.read());
    }

    /** Before the listener, so before anybody is told; and whoever opens a ledger without that departure is refused. */
    @Test
    void tail_departure_isWrittenDownBeforeItIsHandedOn() throws Exception {
        List<List<Departed>> known = new CopyOnWriteArrayList<>();
        LedgerLeft left = new LedgerLeft(store);
        Path mark = store.resolve(LedgerSeen.FILE);
        LedgerTail.Listener listener = new LedgerTail.Listener() {
            @Override
            public void changed(List<Entry> entries) {
                try {
                    known.add(left.read());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public void heard(long position, long askedNanos) {}

            @Override
            public long vouchedUntilNanos() {
                return System.nanoTime();
            }
        };
        try (Ledger ledger = Ledger.open(Database.fresh(), KEY, InstantSource.fixed(DAY));
                LedgerTail tail = new LedgerTail(ledger, mark, listener)) {
            tail.start();
            ledger.submit(null, page -> {
                        page.appendPersonal(ANN, Kind.LEFT, Payload.of(), "self");
                        return new Act.Outcome(200, new byte[0]);
                    })
                    .join();
            long until = System.nanoTime() + 60_000_000_000L;
            while (known.isEmpty()) {
                assertTrue(System.nanoTime() < until, "not within a minute");
                Thread.onSpinWait();
            }
            assertEquals(List.of(new Departed(1, ANN, DAY)), known.get(0));
            assertEquals(List.of(), left.lacking(ledger));
        }
        Files.deleteIfExists(mark);
        Ledger.Place empty = Database.fresh();
        assertEquals(1, lacking(left, empty));
        try (Ledger ledger = Ledger.open(empty, KEY, InstantSource.system())) {
            LedgerException refused = assertThrows(LedgerException.class, () -> new LedgerTail(ledger, mark, listener));
            assertEquals(LedgerException.Code.REFUSED, refused.code());
        }
    }

    private static int lacking(LedgerLeft left, Ledger.Place place) throws Exception {
        Ledger.open(place, KEY, InstantSource.system()).close();
        return left.lacking(place).size();
    }
}
