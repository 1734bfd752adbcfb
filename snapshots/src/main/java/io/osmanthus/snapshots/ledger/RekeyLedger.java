package io.osmanthus.snapshots.ledger;

import io.osmanthus.snapshots.KeyedHash;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/*
 * Why in place and in one transaction: positions and the ledger's id are named by snapshots, servers and clients, and stay. Each
 * table is written anew and truncated, so that the files with the old pseudonyms are gone at the commit; a run that is killed
 * has changed nothing. What is left of the old key then are dumps, archives of the log, and what the disk has not overwritten.
 *
 * The chain of hashes runs over what is stored, so it is made anew; the old one is verified first, and its head is kept in
 * table rekeyed, so that who holds a dump can show where the one goes over into the other.
 */

/**
 * Puts a ledger under another pseudonym key: subjects, tokens, keys of persons, kept answers, references of arrears. Servers
 * are stopped meanwhile; one that is not stops answering, since the ledger is no longer the one it has seen.
 *
 * <p>Pseudonyms cannot be turned back: whom nobody names cannot be kept. Someone about whom the ledger holds what takes effect
 * against a delivery (a departure, a withdrawal, an unbound token, a mark) must be named, else a later delivery
 * would bring back what has been undone. Others may be left out: their enrolment is lost, and they may enrol again.
 */
public final class RekeyLedger {
    private static final int BATCH = 1_000;

    /** Every table that is dealt with here. A ledger with others is refused: they may hold pseudonyms. */
    static final Set<String> TABLES = Set.of(
            "ledger",
            "person",
            "change",
            "once",
            "arrears_reference",
            "cases",
            "rekeyed",
            "purpose_served",
            "flyway_schema_history");

    /** What must not be forgotten of anybody. */
    private static final String LASTING =
            "('left', 'consent_withdrawn', 'token_unbound', 'record_marked', 'arrears_marked', 'entry_amended',"
                    + " 'case_filed', 'case_moved')";

    /** Settlements stand under random subjects too: for arrears of people who are not enrolled. These are nobody to miss. */
    private static final String OF_NOBODY = "'arrears_settled'";

    private static final int KEY_NOBODYS = -1;

    private final Connection connection;
    private final PseudonymKey to;
    private final Vault before;
    private final Vault after;
    private final KeyedHash referenceBefore;
    private final KeyedHash referenceAfter;
    private final Progress progress;
    private long changes;
    private long tokensLeftOut;
    private long lastingTokens;

    /** Says who is who under both keys, as often as asked. */
    public interface Names {
        /** Names everybody and everything that can be named. */
        void tell(Listener to) throws Exception;

        /** Takes names. */
        interface Listener {
            /** A person or an organisation. */
            void subject(Subject before, Subject after) throws SQLException;

            /** A token of a scheme, by its pseudonyms. */
            void token(String scheme, Subject before, Subject after) throws SQLException;

            /** Arrears that a delivery brought: their scene and reference. */
            void reference(String scene, String reference) throws SQLException;
        }
    }

    /**
     * What became of it.
     *
     * @param already it was under the new key before
     * @param leftOut persons and organisations that nobody named
     * @param lasting of these, those about whom something lasts: with any, nothing is changed
     * @param tokensLeftOut bound tokens that nobody named
     * @param lastingTokens unbound tokens that nobody named: with any, nothing is changed
     * @param referencesLeftOut references of arrears that nobody named; they answer as one of somebody not enrolled
     * @param done whether it was changed
     */
    public record Result(
            boolean already,
            long changes,
            long leftOut,
            long lasting,
            long tokensLeftOut,
            long lastingTokens,
            long referencesLeftOut,
            boolean done) {
        /** Whether something would be forgotten that must not be. */
        public boolean forbidden() {
            return lasting + lastingTokens > 0;
        }

        /** Whether anybody or any token would be left out. */
        public boolean incomplete() {
            return leftOut + tokensLeftOut > 0;
        }
    }

    private RekeyLedger(Connection connection, PseudonymKey from, PseudonymKey to, Progress progress) {
        this.progress = progress;
        this.connection = connection;
        this.to = to;
        this.before = new Vault(from);
        this.after = new Vault(to);
        this.referenceBefore = KeyedHash.of(from, "arrears/1");
        this.referenceAfter = KeyedHash.of(to, "arrears/1");
    }

