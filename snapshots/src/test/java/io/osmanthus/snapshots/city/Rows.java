package io.osmanthus.snapshots.city;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The rows of a delivery's files as column → text, read the plain way: no field of a city is quoted. */
final class Rows {
    private Rows() {}

    static List<Map<String, String>> of(Path delivery, String file) {
        try {
            List<String> lines = Files.readAllLines(delivery.resolve(file));
            String[] header = lines.get(0).split(",", -1);
            List<Map<String, String>> rows = new ArrayList<>();
            for (String line : lines.subList(1, lines.size())) {
                String[] fields = line.split(",", -1);
                if (fields.length != header.length) {
                    throw new AssertionError(file + ": " + fields.length + " fields in " + line);
                }
                Map<String, String> row = new TreeMap<>();
                for (int i = 0; i < header.length; i++) {
                    row.put(header[i], fields[i]);
                }
                rows.add(row);
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
