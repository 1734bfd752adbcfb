package io.osmanthus.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Who goes on asking after the day's budget is spent does not look for an answer, but through numbers. The suspension
 * outlives the day, the process and a change of configuration: it ends when an operator ends it. What is kept is a line a
 * client, in a file of this node beside the snapshots; a disk that cannot take it is logged, and the suspension stands in
 * memory. Event loops come here, so the lock that they take is never held over the disk or the log.
 */

/** Clients that are not answered until an operator says so. Thread-safe. */
final class Suspensions {
    private static final Logger LOG = LoggerFactory.getLogger(Suspensions.class);

    private final @Nullable Path file;

    /** Held while the file is written; never by an event loop. Taken before this. */
    private final Object disk = new Object();

    /** Whether a writing is asked for that has not looked at {@link #since} yet. */
    private final AtomicBoolean asked = new AtomicBoolean();

    /** Guarded by this. */
    private final Map<String, Instant> since = new TreeMap<>();

    /** The budgets in use; guarded by this. */
    private final Map<String, SubjectBudget> budgets = new HashMap<>();

    private Suspensions(@Nullable Path file) {
        this.file = file;
    }

    /** A suspended client, and since when. */
    record Suspended(String client, Instant since) {}

    /** Reads what was kept; {@code file} null keeps nothing. */
    static Suspensions open(@Nullable Path file) {
        Suspensions suspensions = new Suspensions(file);
        if (file != null) {
            suspensions.read(file);
        }
        return suspensions;
    }

    private synchronized void read(Path from) {
        try {
            for (String line : Files.readAllLines(from, StandardCharsets.UTF_8)) {
                int space = line.indexOf(' ');
                if (space > 0) {
                    since.put(line.substring(0, space), Instant.parse(line.substring(space + 1)));
                }
            }
        } catch (NoSuchFileException e) {
            // nobody was suspended
        } catch (IOException | DateTimeParseException e) {
            throw new ServerException(
                    ServerException.Reason.INTERNAL,
                    from + " cannot be read: it says which clients are suspended (" + e.getMessage() + ")",
                    e);
        }
    }

    /** Takes over the budget of a client that is served from now on; it is suspended if the client is. */
    synchronized void attach(String client, SubjectBudget budget) {
        budgets.put(client, budget);
        if (since.containsKey(client)) {
            budget.suspend();
        }
    }

    /** Suspends a client. */
    void suspend(String client, Instant now) {
        synchronized (this) {
            if (since.putIfAbsent(client, now) != null) {
                return;
            }
            SubjectBudget budget = budgets.get(client);
            if (budget != null) {
                budget.suspend();
            }
        }
        LOG.warn(
                "client {} goes on asking after its day's budget is spent: suspended until an operator lifts it",
                client);
        keep();
    }

    /**
     * Ends a suspension; false where there is none. The client's budget of the day stays as spent as it is.
     *
     * @param operator who says so
     */
    boolean lift(String client, String operator) {
        synchronized (this) {
            if (since.remove(client) == null) {
                return false;
            }
            SubjectBudget budget = budgets.get(client);
            if (budget != null) {
                budget.lift();
            }
        }
        LOG.info("client {} is no longer suspended: lifted by {}", client, operator);
        keep();
        return true;
    }

    /** All, by name. */
    synchronized List<Suspended> all() {
        List<Suspended> all = new ArrayList<>();
        since.forEach((client, when) -> all.add(new Suspended(client, when)));
        return all;
    }

    /** Not on the event loop that found it, and once for all that was found until then. */
    private void keep() {
        Path into = file;
        if (into != null && asked.compareAndSet(false, true)) {
            ForkJoinPool.commonPool().execute(() -> write(into));
        }
    }

    private void write(Path into) {
        synchronized (disk) {
            asked.set(false);
            List<String> lines = new ArrayList<>();
            all().forEach(suspended -> lines.add(suspended.client() + " " + suspended.since()));
            Path aside = into.resolveSibling(into.getFileName() + ".new");
            try {
                Files.write(aside, lines, StandardCharsets.UTF_8);
                Files.move(aside, into, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                LOG.error("{} cannot be written: who is suspended is known until this process ends only", into);
            }
        }
    }
}
