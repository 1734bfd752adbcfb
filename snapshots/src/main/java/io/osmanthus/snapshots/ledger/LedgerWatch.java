package io.osmanthus.snapshots.ledger;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/*
 * A database that refuses is known at once; one that hangs (a stopped process, a cut cable, a stalled disk) takes the socket's
 * timeout, which must be long enough for the longest answer. So each short question tells when it begins. One that takes longer
 * than it should is no proof: the machine may be slow. Then a connection of its own is tried, which must answer within a second.
 */

/** Notices that a ledger's database hangs, within {@value #NOTICED_MS} ms. Thread-safe. */
final class LedgerWatch implements AutoCloseable {
    /** The longest that a hanging database is not known to hang, on a machine that has time for the watch. */
    static final int NOTICED_MS = 1_800;

    /** The committer's transaction. */
    static final int COMMIT = 0;

    /** The tail's question how far the ledger has got. */
    static final int TAIL = 1;

    private static final int SUSPECT_MS = 450;
    private static final int PROBE_SECONDS = 1;
    private static final int TICK_MS = 50;

    private final Ledger.Place place;
    private final Properties properties;
    private final Runnable hangs;

    /** When each began, on the clock of {@link System#nanoTime}; 0 for none. */
    private final AtomicLongArray begun = new AtomicLongArray(2);

    private final Thread thread;
    private volatile boolean open = true;

    /**
     * A watch.
     *
     * @param hangs told as long as it hangs, on the watch's thread
     */
    LedgerWatch(Ledger.Place place, Properties properties, Runnable hangs) {
        this.place = place;
        this.hangs = hangs;
        this.properties = new Properties();
        this.properties.putAll(properties);
        this.properties.setProperty("user", place.user());
        this.properties.setProperty("password", place.password());
        this.properties.setProperty("connectTimeout", Integer.toString(PROBE_SECONDS));
        this.properties.setProperty("socketTimeout", Integer.toString(PROBE_SECONDS));
        this.thread = new Thread(this::run, "osmanthus-ledger-watch");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** A question is asked that should take milliseconds. */
    void begins(int which) {
        // 0 is for none
        begun.set(which, System.nanoTime() | 1);
    }

    /** It is answered, or has failed. */
    void ends(int which) {
        begun.set(which, 0);
    }

    @Override
    public void close() {
        open = false;
        thread.interrupt();
    }

    private void run() {
        while (open) {
            try {
                TimeUnit.MILLISECONDS.sleep(TICK_MS);
            } catch (InterruptedException e) {
                // the loop's condition says whether it is the end
                continue;
            }
            if ((late(COMMIT) || late(TAIL)) && !answers() && (late(COMMIT) || late(TAIL))) {
                hangs.run();
            }
        }
    }

    private boolean late(int which) {
        long at = begun.get(which);
        return at != 0 && System.nanoTime() - at > TimeUnit.MILLISECONDS.toNanos(SUSPECT_MS);
    }

    private boolean answers() {
        try (Connection connection = DriverManager.getConnection(place.jdbcUrl(), properties)) {
            return connection.isValid(PROBE_SECONDS);
        } catch (SQLException e) {
            return false;
        }
    }
}
