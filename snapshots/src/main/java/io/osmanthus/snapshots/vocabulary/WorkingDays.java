package io.osmanthus.snapshots.vocabulary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * The working-day calendar (工作日): Monday to Friday, but for the holidays and the make-up days of the State Council's
 * notices, one file a year in {@code holidays/}. Years without a notice have weekends only. Days are days since 1970-01-01.
 * Immutable and thread-safe.
 */
public final class WorkingDays {
    private static final int FIRST_DAY = (int) LocalDate.of(2000, 1, 1).toEpochDay();
    private static final int YEAR_MIN = 2000;
    private static final int YEAR_MAX = 2099;

    /** 1970-01-01 was a Thursday. */
    private static final int THURSDAY = 3;

    private static final int SATURDAY = 5;

    private final BitSet off = new BitSet();
    private final BitSet worked = new BitSet();
    private final BitSet years = new BitSet();

    private WorkingDays() {}

    /**
     * Reads the notices of a directory, {@code <year>.json} each; a directory that is not there holds none.
     *
     * @throws ConfigException with every finding of every file
     */
    static WorkingDays load(Path directory) {
        WorkingDays days = new WorkingDays();
        if (!Files.isDirectory(directory)) {
            return days;
        }
        List<ConfigException.Finding> findings = new ArrayList<>();
        for (Path file : notices(directory)) {
            try {
                Yaml.read(file, days::add);
            } catch (ConfigException e) {
                findings.addAll(e.findings());
            }
        }
        if (!findings.isEmpty()) {
            throw new ConfigException(findings);
        }
        return days;
    }

    /** Whether the day is a working day. */
    public boolean working(int day) {
        int at = day - FIRST_DAY;
        if (at >= 0 && off.get(at)) {
            return false;
        }
        return (at >= 0 && worked.get(at)) || Math.floorMod(day + THURSDAY, 7) < SATURDAY;
    }

    /** The day that is so many working days after a day, which counts as day 0 whether it is one or not. */
    public int after(int day, int workingDays) {
        int at = day;
        for (int left = workingDays; left > 0; ) {
            if (working(++at)) {
                left--;
            }
        }
        return at;
    }

    /** How many working days lie after a day, up to another and with it; 0 where that one is not later. */
    public int between(int day, int last) {
        int count = 0;
        for (int at = day + 1; at <= last; at++) {
            count += working(at) ? 1 : 0;
        }
        return count;
    }

    /** Whether there is a notice for the year. */
    public boolean covers(int year) {
        return year >= YEAR_MIN && years.get(year - YEAR_MIN);
    }

    private WorkingDays add(Yaml.Mapping root) {
        root.textOrNull("$schema");
        root.textOrNull("$id");
        root.texts("papers");
        years.set(root.integer("year", YEAR_MIN, YEAR_MAX) - YEAR_MIN);
        root.forEach("days", day -> {
            day.text("name");
            LocalDate date = day.date("date");
            if (date.getYear() < YEAR_MIN || date.getYear() > YEAR_MAX) {
                throw day.fault("date", "a holiday lies in the years " + YEAR_MIN + " to " + YEAR_MAX);
            }
            if (!day.has("isOffDay")) {
                throw day.fault("isOffDay", "'isOffDay' says whether the day is free or made up for");
            }
            boolean free = day.flag("isOffDay", false);
            int at = (int) date.toEpochDay() - FIRST_DAY;
            off.set(at, free);
            worked.set(at, !free);
        });
        return this;
    }

    private static List<Path> notices(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> String.valueOf(file.getFileName()).endsWith(".json"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new ConfigException(String.valueOf(directory.getFileName()), 0, "cannot be read: " + e.getMessage());
        }
    }
}
