package io.osmanthus.snapshots;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * One row of a delivery's quality figures (数据质量), as counts; rates are computed from them. A row without month is the
 * total of a source's file; the others are parts of it, by month of the decision and by district. Immutable.
 *
 * @param source who says that it delivers the file; of {@code reference.csv} the authority
 * @param district code of GB/T 2260, or null: the total, or no district
 * @param month {@code YYYY-MM}, or null: the total
 * @param provided rows that the source says it hands over, or null where nobody says
 * @param collected rows read, or null where the file does not tell its sources apart
 * @param stored rows accepted; of {@code reference.csv} those that are disclosed
 * @param late rows that came late, or null where the file says no day of reporting
 */
public record QualityFigure(
        String source,
        String file,
        @Nullable String district,
        @Nullable String month,
        @Nullable Long provided,
        @Nullable Long collected,
        @Nullable Long stored,
        @Nullable Long fieldsRequired,
        @Nullable Long fieldsGiven,
        @Nullable Late late) {
    /** The file whose rows are what should have been disclosed, not what was. */
    public static final String REFERENCE = "reference.csv";

    /**
     * Rows reported after their day, by three readings of the law; the day of the decision is day 0.
     *
     * @param workingDays5 five working days
     * @param calendarDays5 five days
     * @param workingDays7 seven working days
     */
    public record Late(long workingDays5, long calendarDays5, long workingDays7) {}

    /** The figures of a verified snapshot, in the order of its delivery; none where it was built before there were any. */
    public static List<QualityFigure> read(Snapshot snapshot) {
        List<QualityFigure> figures = new ArrayList<>();
        if (!snapshot.manifest().has(Snapshot.QUALITY)) {
            return figures;
        }
        Properties properties = new Properties();
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        properties.setProperty("temp_directory", "");
        String file = snapshot.directory().resolve(Snapshot.QUALITY).toString().replace("'", "''");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:", properties);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT * FROM read_parquet('" + file + "') ORDER BY number")) {
            while (rows.next()) {
                figures.add(row(rows));
            }
            return figures;
        } catch (SQLException e) {
            throw new IllegalStateException(
                    Snapshot.QUALITY + " cannot be read although its checksum holds: " + e.getMessage(), e);
        }
    }

    /** A rate in per cent with two decimals; null where there is no denominator. */
    public static @Nullable String percent(@Nullable Long part, @Nullable Long whole) {
        return part == null || whole == null || whole == 0
                ? null
                : BigDecimal.valueOf(part)
                        .multiply(BigDecimal.valueOf(100))
                        .divide(BigDecimal.valueOf(whole), 2, RoundingMode.HALF_UP)
                        .toPlainString();
    }

    private static QualityFigure row(ResultSet rows) throws SQLException {
        Long late = number(rows, "late_working_days_5");
        return new QualityFigure(
                rows.getString("source"),
                rows.getString("file"),
                rows.getString("district"),
                rows.getString("month"),
                number(rows, "provided"),
                number(rows, "collected"),
                number(rows, "stored"),
                number(rows, "fields_required"),
                number(rows, "fields_given"),
                late == null
                        ? null
                        : new Late(late, rows.getLong("late_calendar_days_5"), rows.getLong("late_working_days_7")));
    }

    private static @Nullable Long number(ResultSet rows, String column) throws SQLException {
        long value = rows.getLong(column);
        return rows.wasNull() ? null : value;
    }
}
