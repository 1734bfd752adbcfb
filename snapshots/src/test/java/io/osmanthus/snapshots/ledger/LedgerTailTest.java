package io.osmanthus.snapshots.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.PseudonymKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LedgerTailTest {
    private static final PseudonymKey KEY = PseudonymKey.ofHex("0f".repeat(32));
    private static final Act.Outcome DONE = new Act.Outcome(200, new byte[0]);

    @TempDir
    Path directory = Path.of("");

    private final List<Long> seen = Collections.synchronizedList(new ArrayList<>());
    private final List<Integer> pages = Collections.synchronizedList(new ArrayList<>());
    private final LedgerTail.Listener listener = new LedgerTail.Listener() {
        @Override
        public void changed(List<Entry> entries) {
            pages.add(entries.size());
            entries.forEach(entry -> seen.add(entry.position()));
        }

        @Override
        public void heard(long position, long askedNanos) {}

        @Override
        public long vouchedUntilNanos() {
            return System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        }
    };

    private static void write(Ledger ledger, int count) {
        for (int i = 0; i < count; i++) {
            ledger.submit(null, page -> {
                        page.appendOpen(new Subject(1, 1), Kind.ENTRY_ADDED, Payload.of(), "desk");
                        return DONE;
                    })
                    .join();
        }
    }

    private static void await(BooleanSupplier condition) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < until, "not within a minute");
            Thread.onSpinWait();
        }
    }

    @Test
    void backlog_whileChecksAreAnswered_isHandedOnInSmallPagesAtAPace() {
        int changes = 12 * LedgerTail.PAGE_MAX + 1;
        try (Ledger ledger = Ledger.open(Database.fresh(), KEY, InstantSource.system());
                LedgerTail tail = new LedgerTail(ledger, null, listener)) {
            ledger.submit(null, page -> {
                        for (int i = 0; i < changes; i++) {
                            page.appendOpen(new Subject(1, 1), Kind.ENTRY_ADDED, Payload.of(), "desk");
                        }
                        return DONE;
                    })
                    .join();
            long begin = System.nanoTime();
            tail.start();
            await(() -> seen.size() == changes);
            long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            assertTrue(ms >= (changes - 1) * 1_000L / Pace.CHANGES_MIN, ms + " ms");
            assertEquals(13, pages.size());
            assertEquals(LedgerTail.PAGE_MAX, Collections.max(pages));
            await(() -> tail.behind() == 0 && tail.position() == changes);
        }
    }

    /** As a restore of an older dump would: the last changes are gone, the counter is back. */
    private static void rewind(Ledger.Place place, long to) throws SQLException {
        try (Connection connection = DriverManager.getConnection(place.jdbcUrl(), place.user(), place.password());
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE change DISABLE TRIGGER ALL");
            statement.execute("DELETE FROM change WHERE position > " + to);
            statement.execute("UPDATE ledger SET position = " + to
                    + ", head = (SELECT hash FROM change WHERE position = " + to + ")");
            statement.execute("ALTER TABLE change ENABLE TRIGGER ALL");
        }
    }

    @Test
    void tail_hearsEveryChangeOnceInOrder_fromItsBegin() {
        Ledger.Place place = Database.fresh();
        try (Ledger ledger = Ledger.open(place, KEY, InstantSource.system())) {
            write(ledger, 5);
            try (LedgerTail tail = new LedgerTail(ledger, null, listener)) {
                tail.start();
                write(ledger, 50);
                await(() -> tail.position() == 55);
                assertEquals(0, tail.behind());
            }
        }
        assertEquals(50, seen.size());
        for (int i = 0; i < 50; i++) {
            assertEquals(6 + i, seen.get(i));
        }
    }

    @Test
    void tail_olderDatabaseRestoredMeanwhile_refused() throws SQLException {
        Ledger.Place place = Database.fresh();
        try (Ledger ledger = Ledger.open(place, KEY, InstantSource.system());
                LedgerTail tail = new LedgerTail(ledger, null, listener)) {
            tail.start();
            write(ledger, 5);
            await(() -> tail.position() == 5);
            rewind(place, 3);
            await(() -> tail.refused() != null);
        }
    }

    @Test
    void tail_olderDatabaseRestoredAndWrittenSince_refused() throws SQLException {
        Ledger.Place place = Database.fresh();
        Path mark = directory.resolve("ledger.seen");
        try (Ledger ledger = Ledger.open(place, KEY, InstantSource.system())) {
            write(ledger, 5);
            try (LedgerTail tail = new LedgerTail(ledger, mark, listener)) {
                tail.start();
                write(ledger, 1);
                await(() -> seen.size() == 1);
            }
            assertTrue(Files.exists(mark));
            rewind(place, 3);
            LedgerException refused = assertThrows(LedgerException.class, () -> new LedgerTail(ledger, mark, listener));
            assertEquals(LedgerException.Code.REFUSED, refused.code());
            assertNotNull(refused.getMessage());
        }
    }

    /** The tail looks four times a second; between two looks an act must not be acknowledged in a ledger that was put back. */
    @Test
    void submit_toAnOlderDatabaseRestoredMeanwhile_neverAcknowledged() throws SQLException {
        Ledger.Place place = Database.fresh();
        try (Ledger ledger = Ledger.open(place, KEY, InstantSource.system());
                LedgerTail tail = new LedgerTail(ledger, null, listener)) {
            tail.start();
            write(ledger, 5);
            await(() -> tail.position() == 5);
            rewind(place, 3);
            assertThrows(CompletionException.class, () -> write(ledger, 1));
            await(() -> tail.refused() != null);
            assertEquals(3, ledger.head().position(), "nothing was written");
        }
    }

    /** By its position alone it would be believed: it has got further than what was seen. */
    @Test
    void tail_olderDatabaseRestoredAndWrittenPastTheMark_refused() throws Exception {
        Ledger.Place place = Database.fresh();
        Path mark = directory.resolve("ledger.seen");
        try (Ledger ledger = Ledger.open(place, KEY, InstantSource.system())) {
            try (LedgerTail tail = new LedgerTail(ledger, mark, listener)) {
                tail.start();
                write(ledger, 6);
                await(() -> tail.position() == 6);
            }
            LedgerSeen seen = Objects.requireNonNull(LedgerSeen.read(mark));
            assertEquals(6, seen.position());
            assertEquals(ledger.hash(6), seen.hash());
        }
        rewind(place, 3);
        try (Ledger ledger = Ledger.open(place, KEY, InstantSource.system())) {
            write(ledger, 4);
            assertEquals(7, ledger.head().position());
            LedgerException refused = assertThrows(LedgerException.class, () -> new LedgerTail(ledger, mark, listener));
            assertEquals(LedgerException.Code.REFUSED, refused.code());
            assertTrue(
                    String.valueOf(refused.getMessage())
                            .contains("the change at position 6 is not the one that was served here"),
                    refused.getMessage());
        }
    }

    @Test
    void tail_markOfBefore_isReadAndGetsAHash() throws Exception {
        Path mark = directory.resolve("ledger.seen");
        try (Ledger ledger = Ledger.open(Database.fresh(), KEY, InstantSource.system())) {
            write(ledger, 2);
            Files.writeString(mark, ledger.id() + " 3\n");
            assertThrows(LedgerException.class, () -> new LedgerTail(ledger, mark, listener));
            Files.writeString(mark, ledger.id() + " 2\n");
            try (LedgerTail tail = new LedgerTail(ledger, mark, listener)) {
                tail.start();
            }
            LedgerSeen seen = Objects.requireNonNull(LedgerSeen.read(mark));
            assertEquals(ledger.head().hash(), seen.hash());
            assertNotNull(seen.at());
            Files.writeString(mark, ledger.id() + " 2 beef\n");
            assertThrows(LedgerException.class, () -> new LedgerTail(ledger, mark, listener));
        }
    }

    @Test
    void tail_anotherLedger_refused() {
        Path mark = directory.resolve("ledger.seen");
        for (int i = 0; i < 2; i++) {
            try (Ledger ledger = Ledger.open(Database.fresh(), KEY, InstantSource.system())) {
                if (i == 1) {
                    assertThrows(LedgerException.class, () -> new LedgerTail(ledger, mark, listener));
                    return;
                }
                try (LedgerTail tail = new LedgerTail(ledger, mark, listener)) {
                    tail.start();
                    write(ledger, 1);
                    await(() -> tail.position() == 1);
                }
            }
        }
    }
}
