package io.osmanthus.http.command;

import io.osmanthus.http.DemoIssuer;
import io.osmanthus.snapshots.city.City;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Load tests need many citizens, and each needs a token. The signing key stays in this process: what is handed over can speak
 * for these citizens of a synthetic city only, and for an hour only.
 */

/**
 * Tokens of a demonstration's first citizens in a file that its owner alone can read, one a line in the order of persons;
 * renewed before they end, and removed at the end. {@link #close} once.
 */
final class CitizenFile implements AutoCloseable {
    static final int CITIZENS_MAX = 100_000;

    private static final Logger LOG = LoggerFactory.getLogger(CitizenFile.class);
    private static final Duration LIFETIME = Duration.ofMinutes(59);
    private static final int RENEWAL_MINUTES = 20;

    private final Path file;
    private final City city;
    private final DemoIssuer issuer;
    private final int count;
    private final ScheduledExecutorService renewal = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "osmanthus-citizens");
        thread.setDaemon(true);
        return thread;
    });

    private CitizenFile(Path file, City city, DemoIssuer issuer, int count) {
        this.file = file;
        this.city = city;
        this.issuer = issuer;
        this.count = count;
    }

    /** Refuses what could not be written, before anything long is begun. */
    static void check(int count, @Nullable Path file) {
        if (count == 0 && file == null) {
            return;
        }
        if (count < 1 || count > CITIZENS_MAX || file == null) {
            throw new CommandException(
                    "--citizens (1 to " + CITIZENS_MAX + ") and --citizens-file go together; found " + count);
        }
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new CommandException("the directory of " + file + " does not exist");
        }
        if (Files.exists(file)) {
            throw new CommandException(file + " exists already; name a file that does not");
        }
    }

    /** Writes the file, and goes on renewing it. */
    static CitizenFile write(Path file, City city, DemoIssuer issuer, int count) throws IOException {
        CitizenFile written =
                new CitizenFile(file.toAbsolutePath(), city, issuer, (int) Math.min(count, city.persons()));
        written.renew();
        var unused = written.renewal.scheduleWithFixedDelay(
                () -> {
                    try {
                        written.renew();
                    } catch (IOException | RuntimeException e) {
                        LOG.warn("the citizens' tokens were not renewed, and are tried again: {}", e.getMessage());
                    }
                },
                RENEWAL_MINUTES,
                RENEWAL_MINUTES,
                TimeUnit.MINUTES);
        return written;
    }

    /** How many citizens are in it. */
    int count() {
        return count;
    }

    private synchronized void renew() throws IOException {
        StringBuilder tokens = new StringBuilder();
        for (int person = 0; person < count; person++) {
            tokens.append(issuer.citizen(city.personId(person), LIFETIME)).append('\n');
        }
        Path aside = Files.createTempFile(
                file.getParent(),
                file.getFileName().toString(),
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(aside, tokens);
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Removes the file. */
    @Override
    public void close() {
        renewal.shutdownNow();
        synchronized (this) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                LOG.warn("the citizens' tokens could not be removed: {}", e.getMessage());
            }
        }
    }
}
