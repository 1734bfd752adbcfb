package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.QualityFigure;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/** Makes the quality figures of a delivery from the counts of its files, and writes them. For one thread. */
final class Quality {
    private static final String TABLE = "quality";
    private static final int MONTHS = 12;

    private final Vocabulary vocabulary;

    Quality(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** One row for each line of the note, and behind it those of its districts and months. */
    List<QualityFigure> figures(DeliveryNote note, Map<DeliveryFile, Tally> tallies) {
        List<QualityFigure> figures = new ArrayList<>();
        for (DeliveryNote.Line line : note.lines()) {
            Tally whole = tallies.get(line.file());
            Tally tally = whole != null && whole.countsSources() ? whole.source(line.source()) : whole;
            figures.add(figure(line, null, line.provided(), tally));
            if (tally != null) {
                tally.cells().forEach((cell, part) -> figures.add(figure(line, cell, null, part)));
            }
        }
        return figures;
    }

    /** Per authority of a reference list, how many of its decisions are disclosed. */
    static List<QualityFigure> concealment(Staging.Step step, Staging staging, Path directory, String table)
            throws SQLException {
        String permits = Staging.parquet(directory.resolve("permits.parquet"));
        String penalties = Staging.parquet(directory.resolve("penalties.parquet"));
        String acts = Staging.parquet(directory.resolve("administrative_acts.parquet"));
        String disclosed =
                "SELECT authority, document_no FROM " + permits + " UNION SELECT authority_code, document_no FROM "
                        + permits + " UNION SELECT authority, document_no FROM " + penalties
                        + " UNION SELECT authority_code, document_no FROM " + penalties
                        + " UNION SELECT authority, act_no FROM "
                        + acts;
        String query =
                "SELECT authority, count(*), count(d.document_no) FROM (SELECT DISTINCT authority, document_no FROM "
                        + table + ") LEFT JOIN (SELECT *, document_no AS found FROM (" + disclosed
                        + ")) d USING (authority, document_no) GROUP BY authority ORDER BY authority";
        List<QualityFigure> figures = new ArrayList<>();
        staging.rows(
                step,
                query,
                (authority, listed, found) -> figures.add(new QualityFigure(
                        authority, QualityFigure.REFERENCE, null, null, listed, null, found, null, null, null)));
        return figures;
    }

    /** Writes the figures; returns how many. */
    static long write(List<QualityFigure> figures, Staging staging, Path directory) throws SQLException {
        staging.create(
                TABLE,
                "number INTEGER, source VARCHAR, file VARCHAR, district VARCHAR, month VARCHAR, provided BIGINT,"
                        + " collected BIGINT, stored BIGINT, fields_required BIGINT, fields_given BIGINT,"
                        + " late_working_days_5 BIGINT, late_calendar_days_5 BIGINT, late_working_days_7 BIGINT");
        try (Staging.Filling filling = staging.fill(TABLE)) {
            DuckDBAppender to = filling.appender();
            int number = 0;
            for (QualityFigure figure : figures) {
                to.beginRow().append(number++).append(figure.source()).append(figure.file());
                text(to, figure.district());
                text(to, figure.month());
                number(to, figure.provided());
                number(to, figure.collected());
                number(to, figure.stored());
                number(to, figure.fieldsRequired());
                number(to, figure.fieldsGiven());
                QualityFigure.Late late = figure.late();
                number(to, late == null ? null : (Long) late.workingDays5());
                number(to, late == null ? null : (Long) late.calendarDays5());
                number(to, late == null ? null : (Long) late.workingDays7());
                to.endRow();
            }
        }
        Staging.Step step = new Staging.Step("write " + Snapshot.QUALITY, figures.size());
        return staging.write(step, TABLE, "SELECT * FROM quality ORDER BY number", directory.resolve(Snapshot.QUALITY));
    }

    private QualityFigure figure(
            DeliveryNote.Line line, Tally.@Nullable Cell cell, @Nullable Long provided, @Nullable Tally tally) {
        String district = cell == null || cell.district() == Measured.NONE
                ? null
                : String.valueOf(vocabulary.districts().get(cell.district()).code());
        String month = cell == null ? null : "%04d-%02d".formatted(cell.month() / MONTHS, cell.month() % MONTHS + 1);
        boolean timed = tally != null && line.file().timed();
        return new QualityFigure(
                line.source(),
                line.file().csv(),
                district,
                month,
                provided,
                tally == null ? null : (Long) tally.read,
                tally == null ? null : (Long) tally.accepted,
                tally == null ? null : (Long) tally.fieldsRequired,
                tally == null ? null : (Long) tally.fieldsGiven,
                timed ? late(tally) : null);
    }

    private static QualityFigure.@Nullable Late late(@Nullable Tally tally) {
        return tally == null
                ? null
                : new QualityFigure.Late(
                        tally.lateByFiveWorkingDays, tally.lateByFiveDays, tally.lateBySevenWorkingDays);
    }

    private static void text(DuckDBAppender to, @Nullable String text) throws SQLException {
        RowJudge.append(to, text == null ? "" : text);
    }

    private static void number(DuckDBAppender to, @Nullable Long number) throws SQLException {
        if (number == null) {
            to.appendNull();
        } else {
            to.append(number.longValue());
        }
    }
}