    /**
     * Re-keys, or finds that it must not and changes nothing: see {@link Result#done}.
     *
     * @param leaveOut whether those may be left out who are not named and about whom nothing lasts
     * @throws LedgerException UNAVAILABLE; REFUSED where it is under neither key, holds tables of a later version, or its
     *     chain of hashes is broken
     */
    public static Result run(Ledger.Place place, PseudonymKey from, PseudonymKey to, Names names, boolean leaveOut) {
        return run(place, from, to, names, leaveOut, Progress.SILENT);
    }

    /** The same, and says how many changes have been written anew. */
    public static Result run(
            Ledger.Place place, PseudonymKey from, PseudonymKey to, Names names, boolean leaveOut, Progress progress) {
        Properties properties = new Properties();
        properties.setProperty("user", place.user());
        properties.setProperty("password", place.password());
        properties.setProperty("reWriteBatchedInserts", "true");
        try (Connection connection = DriverManager.getConnection(place.jdbcUrl(), properties)) {
            connection.setAutoCommit(false);
            try {
                Result result =
                        new RekeyLedger(connection, from, to, progress).run(from.fingerprint(), names, leaveOut);
                if (result.done()) {
                    connection.commit();
                } else {
                    connection.rollback();
                }
                return result;
            } catch (Exception e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw new LedgerException(
                    LedgerException.Code.UNAVAILABLE,
                    "the ledger (server.yaml, database) cannot be re-keyed, and is as it was: " + e.getMessage(),
                    e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("naming who is in the ledger failed: " + e.getMessage(), e);
        }
    }

    private Result run(String former, Names names, boolean leaveOut) throws Exception {
        String fingerprint = text("SELECT key_fingerprint FROM ledger WHERE one FOR UPDATE");
        if (to.fingerprint().equals(fingerprint)) {
            return new Result(true, 0, 0, 0, 0, 0, 0, false);
        }
        if (fingerprint != null && !fingerprint.equals(former)) {
            throw refused("the ledger is under the pseudonym key " + fingerprint + ", expected " + former + " or "
                    + to.fingerprint());
        }
        refuseUnknownTables();
        execute("CREATE TEMP TABLE named (before bytea PRIMARY KEY, after bytea NOT NULL) ON COMMIT DROP");
        execute("CREATE TEMP TABLE named_token (scheme text, before text, after text NOT NULL,"
                + " PRIMARY KEY (scheme, before)) ON COMMIT DROP");
        execute("CREATE TEMP TABLE named_reference (before bytea PRIMARY KEY, after bytea NOT NULL) ON COMMIT DROP");
        try (Naming naming = new Naming()) {
            names.tell(naming);
        }
        execute("ANALYZE named");
        String unnamed = "(SELECT subject FROM person UNION SELECT subject FROM change WHERE key_number <> "
                + KEY_NOBODYS
                + ") s WHERE NOT EXISTS (SELECT 1 FROM named n WHERE n.before = s.subject) AND EXISTS (SELECT 1 FROM change c"
                + " WHERE c.subject = s.subject AND c.kind <> " + OF_NOBODY + ")";
        long leftOut = number("SELECT count(*) FROM " + unnamed);
        long lasting = number("SELECT count(*) FROM " + unnamed
                + " AND EXISTS (SELECT 1 FROM change c WHERE c.subject = s.subject AND c.kind IN " + LASTING + ")");
        byte[] head = changes();
        persons();
        long references = references();
        answers();
        cases();
        boolean done = lasting + lastingTokens == 0 && (leaveOut || leftOut + tokensLeftOut == 0);
        if (done) {
            conclude(head);
        }
        return new Result(false, changes, leftOut, lasting, tokensLeftOut, lastingTokens, references, done);
    }

    private void refuseUnknownTables() throws SQLException {
        Set<String> unknown = new TreeSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")) {
            while (rows.next()) {
                unknown.add(rows.getString(1));
            }
        }
        unknown.removeAll(TABLES);
        if (!unknown.isEmpty()) {
            throw refused("the ledger has tables that re-keying does not know: " + unknown
                    + "; they may hold pseudonyms under the old key, so nothing is changed");
        }
    }

    /** Fills the tables of names. */
    private final class Naming implements Names.Listener, AutoCloseable {
        private final PreparedStatement subjects =
                connection.prepareStatement("INSERT INTO named (before, after) VALUES (?, ?) ON CONFLICT DO NOTHING");
        private final PreparedStatement tokens = connection.prepareStatement(
                "INSERT INTO named_token (scheme, before, after) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
        private int waiting;

        private Naming() throws SQLException {}

        @Override
        public void subject(Subject earlier, Subject later) throws SQLException {
            subjects.setBytes(1, earlier.bytes());
            subjects.setBytes(2, later.bytes());
            subjects.addBatch();
            full();
        }

        @Override
        public void token(String scheme, Subject earlier, Subject later) throws SQLException {
            tokens.setString(1, scheme);
            tokens.setString(2, hex(earlier));
            tokens.setString(3, hex(later));
            tokens.addBatch();
            full();
        }

        @Override
        public void reference(String scene, String reference) throws SQLException {
            nameReference(scene, reference);
        }

        private void full() throws SQLException {
            if (++waiting == BATCH) {
                flush();
            }
        }

        private void flush() throws SQLException {
            subjects.executeBatch();
            tokens.executeBatch();
            waiting = 0;
        }

        @Override
        public void close() throws SQLException {
            flush();
            subjects.close();
            tokens.close();
        }
    }

    private void nameReference(String scene, String reference) throws SQLException {
        referenceBefore.make(scene, reference);
        referenceAfter.make(scene, reference);
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO named_reference (before, after) VALUES (?, ?) ON CONFLICT DO NOTHING")) {
            insert.setBytes(1, bytes(referenceBefore));
            insert.setBytes(2, bytes(referenceAfter));
            insert.executeUpdate();
        }
    }

    /** Writes every change anew, in order; the hash of the last. */
    private byte[] changes() throws SQLException {
        execute("CREATE TEMP TABLE next_change (LIKE change) ON COMMIT DROP");
        Chain old = new Chain();
        Chain fresh = new Chain();
        byte[] oldHash = new byte[32];
        byte[] hash = new byte[32];
        long all = number("SELECT position FROM ledger");
        try (Progress.Task task = progress.begin("write the ledger anew", all, "changes");
                Statement select = connection.createStatement();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO next_change (position, subject, kind, key_number, payload, actor, at, hash)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
            select.setFetchSize(BATCH);
            try (ResultSet rows = select.executeQuery(
                    "SELECT c.position, c.subject, c.kind, c.key_number, c.payload, c.actor, c.at, c.hash, p.key, n.after"
                            + " FROM change c LEFT JOIN person p ON p.subject = c.subject"
                            + " AND p.key_number = c.key_number AND c.key_number > 0"
                            + " LEFT JOIN named n ON n.before = c.subject ORDER BY c.position")) {
                while (rows.next()) {
                    long position = rows.getLong(1);
                    Chain.Stored row = new Chain.Stored(
                            rows.getBytes(2),
                            rows.getString(3),
                            rows.getInt(4),
                            rows.getBytes(5),
                            rows.getString(6),
                            rows.getTimestamp(7).toInstant());
                    oldHash = old.next(oldHash, position, row);
                    if (!Arrays.equals(oldHash, rows.getBytes(8))) {
                        throw refused("the chain of hashes is broken at position " + position);
                    }
                    Chain.Stored next = translated(row, rows.getBytes(9), rows.getBytes(10));
                    hash = fresh.next(hash, position, next);
                    insert(insert, position, next, hash);
                    task.advance(1);
                    if (++changes % BATCH == 0) {
                        insert.executeBatch();
                    }
                }
            }
            insert.executeBatch();
        }
        if (!Arrays.equals(oldHash, bytes("SELECT head FROM ledger"))) {
            throw refused("the chain of hashes does not end where the ledger says");
        }
        return hash;
    }

    private static void insert(PreparedStatement insert, long position, Chain.Stored row, byte[] hash)
            throws SQLException {
        insert.setLong(1, position);
        insert.setBytes(2, row.subject());
        insert.setString(3, row.kind());
        insert.setInt(4, row.keyNumber());
        insert.setBytes(5, row.payload());
        insert.setString(6, row.actor());
        insert.setTimestamp(7, Timestamp.from(row.at()));
        insert.setBytes(8, hash);
        insert.addBatch();
    }

    private Chain.Stored translated(Chain.Stored row, byte @Nullable [] wrapped, byte @Nullable [] subject)
            throws SQLException {
        if (row.keyNumber() == KEY_NOBODYS) {
            return row;
        }
        if (subject == null) {
            return nobodys(row);
        }
        SecretKeySpec personal = wrapped == null ? null : before.unwrap(wrapped, row.subject());
        byte[] plain = personal == null ? null : before.open(personal, row.payload(), row.subject(), row.kind());
        if (personal == null || plain == null) {
            // Of an organisation; a departure; or under a key that is destroyed, and closed for good.
            return new Chain.Stored(subject, row.kind(), row.keyNumber(), row.payload(), row.actor(), row.at());
        }
        Payload payload = Payload.parse(plain);
        if (row.kind().equals(Kind.TOKEN_BOUND.word())
                || row.kind().equals(Kind.TOKEN_UNBOUND.word())
                || row.kind().equals(Kind.TOKEN_CLAIMED.word())) {
            String token = token(payload.text("scheme"), payload.text("token"));
            if (token == null) {
                tokensLeftOut += row.kind().equals(Kind.TOKEN_BOUND.word()) ? 1 : 0;
                lastingTokens += row.kind().equals(Kind.TOKEN_UNBOUND.word()) ? 1 : 0;
                return nobodys(row);
            }
            // a claimant stands there under the former key: who still claims begins anew
            plain = payload.with("token", token).without("by").bytes();
        } else if (row.kind().equals(Kind.ARREARS_ADDED.word())) {
            nameReference(payload.text("scene"), payload.text("reference"));
        }
        byte[] sealed = after.seal(personal, plain, subject, row.kind());
        return new Chain.Stored(subject, row.kind(), row.keyNumber(), sealed, row.actor(), row.at());
    }

    /** A row that says no more than that there was one: its position must not go missing. */
    private Chain.Stored nobodys(Chain.Stored row) {
        byte[] nobody = Subject.nobody().bytes();
        byte[] sealed = after.seal(after.newKey(), new byte[row.payload().length], nobody, row.kind());
        return new Chain.Stored(nobody, row.kind(), KEY_NOBODYS, sealed, row.actor(), row.at());
    }

    private @Nullable String token(String scheme, String hex) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT after FROM named_token WHERE scheme = ? AND before = ?")) {
            select.setString(1, scheme);
            select.setString(2, hex);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }

