package io.osmanthus.snapshots.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.PseudonymKey;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/*
 * Row i of the ledger is about subject i mod 120,000, and of a kind by i mod 5: 0 a mark, 1 a departure, 2 a bound token. So
 * there are more marks and more departed than a page holds, and whatever reads all of them reads five times too much.
 */

/** What each load asks of a ledger, asked of one of many pages. */
final class LargeLedgerTest {
    private static final PseudonymKey KEY = PseudonymKey.ofHex("0f".repeat(32));
    private static final int CHANGES = 240_000;
    private static final int SUBJECTS = 120_000;
    private static final int PLANNED_WITH = 20;
    private static final Ledger.Place PLACE = Database.fresh();
    private static final Ledger LEDGER = Ledger.open(PLACE, KEY, InstantSource.system());

    @BeforeAll
    static void fill() throws SQLException {
        String subject = "decode(lpad(to_hex(i % " + SUBJECTS + "), 32, '0'), 'hex')";
        try (Connection connection = DriverManager.getConnection(PLACE.jdbcUrl(), PLACE.user(), PLACE.password());
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO change (position, subject, kind, key_number, payload, actor, at, hash) SELECT i, "
                            + subject
                            + ", (ARRAY['record_marked', 'left', 'token_bound', 'record_added', 'consent_withdrawn'])[i % 5"
                            + " + 1], 0, convert_to('{}', 'UTF8'), 'test', now(), '\\x00' FROM generate_series(1, "
                            + CHANGES
                            + ") i");
            statement.execute("INSERT INTO person (subject, left_at) SELECT DISTINCT " + subject
                    + ", now() FROM generate_series(1, " + CHANGES + ") i WHERE i % 5 = 1");
            statement.execute("UPDATE ledger SET position = " + CHANGES);
            statement.execute("VACUUM ANALYZE");
        }
    }

    @AfterAll
    static void close() {
        LEDGER.close();
    }

    @Test
    void of_moreThanAPage_everyOneInOrderUpToThePosition() {
        List<Long> positions = new ArrayList<>();
        LEDGER.of(Kind.RECORD_MARKED, 50_000, entry -> positions.add(entry.position()));
        assertEquals(10_000, positions.size());
        for (int i = 0; i < positions.size(); i++) {
            assertEquals(5L * (i + 1), positions.get(i));
        }
    }

    @Test
    void departures_moreThanAPage_everyoneOnceWithTheLast() {
        Map<Subject, Long> positions = new HashMap<>();
        LEDGER.departures(one -> assertEquals(null, positions.put(one.subject(), one.position())));
        assertEquals(24_000, positions.size());
        positions.forEach((subject, position) -> assertEquals(SUBJECTS + subject.low(), position));
    }

    @Test
    void growth_behindAPosition_counted() {
        assertEquals(46_000, LEDGER.growth(10_000));
        assertEquals(0, LEDGER.growth(CHANGES));
    }

    /** No question of a load reads more of the ledger than it is answered with, but for a few that the planner looks at. */
    @Test
    void load_ofALargeLedger_readsWhatItAsksForOnly() throws SQLException {
        ChangeReader reader = new ChangeReader(KEY);
        assertReads(Ledger.PAGE, connection -> reader.of(connection, Kind.RECORD_MARKED, 10_000, CHANGES, Ledger.PAGE));
        assertReads(0, connection -> reader.of(connection, Kind.ENTRY_AMENDED, 0, CHANGES, Ledger.PAGE));
        // each has left twice
        assertReads(2 * Ledger.PAGE, connection -> Ledger.departures(connection, new byte[0]));
        assertReads(200, connection -> Ledger.growth(connection, CHANGES - 1_000));
    }

    private static void assertReads(int rowsMax, Ledger.Reading<?> question) {
        long rows = LEDGER.read(connection -> {
            connection.setAutoCommit(false);
            long before = read(connection);
            question.from(connection);
            long after = read(connection);
            connection.rollback();
            return after - before;
        });
        assertTrue(rows <= rowsMax + PLANNED_WITH, "read " + rows + " rows of the ledger, expected at most " + rowsMax);
    }

    /** Rows of the table and entries of its indexes that this transaction has read. */
    private static long read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT t.seq_tup_read + (SELECT sum(i.idx_tup_read) FROM (SELECT"
                                + " pg_stat_get_xact_tuples_returned(indexrelid) AS idx_tup_read FROM pg_index"
                                + " WHERE indrelid = t.relid) i) FROM pg_stat_xact_user_tables t"
                                + " WHERE t.relname = 'change'")) {
            row.next();
            return row.getLong(1);
        }
    }
}
