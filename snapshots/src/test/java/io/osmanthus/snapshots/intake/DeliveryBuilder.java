package io.osmanthus.snapshots.intake;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A small delivery, file by file and row by row: each file begins with its header in the contract's order. */
final class DeliveryBuilder {
    private static final String CHECKS = "10X98765432";
    private static final int[] WEIGHTS = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};

    /** Enrolled by {@link #basic}; born 1880, by the example of GB 11643. */
    static final String PERSON = "440524188001010014";

    /** Never enrolled. */
    static final String STRANGER = person(1871, 2, 3, 7);

    /** Registered by {@link #basic}. */
    static final String ORGANISATION = organisation("91320508X0000001");

    private final Map<DeliveryFile, List<String>> rows = new EnumMap<>(DeliveryFile.class);

    /** A delivery that has {@code delivery.csv} only. */
    static DeliveryBuilder empty() {
        return new DeliveryBuilder().row(DeliveryFile.DELIVERY, "市大数据局,persons.csv,1,2026-10-14");
    }

    /** One person, one organisation. */
    static DeliveryBuilder basic() {
        return empty().row(DeliveryFile.PERSONS, PERSON + ",320508,2026-01-01")
                .row(DeliveryFile.ORGANISATIONS, ORGANISATION + ",苏州丹桂有限公司,enterprise,320508,C,2020-01-01,active");
    }

    /** A citizen id that nobody has: valid, with a birthday of one's choice. */
    static String person(int year, int month, int day, int sequence) {
        String body = "%s%04d%02d%02d%03d".formatted("320508", year, month, day, sequence);
        return body + personCheck(body);
    }

    static char personCheck(String body) {
        int sum = 0;
        for (int i = 0; i < WEIGHTS.length; i++) {
            sum += WEIGHTS[i] * (body.charAt(i) - '0');
        }
        return CHECKS.charAt(sum % 11);
    }

    /** A valid code from its first 16 characters. */
    static String organisation(String body) {
        String seventeen = body + io.osmanthus.snapshots.Usccs.bodyCheck(body + "00");
        return seventeen + io.osmanthus.snapshots.Usccs.check(seventeen + "0");
    }

    DeliveryBuilder row(DeliveryFile file, String row) {
        rows.computeIfAbsent(file, key -> new ArrayList<>(List.of(String.join(",", key.columns()))))
                .add(row);
        return this;
    }

    /** Rows of the file so far, without its header. */
    int size(DeliveryFile file) {
        return rows.getOrDefault(file, List.of("")).size() - 1;
    }

    Path write(Path directory) throws IOException {
        Files.createDirectories(directory);
        for (Map.Entry<DeliveryFile, List<String>> file : rows.entrySet()) {
            String text = String.join("\n", file.getValue()) + "\n";
            Files.write(directory.resolve(file.getKey().csv()), text.getBytes(StandardCharsets.UTF_8));
        }
        return directory;
    }
}