    /** Persons' own keys stay what they are; what they are sealed under changes. */
    private void persons() throws SQLException {
        execute("CREATE TEMP TABLE next_person (LIKE person) ON COMMIT DROP");
        long all = number("SELECT count(*) FROM person p JOIN named n ON n.before = p.subject");
        try (Progress.Task task = progress.begin("wrap the keys of persons anew", all, "persons");
                Statement select = connection.createStatement();
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO next_person (subject, key_number, key, enrolled_at,"
                                + " left_at) VALUES (?, ?, ?, ?, ?)")) {
            select.setFetchSize(BATCH);
            int waiting = 0;
            try (ResultSet rows = select.executeQuery("SELECT p.subject, p.key_number, p.key, p.enrolled_at, p.left_at,"
                    + " n.after FROM person p JOIN named n ON n.before = p.subject")) {
                while (rows.next()) {
                    byte[] subject = rows.getBytes(6);
                    byte[] wrapped = rows.getBytes(3);
                    SecretKeySpec key = wrapped == null ? null : before.unwrap(wrapped, rows.getBytes(1));
                    insert.setBytes(1, subject);
                    insert.setInt(2, rows.getInt(2));
                    insert.setBytes(3, key == null ? null : after.wrap(key, subject));
                    insert.setTimestamp(4, rows.getTimestamp(4));
                    insert.setTimestamp(5, rows.getTimestamp(5));
                    insert.addBatch();
                    task.advance(1);
                    if (++waiting % BATCH == 0) {
                        insert.executeBatch();
                    }
                }
            }
            insert.executeBatch();
        }
    }

