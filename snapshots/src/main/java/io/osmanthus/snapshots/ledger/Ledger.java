package io.osmanthus.snapshots.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.osmanthus.snapshots.PseudonymKey;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger: acts are written by one thread, as many as wait in one transaction (group commit), and read by position.
 * Thread-safe. Outages end by themselves: while the database is away, {@link #submit} fails at once.
 */
public final class Ledger implements AutoCloseable {
    /** Acts waiting for the committer; one more is refused. */
    static final int WAITING_MAX = 4_096;

    /** Acts of one transaction. */
    static final int BATCH_MAX = 256;

    /** How long answers to repetitions are kept. */
    public static final int ONCE_HOURS = 24;

    /**
     * Rows of one question, wherever all are read: none may outlast the socket's timeout, and none may hold what memory does
     * not.
     */
    static final int PAGE = 5_000;

    private static final String NO_HASH = "0".repeat(64);

    /** Of changes that are only counted. */
    static final int GROWTH_PAGE = 500_000;

    static final String CHANNEL = "osmanthus_ledger";

    /** The SQL state of a connection that failed. */
    private static final String BROKEN = "08006";

    private static final int PROBE_INTERVAL_MS = 200;
    private static final int CONNECT_TIMEOUT_MS = 2_000;
    private static final int VALIDATE_TIMEOUT_MS = 1_000;
    private static final int SOCKET_TIMEOUT_SECONDS = 20;
    private static final int POOL_SIZE = 6;
    private static final long TIDY_INTERVAL_MS = 600_000;
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    private final Place place;
    private final HikariDataSource pool;
    private final PseudonymKey key;
    private final InstantSource clock;
    private final UUID id;
    private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(WAITING_MAX);
    private final Thread committer;
    private final Vault vault;
    private volatile Commits commits = (acts, nanos) -> {};
    private volatile boolean available = true;
    private volatile boolean open = true;
    private volatile boolean refused;
    private final LedgerWatch watch;

    /** How far the ledger has been followed here: one that is behind it was restored, and is not written to. */
    private volatile long followed;

    /** What is being committed, for who must be told that it hangs. */
    private volatile List<Waiting> committing = List.of();

    private long tidiedMs;

    /** Where the database is. The credentials are secrets. */
    public record Place(String jdbcUrl, String user, String password) {
        @Override
        public String toString() {
            return "Place[" + jdbcUrl + "]";
        }
    }

    /**
     * Which ledger, and how far it has got.
     *
     * @param hash of the change at the position, in 64 hexadecimal digits; zeros before the first
     */
    public record Head(UUID id, long position, String hash) {}

    private record Waiting(@Nullable Once once, Act act, CompletableFuture<Act.Receipt> done) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Kept(byte[] body, int status, byte[] answer, long position) {}

    private Ledger(Place place, HikariDataSource pool, PseudonymKey key, InstantSource clock, UUID id) {
        this.place = place;
        this.pool = pool;
        this.key = key;
        this.clock = clock;
        this.id = id;
        this.vault = new Vault(key);
        this.watch = new LedgerWatch(place, properties(), this::hangs);
        this.committer = new Thread(this::commitAll, "osmanthus-ledger");
        committer.setDaemon(true);
    }

    /**
     * Connects, brings the tables up to this version, and begins to take acts.
     *
     * @throws LedgerException UNAVAILABLE where the database cannot be reached; REFUSED where it was written under another
     *     pseudonym key
     */
    public static Ledger open(Place place, PseudonymKey key, InstantSource clock) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("osmanthus-ledger");
        config.setJdbcUrl(place.jdbcUrl());
        config.setUsername(place.user());
        config.setPassword(place.password());
        config.setMaximumPoolSize(POOL_SIZE);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_TIMEOUT_MS);
        config.setInitializationFailTimeout(CONNECT_TIMEOUT_MS);
        config.setValidationTimeout(VALIDATE_TIMEOUT_MS);
        config.setDataSourceProperties(properties());
        HikariDataSource pool = null;
        try {
            pool = new HikariDataSource(config);
            Flyway.configure()
                    .dataSource(migrating(place))
                    .locations("classpath:io/osmanthus/snapshots/ledger")
                    .load()
                    .migrate();
            Ledger ledger = new Ledger(place, pool, key, clock, identify(pool, key));
            ledger.committer.start();
            ledger.watch.start();
            return ledger;
        } catch (SQLException | FlywayException | com.zaxxer.hikari.pool.HikariPool.PoolInitializationException e) {
            if (pool != null) {
                pool.close();
            }
            throw new LedgerException(
                    LedgerException.Code.UNAVAILABLE,
                    "the database of the ledger (server.yaml, database) cannot be used: " + e.getMessage(),
                    e);
        } catch (LedgerException e) {
            if (pool != null) {
                pool.close();
            }
            throw e;
        }
    }

    /** This ledger's name, for good; a restored copy bears it too. */
    public UUID id() {
        return id;
    }

    /** Acts that wait for the committer. */
    public int waiting() {
        return queue.size();
    }

    /** Who is told of each transaction that was committed, on the committer's thread; it must return at once. */
    public void onCommit(Commits told) {
        commits = told;
    }

    /** A transaction was committed. */
    @FunctionalInterface
    public interface Commits {
        /** {@code nanos}: from the wish for a connection to the database's word that it is safe. */
        void committed(int acts, long nanos);
    }

    /** Whether the database answered when last asked. */
    public boolean available() {
        return available;
    }

    /**
     * Hands in an act. It is done once the transaction has been committed, on the ledger's thread; or fails with what the act
     * threw, or with a {@link LedgerException}: UNAVAILABLE, OVERLOADED, KEY_REUSED.
     *
     * @param once what makes a repetition the same act: it is then answered as the first was; null for none
     */
    public CompletableFuture<Act.Receipt> submit(@Nullable Once once, Act act) {
        CompletableFuture<Act.Receipt> done = new CompletableFuture<>();
        if (!open || !available) {
            done.completeExceptionally(away(null));
        } else if (!queue.offer(new Waiting(once, act, done))) {
            done.completeExceptionally(new LedgerException(
                    LedgerException.Code.OVERLOADED, WAITING_MAX + " acts wait for the ledger already"));
        }
        return done;
    }

    /** How far the ledger has got. */
    public Head head() {
        return read(connection -> {
            try (PreparedStatement select =
                            connection.prepareStatement("SELECT id, position, encode(head, 'hex') FROM ledger");
                    ResultSet row = select.executeQuery()) {
                row.next();
                return new Head(row.getObject(1, UUID.class), row.getLong(2), row.getString(3));
            }
        });
    }

    /** The hash of the change at a position, which stands for everything up to it; null where there is none. */
    public @Nullable String hash(long position) {
        return read(connection -> hash(connection, position));
    }

    static @Nullable String hash(Connection connection, long position) throws SQLException {
        if (position == 0) {
            return NO_HASH;
        }
        try (PreparedStatement select =
                connection.prepareStatement("SELECT encode(hash, 'hex') FROM change WHERE position = ?")) {
            select.setLong(1, position);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }

    /** Now, by the clock of what is written. */
    Instant now() {
        return clock.instant();
    }

    /** The changes after a position, in order, at most {@code max}. */
    public List<Entry> after(long position, int max) {
        return read(connection -> reader().after(connection, position, max));
    }

    /** Every change about a subject whose payload can still be read, in order. */
    public List<Entry> about(Subject subject) {
        return read(connection -> reader().about(connection, subject));
    }

    /** Everyone who has ever left, each once, with the last departure. Read page by page; blocks as long as that takes. */
    public void departures(Consumer<Departure> departed) {
        byte[] after = new byte[0];
        while (true) {
            byte[] from = after;
            List<Departure> page = read(connection -> departures(connection, from));
            page.forEach(departed);
            if (page.size() < PAGE) {
                return;
            }
            after = page.get(page.size() - 1).subject().bytes();
        }
    }

    /** The next page of those who have left, in the order of subjects. */
    static List<Departure> departures(Connection connection, byte[] after) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT p.subject, p.left_at, p.key IS NULL, (SELECT max(c.position) FROM change c"
                        + " WHERE c.subject = p.subject AND c.kind = 'left') FROM person p"
                        + " WHERE p.left_at IS NOT NULL AND p.subject > ? ORDER BY p.subject LIMIT " + PAGE)) {
            select.setBytes(1, after);
            List<Departure> departures = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    departures.add(new Departure(
                            Subject.of(rows.getBytes(1)),
                            rows.getTimestamp(2).toInstant(),
                            rows.getBoolean(3),
                            rows.getLong(4)));
                }
            }
            return departures;
        }
    }

    /**
     * Everything there is, as of one moment: who has left, then every change in order. Blocks as long as that takes.
     *
     * @param change takes a change, or says that it cannot: then the position before it is the last
     * @return which ledger, and the position of the last change taken
     */
    public Head everything(Consumer<Departure> departed, Predicate<Entry> change) {
        return read(connection -> {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try {
                List<Departure> left = departures(connection, new byte[0]);
                while (!left.isEmpty()) {
                    left.forEach(departed);
                    left = departures(
                            connection, left.get(left.size() - 1).subject().bytes());
                }
                ChangeReader reader = reader();
                long position = 0;
                List<Entry> entries = reader.after(connection, position, LedgerTail.BATCH_MAX);
                while (!entries.isEmpty()) {
                    for (Entry entry : entries) {
                        if (!change.test(entry)) {
                            return head(connection, position);
                        }
                        position = entry.position();
                    }
                    entries = reader.after(connection, position, LedgerTail.BATCH_MAX);
                }
                return head(connection, position);
            } finally {
                connection.rollback();
            }
        });
    }

    private Head head(Connection connection, long position) throws SQLException {
        String hash = hash(connection, position);
        if (hash == null) {
            throw new SQLException("the ledger has lost the change at position " + position);
        }
        return new Head(id, position, hash);
    }

    /**
     * Changes of some kinds about a subject, those that can still be read: after a position in order, or before one
     * newest first.
     *
     * @param max at most so many
     */
    public List<Entry> about(Subject subject, Set<Kind> kinds, long from, boolean newestFirst, int max) {
        return read(connection -> reader().about(connection, subject, kinds, from, newestFirst, max));
    }

    /** Entries of lists that were added or amended before a position, newest first; at most {@code max}. */
    public List<Entry> entriesBefore(long position, int max) {
        return read(connection -> reader().entriesBefore(connection, position, max));
    }

    /** The changes of a kind up to a position, in order. Read page by page; blocks as long as that takes. */
    public void of(Kind kind, long until, Consumer<Entry> taken) {
        ChangeReader reader = reader();
        long after = 0;
        while (true) {
            long from = after;
            List<Entry> page = read(connection -> reader.of(connection, kind, from, until, PAGE));
            page.forEach(taken);
            if (page.size() < PAGE) {
                return;
            }
            after = page.get(page.size() - 1).position();
        }
    }

    /**
     * Somebody who left.
     *
     * @param at when, the last time
     * @param gone false: enrolled again since
     * @param position of the change by which they left, the last time
     */
    public record Departure(Subject subject, Instant at, boolean gone, long position) {}

    /** How many enrolments and bindings of tokens came after a position: room that a generation needs beside its snapshot's. */
    public long growth(long after) {
        long count = 0;
        long from = after;
        while (true) {
            long begin = from;
            long[] counted = read(connection -> growth(connection, begin));
            count += counted[0];
            if (counted[0] < GROWTH_PAGE) {
                return count;
            }
            from = counted[1];
        }
    }

    /** How many of the next so many, and the position of the last of them. */
    static long[] growth(Connection connection, long after) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT count(*), max(position) FROM (SELECT position FROM change"
                        + " WHERE kind IN ('enrolled', 'token_bound') AND position > ? ORDER BY position LIMIT "
                        + GROWTH_PAGE + ") page")) {
            select.setLong(1, after);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return new long[] {row.getLong(1), row.getLong(2)};
            }
        }
    }

    /**
     * Reads something with a connection of the pool; blocks.
     *
     * @throws LedgerException UNAVAILABLE
     */
    public <T extends @Nullable Object> T read(Reading<T> reading) {
        try (Connection connection = pool.getConnection()) {
            return reading.from(connection);
        } catch (SQLException e) {
            throw away(e);
        }
    }

    /** What is done with a connection. */
    @FunctionalInterface
    public interface Reading<T extends @Nullable Object> {
        T from(Connection connection) throws SQLException;
    }

    /** Acts that wait are refused; the one being written is finished. */
    @Override
    public void close() {
        open = false;
        watch.close();
        committer.interrupt();
        try {
            committer.join(TimeUnit.SECONDS.toMillis(SOCKET_TIMEOUT_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        refuseWaiting();
        pool.close();
    }

    /** A connection of its own, for one who listens. */
    Connection connect() throws SQLException {
        Properties properties = properties();
        properties.setProperty("user", place.user());
        properties.setProperty("password", place.password());
        return DriverManager.getConnection(place.jdbcUrl(), properties);
    }

    /** A way to read changes with a connection of one's own. */
    ChangeReader reader() {
        return new ChangeReader(key);
    }

    /** It is not the ledger it was: nothing is written to it any more. */
    void refuse() {
        refused = true;
        available = false;
    }

    /** The tail has got to a position. */
    void followed(long position) {
        followed = position;
    }

    /** Who watches whether the database hangs. */
    LedgerWatch watch() {
        return watch;
    }

    /** Whoever waits is told; what becomes of the transaction under way nobody knows before it ends. */
    private void hangs() {
        if (available) {
            LOG.warn("the ledger's database hangs: it does not answer a connection of its own either");
        }
        available = false;
        committing.forEach(waiting -> waiting.done().completeExceptionally(away(null)));
        refuseWaiting();
    }

    /** The database broke off for one who listens: writing fails at once until it answers again. */
    void lost() {
        available = false;
    }

    /** Building an index over a large ledger takes longer than any answer may: here nothing ends it. */
    private static DataSource migrating(Place place) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(place.jdbcUrl());
        source.setUser(place.user());
        source.setPassword(place.password());
        source.setConnectTimeout(CONNECT_TIMEOUT_MS / 1000);
        source.setTcpKeepAlive(true);
        source.setApplicationName("osmanthus");
        return source;
    }

    private static Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_TIMEOUT_MS / 1000));
        properties.setProperty("socketTimeout", Integer.toString(SOCKET_TIMEOUT_SECONDS));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("reWriteBatchedInserts", "true");
        properties.setProperty("ApplicationName", "osmanthus");
        return properties;
    }

    private static UUID identify(HikariDataSource pool, PseudonymKey key) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement claim = connection.prepareStatement(
                        "UPDATE ledger SET key_fingerprint = coalesce(key_fingerprint, ?) RETURNING id, key_fingerprint")) {
            claim.setString(1, key.fingerprint());
            try (ResultSet row = claim.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("the ledger has lost its counter row");
                }
                if (!key.fingerprint().equals(row.getString(2))) {
                    throw new LedgerException(
                            LedgerException.Code.REFUSED,
                            "the ledger was written under another pseudonym key (fingerprint " + row.getString(2)
                                    + ", ours " + key.fingerprint() + "): give OSMANTHUS_PSEUDONYM_KEY as it was");
                }
                return row.getObject(1, UUID.class);
            }
        }
    }

    private void commitAll() {
        List<Waiting> batch = new ArrayList<>(BATCH_MAX);
        while (open) {
            try {
                Waiting first = queue.poll(PROBE_INTERVAL_MS, TimeUnit.MILLISECONDS);
                if (first == null) {
                    idle();
                    continue;
                }
                batch.add(first);
                queue.drainTo(batch, BATCH_MAX - 1);
                committing = List.copyOf(batch);
                watch.begins(LedgerWatch.COMMIT);
                commit(batch);
            } catch (InterruptedException e) {
                LOG.debug("asked to end");
            } catch (RuntimeException | AssertionError e) {
                // nobody else commits: this thread goes on, and who waits is told
                available = false;
                LOG.error(
                        "committing failed ({}); it is tried again",
                        e.getClass().getName());
                LedgerException away = away(null);
                batch.forEach(waiting -> waiting.done().completeExceptionally(away));
            } finally {
                watch.ends(LedgerWatch.COMMIT);
                committing = List.of();
                batch.clear();
            }
        }
    }

    /** Nothing waits: is an outage over, are there old answers to forget? */
    private void idle() {
        if (!available) {
            try (Connection connection = pool.getConnection()) {
                available = !refused && connection.isValid(1);
                if (available) {
                    LOG.info("the ledger's database answers again");
                }
            } catch (SQLException e) {
                refuseWaiting();
            }
        } else if (clock.millis() - tidiedMs > TIDY_INTERVAL_MS) {
            tidiedMs = clock.millis();
            try (Connection connection = pool.getConnection();
                    PreparedStatement forget = connection.prepareStatement("DELETE FROM once WHERE at < ?")) {
                forget.setTimestamp(1, Timestamp.from(clock.instant().minus(ONCE_HOURS, ChronoUnit.HOURS)));
                forget.executeUpdate();
            } catch (SQLException e) {
                LOG.warn("old answers could not be forgotten: {}", e.getSQLState());
            }
        }
    }

    private void commit(List<Waiting> batch) {
        List<Act.@Nullable Receipt> receipts = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        long began = System.nanoTime();
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try {
                Page page = Page.begin(connection, vault, clock.instant().truncatedTo(ChronoUnit.MICROS));
                if (page.position() < followed) {
                    // before the tail has looked: what was acknowledged here would stand in a ledger that nobody
                    // believes
                    throw new SQLException("the ledger is behind what was seen of it", BROKEN);
                }
                Map<String, Kept> kept = kept(connection, batch, page.at());
                Map<String, Kept> fresh = new HashMap<>();
                for (Waiting waiting : batch) {
                    receipts.add(one(page, waiting, kept, fresh, failures));
                }
                page.write();
                keep(connection, fresh, page.at());
                connection.commit();
                commits.committed(batch.size(), System.nanoTime() - began);
            } catch (SQLException e) {
                rollBack(connection, e);
                throw e;
            } catch (RuntimeException | AssertionError e) {
                // the driver asserts where its connection breaks in the middle of a batch
                SQLException broken = new SQLException("the transaction broke off: " + e.getClass(), BROKEN, e);
                rollBack(connection, broken);
                throw broken;
            }
        } catch (SQLException e) {
            available = false;
            // not its message: the driver quotes the rows
            LOG.warn("the ledger's database is away ({})", e.getSQLState());
            batch.forEach(waiting -> waiting.done().completeExceptionally(away(e)));
            refuseWaiting();
            return;
        }
        int failed = 0;
        for (int i = 0; i < batch.size(); i++) {
            Act.Receipt receipt = receipts.get(i);
            if (receipt == null) {
                batch.get(i).done().completeExceptionally(failures.get(failed++));
            } else {
                batch.get(i).done().complete(receipt);
            }
        }
    }

    private Act.@Nullable Receipt one(
            Page page, Waiting waiting, Map<String, Kept> kept, Map<String, Kept> fresh, List<Throwable> failures)
            throws SQLException {
        Once once = waiting.once();
        String scope = once == null ? "" : HexFormat.of().formatHex(once.scope());
        Kept before = kept.get(scope);
        if (once != null && before != null) {
            if (!Arrays.equals(before.body(), once.body())) {
                failures.add(new LedgerException(
                        LedgerException.Code.KEY_REUSED, "the idempotency key has been used with another body"));
                return null;
            }
            return new Act.Receipt(new Act.Outcome(before.status(), before.answer()), before.position());
        }
        page.begin();
        try {
            Act.Outcome outcome = waiting.act().on(page);
            if (once != null) {
                Kept now = new Kept(once.body(), outcome.status(), outcome.body(), page.position());
                kept.put(scope, now);
                fresh.put(scope, now);
            }
            return new Act.Receipt(outcome, page.position());
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if (state.startsWith("08") || state.startsWith("57")) {
                throw e;
            }
            page.undo();
            failures.add(e);
        } catch (Exception | Error e) {
            page.undo();
            failures.add(e);
        }
        return null;
    }

    private Map<String, Kept> kept(Connection connection, List<Waiting> batch, Instant now) throws SQLException {
        Map<String, Kept> kept = new HashMap<>();
        byte[][] scopes = batch.stream()
                .map(Waiting::once)
                .filter(once -> once != null)
                .map(once -> once.scope())
                .toArray(byte[][]::new);
        if (scopes.length == 0) {
            return kept;
        }
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT scope, body, status, answer, position FROM once WHERE scope = ANY (?) AND at >= ?")) {
            select.setArray(1, connection.createArrayOf("bytea", scopes));
            select.setTimestamp(2, Timestamp.from(now.minus(ONCE_HOURS, ChronoUnit.HOURS)));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    byte[] scope = rows.getBytes(1);
                    byte[] answer = vault.openAnswer(rows.getBytes(4), scope);
                    kept.put(
                            HexFormat.of().formatHex(scope),
                            new Kept(
                                    rows.getBytes(2),
                                    rows.getInt(3),
                                    answer == null ? new byte[0] : answer,
                                    rows.getLong(5)));
                }
            }
        }
        return kept;
    }

    private void keep(Connection connection, Map<String, Kept> fresh, Instant now) throws SQLException {
        if (fresh.isEmpty()) {
            return;
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO once (scope, body, status, answer, position, at) VALUES (?, ?, ?, ?, ?, ?)"
                        + " ON CONFLICT (scope) DO UPDATE SET body = excluded.body, status = excluded.status,"
                        + " answer = excluded.answer, position = excluded.position, at = excluded.at")) {
            for (Map.Entry<String, Kept> entry : fresh.entrySet()) {
                byte[] scope = HexFormat.of().parseHex(entry.getKey());
                Kept kept = entry.getValue();
                insert.setBytes(1, scope);
                insert.setBytes(2, kept.body());
                insert.setInt(3, kept.status());
                insert.setBytes(4, vault.sealAnswer(kept.answer(), scope));
                insert.setLong(5, kept.position());
                insert.setTimestamp(6, Timestamp.from(now));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private void refuseWaiting() {
        List<Waiting> rest = new ArrayList<>();
        queue.drainTo(rest);
        rest.forEach(waiting -> waiting.done().completeExceptionally(away(null)));
    }

    private static void rollBack(Connection connection, SQLException cause) {
        try {
            connection.rollback();
        } catch (SQLException | RuntimeException | AssertionError e) {
            cause.addSuppressed(e);
        }
    }

    private static LedgerException away(@Nullable SQLException cause) {
        String message = "the ledger's database cannot be reached";
        return cause == null
                ? new LedgerException(LedgerException.Code.UNAVAILABLE, message)
                : new LedgerException(LedgerException.Code.UNAVAILABLE, message, cause);
    }
}
