package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.SnapshotBuild;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** What the tests of intake share: key, day, configuration, and the way through a store. */
final class Fixtures {
    static final PseudonymKey KEY = PseudonymKey.ofHex("0f".repeat(32));
    static final LocalDate AS_OF = LocalDate.of(2026, 10, 15);
    static final Path ROOT = Path.of(System.getProperty("osmanthus.root", "."));
    static final Path CONFIG = ROOT.resolve("config");
    static final Path SAMPLE = ROOT.resolve("http/src/test/resources/delivery-sample");
    static final Vocabulary VOCABULARY = Vocabulary.load(CONFIG);

    /** Little memory on purpose: tests spill. */
    static final IntakeOptions OPTIONS = new IntakeOptions(true, Channels.NONE, 128L << 20, 2, null);

    private Fixtures() {}

    /** The rows of a query, each value as a text; null as the empty text. */
    static List<List<String>> query(String sql) throws SQLException {
        List<List<String>> found = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.add(rows.getString(i) == null ? "" : String.valueOf(rows.getString(i)));
                }
                found.add(row);
            }
        }
        return found;
    }

    /** Runs a statement that gives no rows. */
    static void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** What a build gave, and where it is. */
    record Built(IntakeResult result, Path snapshot) {}

    static Built build(Path delivery, Path store) {
        return build(delivery, store, KEY, OPTIONS);
    }

    static Built build(Path delivery, Path store, PseudonymKey key, IntakeOptions options) {
        SnapshotStore opened = SnapshotStore.openOrCreate(store);
        Delivery delivered = Delivery.open(delivery);
        try (SnapshotBuild build = opened.begin()) {
            IntakeOptions over =
                    options.over(delivered.standsAlone(opened) ? null : opened.former(Trust.of(key, null, true)));
            IntakeResult result =
                    Intake.run(delivered, VOCABULARY, key, AS_OF, build.directory(), over, Progress.SILENT);
            String version = build.publish(result.content(), null).version();
            return new Built(result, opened.path(version));
        }
    }
}
