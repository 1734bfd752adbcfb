package io.osmanthus.snapshots.city;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;

/**
 * Citizen ids (GB 11643) of people who were never born: birth years 1850 to 1899, so that nobody alive has one, and a
 * valid check character. Number → (prefix, day of birth, sequence) is one to one over {@link #CAPACITY}. Immutable and
 * thread-safe.
 *
 * <pre>
 * bytes 0–5    division code, current or historic
 * bytes 6–13   day of birth
 * bytes 14–16  sequence 001–999
 * byte  17     check, MOD 11-2
 * </pre>
 */
final class CitizenIds {
    static final int BYTES = 18;

    private static final int[] PREFIXES = {
        320502, 320503, 320504, 320505, 320506, 320507, 320508, 320509, 320511, 320520, 320521, 320522, 320523, 320524,
        320525, 320576, 320581, 320582, 320583, 320584, 320585, 320586
    };
    private static final LocalDate FIRST = LocalDate.of(1850, 1, 1);
    private static final int DAYS = 18_262;
    private static final int SEQUENCES = 999;
    private static final int[] WEIGHTS = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    private static final byte[] CHECKS = Sheet.utf8("10X98765432");

    /** How many ids there are: 401 million. */
    static final long CAPACITY = (long) PREFIXES.length * DAYS * SEQUENCES;

    private final byte[] dates = new byte[DAYS * 8];
    private final Permutation order;

    CitizenIds(long key) {
        order = new Permutation(CAPACITY, key);
        LocalDate day = FIRST;
        for (int i = 0; i < DAYS; i++, day = day.plusDays(1)) {
            byte[] text = Sheet.utf8(day.format(DateTimeFormatter.BASIC_ISO_DATE));
            System.arraycopy(text, 0, dates, i * 8, 8);
        }
    }

    /** Writes the id of a person to the first {@link #BYTES} bytes. */
    void write(long person, byte[] id) {
        long number = order.at(person);
        int sequence = (int) (number % SEQUENCES) + 1;
        int dayAndPrefix = (int) (number / SEQUENCES);
        int prefix = PREFIXES[dayAndPrefix / DAYS];
        for (int at = 5; at >= 0; at--, prefix /= 10) {
            id[at] = (byte) ('0' + prefix % 10);
        }
        System.arraycopy(dates, dayAndPrefix % DAYS * 8, id, 6, 8);
        id[14] = (byte) ('0' + sequence / 100);
        id[15] = (byte) ('0' + sequence / 10 % 10);
        id[16] = (byte) ('0' + sequence % 10);
        int sum = 0;
        for (int at = 0; at < WEIGHTS.length; at++) {
            sum += WEIGHTS[at] * (id[at] - '0');
        }
        id[17] = CHECKS[sum % 11];
    }
}
