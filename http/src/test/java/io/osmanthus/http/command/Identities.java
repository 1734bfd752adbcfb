package io.osmanthus.http.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The plain identities of a delivery, and a search for any of them in files, Parquet values included. */
final class Identities {
    private static final long BASE = 1_000_003;

    private final Set<String> all = new HashSet<>();

    /** By length in bytes, the hashes of the identities of that length: for a rolling search. */
    private final Map<Integer, Set<Long>> hashes = new HashMap<>();

    /** Citizen ids, cards, plates and app tokens of a delivery. */
    static Identities of(Path delivery) throws IOException {
        Identities identities = new Identities();
        identities.addColumn(delivery.resolve("persons.csv"), 0);
        identities.addColumn(delivery.resolve("tokens.csv"), 1);
        return identities;
    }

    int count() {
        return all.size();
    }

    /** Which identities stand in a file or below a directory, as "identity-length in file"; never the identity. */
    List<String> foundIn(Path root) throws IOException {
        List<String> found = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> walk = Files.walk(root)) {
            files = walk.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            search(Files.readAllBytes(file), String.valueOf(root.relativize(file)), found);
            if (file.toString().endsWith(".parquet")) {
                values(file, found);
            }
        }
        return found;
    }

    List<String> foundIn(String text, String where) {
        List<String> found = new ArrayList<>();
        search(text.getBytes(StandardCharsets.UTF_8), where, found);
        return found;
    }

    private void addColumn(Path csv, int column) throws IOException {
        List<String> lines = Files.readAllLines(csv);
        for (String line : lines.subList(1, lines.size())) {
            String[] fields = line.split(",", -1);
            // A fault of the delivery may leave an identity empty or cut to a few digits that stand anywhere.
            if (fields.length > column && fields[column].strip().length() >= 7) {
                String identity = fields[column].strip();
                all.add(identity);
                byte[] bytes = identity.getBytes(StandardCharsets.UTF_8);
                hashes.computeIfAbsent(bytes.length, length -> new HashSet<>()).add(hash(bytes, 0, bytes.length));
            }
        }
    }

    /** What compression hides in the file itself: each value as text. */
    private void values(Path parquet, List<String> found) {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT * FROM read_parquet('" + parquet + "')")) {
            int columns = rows.getMetaData().getColumnCount();
            StringBuilder text = new StringBuilder();
            while (rows.next()) {
                for (int column = 1; column <= columns; column++) {
                    text.append(rows.getString(column)).append('\n');
                }
            }
            search(text.toString().getBytes(StandardCharsets.UTF_8), parquet.getFileName() + " (values)", found);
        } catch (SQLException e) {
            // A build that was killed leaves Parquet files without a footer; their bytes have been searched.
            System.out.println(parquet.getFileName() + " has no readable values: " + e.getMessage());
        }
    }

    private void search(byte[] bytes, String where, List<String> found) {
        hashes.forEach((length, set) -> {
            if (bytes.length < length) {
                return;
            }
            long power = 1;
            for (int i = 1; i < length; i++) {
                power *= BASE;
            }
            long hash = hash(bytes, 0, length);
            for (int at = 0; ; at++) {
                if (set.contains(hash) && all.contains(new String(bytes, at, length, StandardCharsets.UTF_8))) {
                    found.add("an identity of " + length + " bytes at " + at + " of " + where);
                }
                if (at + length == bytes.length) {
                    return;
                }
                hash = (hash - bytes[at] * power) * BASE + bytes[at + length];
            }
        });
    }

    private static long hash(byte[] bytes, int offset, int length) {
        long hash = 0;
        for (int i = offset; i < offset + length; i++) {
            hash = hash * BASE + bytes[i];
        }
        return hash;
    }

    /** A list of files below a directory, for messages. */
    static List<Path> files(Path root) {
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
