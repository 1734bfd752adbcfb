package io.osmanthus.snapshots.trail;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/*
 * The name of a directory in rolled/, in the time of Shanghai:
 *
 *   minute-20261123T1405-<node>.<start>   all.parquet
 *   hour-20261123T14-<8 hex digits>       all.parquet             and what it replaces in "inputs"
 *   day-20261123-<8 hex digits>           00.parquet … ff.parquet and what it replaces in "inputs"
 *   counts-202611-<8 hex digits>          00.parquet … ff.parquet and what it replaces in "inputs"
 */

/**
 * A directory of rolled events, never changed once published.
 *
 * @param from first millisecond
 * @param to first millisecond after
 * @param suffix node and start, or random digits
 */
record Unit(Span span, long from, long to, String suffix, String name) {
    static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    static final String ALL = "all.parquet";
    static final String INPUTS = "inputs";
    static final int BUCKETS = 256;

    /** How long a unit lasts. */
    enum Span {
        MINUTE("yyyyMMdd'T'HHmm"),
        HOUR("yyyyMMdd'T'HH"),
        DAY("yyyyMMdd"),
        COUNTS("yyyyMM");

        private final DateTimeFormatter format;

        Span(String pattern) {
            this.format = DateTimeFormatter.ofPattern(pattern);
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The unit of a span that a moment falls into. */
    static Unit at(Span span, long ms, String suffix) {
        LocalDateTime time = LocalDateTime.ofInstant(java.time.Instant.ofEpochMilli(ms), ZONE);
        LocalDateTime from =
                switch (span) {
                    case MINUTE -> time.withSecond(0).withNano(0);
                    case HOUR -> time.withMinute(0).withSecond(0).withNano(0);
                    case DAY -> time.toLocalDate().atStartOfDay();
                    case COUNTS -> time.toLocalDate().withDayOfMonth(1).atStartOfDay();
                };
        LocalDateTime to =
                switch (span) {
                    case MINUTE -> from.plusMinutes(1);
                    case HOUR -> from.plusHours(1);
                    case DAY -> from.plusDays(1);
                    case COUNTS -> from.plusMonths(1);
                };
        return new Unit(span, ms(from), ms(to), suffix, span.word() + "-" + from.format(span.format) + "-" + suffix);
    }

    /** The unit that a directory's name says, or null where it says none. */
    static @Nullable Unit parse(String name) {
        String[] parts = name.split("-", 3);
        if (parts.length != 3) {
            return null;
        }
        for (Span span : Span.values()) {
            if (span.word().equals(parts[0])) {
                try {
                    Unit unit = at(span, ms(time(span, parts[1])), parts[2]);
                    return unit.name.equals(name) ? unit : null;
                } catch (DateTimeException e) {
                    return null;
                }
            }
        }
        return null;
    }

    boolean bucketed() {
        return span == Span.DAY || span == Span.COUNTS;
    }

    LocalDate day() {
        return LocalDateTime.ofInstant(java.time.Instant.ofEpochMilli(from), ZONE)
                .toLocalDate();
    }

    /** The file in which a person's events are. */
    String file(long high) {
        return bucketed() ? bucketFile((int) (high >>> 56)) : ALL;
    }

    static String bucketFile(int bucket) {
        return String.format(Locale.ROOT, "%02x.parquet", bucket);
    }

    static long startOfDay(LocalDate day) {
        return day.atStartOfDay(ZONE).toInstant().toEpochMilli();
    }

    private static LocalDateTime time(Span span, String text) {
        return switch (span) {
            case MINUTE, HOUR ->
                LocalDateTime.parse(
                        text.length() == 11 ? text + "00" : text, DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmm"));
            case DAY -> LocalDate.parse(text, span.format).atStartOfDay();
            case COUNTS -> YearMonth.parse(text, span.format).atDay(1).atStartOfDay();
        };
    }

    private static long ms(LocalDateTime time) {
        return time.atZone(ZONE).toInstant().toEpochMilli();
    }
}