    /** How many references nobody names: those of persons who are not enrolled, since nothing of these is kept. */
    private long references() throws SQLException {
        long all = number("SELECT count(*) FROM arrears_reference");
        // Whose subject is not named: it was nobody's, or is now.
        execute("CREATE TEMP TABLE next_reference ON COMMIT DROP AS SELECT r.after AS reference,"
                + " coalesce(n.after, decode(md5(random()::text || a.ctid::text), 'hex')) AS subject, a.scene, a.since,"
                + " a.settled FROM arrears_reference a JOIN named_reference r ON r.before = a.reference"
                + " LEFT JOIN named n ON n.before = a.subject");
        return all - number("SELECT count(*) FROM next_reference");
    }

    /** Kept answers, by which a repetition is known. */
    private void answers() throws SQLException {
        execute("CREATE TEMP TABLE next_once (LIKE once) ON COMMIT DROP");
        try (Statement select = connection.createStatement();
                ResultSet rows = select.executeQuery("SELECT scope, body, status, answer, position, at FROM once");
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO next_once (scope, body, status, answer, position, at)"
                                + " VALUES (?, ?, ?, ?, ?, ?)")) {
            while (rows.next()) {
                byte[] scope = rows.getBytes(1);
                byte[] answer = before.openAnswer(rows.getBytes(4), scope);
                insert.setBytes(1, scope);
                insert.setBytes(2, rows.getBytes(2));
                insert.setInt(3, rows.getInt(3));
                insert.setBytes(4, after.sealAnswer(answer == null ? new byte[0] : answer, scope));
                insert.setLong(5, rows.getLong(5));
                insert.setTimestamp(6, rows.getTimestamp(6));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** What a case is about is hashed under the old key too, and cannot be named; what was filed says it still. */
    private void cases() throws SQLException {
        execute("CREATE TEMP TABLE next_cases (LIKE cases) ON COMMIT DROP");
        execute("INSERT INTO next_cases SELECT * FROM cases");
        execute("UPDATE next_cases c SET subject = n.after, object = decode(md5(random()::text || c.id::text), 'hex')"
                + " FROM named n WHERE n.before = c.subject");
    }

    private void conclude(byte[] head) throws SQLException {
        execute("CREATE TABLE IF NOT EXISTS rekeyed (at timestamptz NOT NULL DEFAULT now(), position bigint NOT NULL,"
                + " head_before bytea NOT NULL, head_after bytea NOT NULL, fingerprint_before text,"
                + " fingerprint_after text NOT NULL)");
        try (PreparedStatement note = connection.prepareStatement(
                "INSERT INTO rekeyed (position, head_before, head_after,"
                        + " fingerprint_before, fingerprint_after) SELECT position, head, ?, key_fingerprint, ? FROM ledger")) {
            note.setBytes(1, head);
            note.setString(2, to.fingerprint());
            note.executeUpdate();
        }
        execute("ALTER TABLE change DISABLE TRIGGER change_append_only");
        execute("TRUNCATE change, person, once, arrears_reference, cases");
        execute("INSERT INTO change SELECT * FROM next_change ORDER BY position");
        execute("INSERT INTO person SELECT * FROM next_person");
        execute("INSERT INTO once SELECT * FROM next_once");
        execute("INSERT INTO cases SELECT * FROM next_cases");
        execute("INSERT INTO arrears_reference (reference, subject, scene, since, settled)"
                + " SELECT reference, subject, scene, since, settled FROM next_reference");
        execute("ALTER TABLE change ENABLE TRIGGER change_append_only");
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE ledger SET key_fingerprint = ?, head = ? WHERE one")) {
            update.setString(1, to.fingerprint());
            update.setBytes(2, head);
            update.executeUpdate();
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private @Nullable String text(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    private byte @Nullable [] bytes(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getBytes(1) : null;
        }
    }

    private static byte[] bytes(KeyedHash hash) {
        return ByteBuffer.allocate(Subject.BYTES)
                .putLong(hash.high())
                .putLong(hash.low())
                .array();
    }

    private static String hex(Subject subject) {
        return HexFormat.of().formatHex(subject.bytes());
    }

    private static LedgerException refused(String why) {
        return new LedgerException(LedgerException.Code.REFUSED, why);
    }
}
