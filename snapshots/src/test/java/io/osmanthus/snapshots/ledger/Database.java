package io.osmanthus.snapshots.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One PostgreSQL for all tests of a run, and databases of it. Lives under {@code target}, which keeps the programs. */
public final class Database {
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static @Nullable EmbeddedDatabase shared;

    private Database() {}

    /** The shared server, started when first asked for, stopped at the end of the run. */
    public static synchronized EmbeddedDatabase shared() {
        EmbeddedDatabase running = shared;
        if (running == null) {
            try {
                Path directory = Files.createDirectories(Path.of("target").toAbsolutePath());
                running = EmbeddedDatabase.start(directory.resolve("ledger-tests"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            EmbeddedDatabase stopped = running;
            Runtime.getRuntime().addShutdownHook(new Thread(stopped::close));
            shared = running;
        }
        return running;
    }

    /** A new, empty database of the shared server. */
    public static Ledger.Place fresh() {
        return create("");
    }

    /** A new database of the shared server with everything of another, to which nobody is connected. */
    public static Ledger.Place copy(Ledger.Place of) {
        return create(" TEMPLATE " + of.jdbcUrl().substring(of.jdbcUrl().lastIndexOf('/') + 1));
    }

    private static Ledger.Place create(String like) {
        Ledger.Place place = shared().place();
        String name = "t" + ProcessHandle.current().pid() + "_" + System.nanoTime() + "_" + NAMES.incrementAndGet();
        try (Connection connection = DriverManager.getConnection(place.jdbcUrl(), place.user(), place.password());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name + like);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return new Ledger.Place(place.jdbcUrl().replace("/postgres", "/" + name), place.user(), place.password());
    }
}
