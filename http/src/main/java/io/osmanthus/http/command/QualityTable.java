package io.osmanthus.http.command;

import io.osmanthus.snapshots.QualityFigure;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints quality figures as a table, with the rates that follow from their counts. */
final class QualityTable {
    private static final String ROW = "%-24s %-14s %-8s %-8s %12s %12s %12s %8s %8s %8s %9s %9s %9s%n";

    private QualityTable() {}

    /**
     * Prints the figures: 入库率 = stored / provided, 合规率 = stored / collected, 完整率 = given / required, and 迟报率 = late /
     * collected by each reading of the law.
     *
     * @param concealment per authority of an independent list what it lists and what is disclosed, or null without one
     */
    static void print(PrintWriter out, List<QualityFigure> figures, @Nullable List<QualityFigure> concealment) {
        out.printf(
                ROW,
                "file",
                "source",
                "district",
                "month",
                "provided",
                "collected",
                "stored",
                "入库率",
                "合规率",
                "完整率",
                "迟报 5工作日",
                "迟报 5日",
                "迟报 7工作日");
        for (QualityFigure figure : figures) {
            QualityFigure.Late late = figure.late();
            out.printf(
                    ROW,
                    figure.file(),
                    figure.source(),
                    text(figure.district()),
                    text(figure.month()),
                    text(figure.provided()),
                    text(figure.collected()),
                    text(figure.stored()),
                    percent(figure.stored(), figure.provided()),
                    percent(figure.stored(), figure.collected()),
                    percent(figure.fieldsGiven(), figure.fieldsRequired()),
                    percent(late == null ? null : (Long) late.workingDays5(), figure.collected()),
                    percent(late == null ? null : (Long) late.calendarDays5(), figure.collected()),
                    percent(late == null ? null : (Long) late.workingDays7(), figure.collected()));
        }
        out.println();
        if (concealment == null) {
            out.println("瞒报率 -: the delivery holds no reference.csv to hold disclosures against");
            return;
        }
        out.printf("%-24s %12s %12s %8s%n", "authority", "listed", "disclosed", "瞒报率");
        for (QualityFigure authority : concealment) {
            Long listed = authority.provided();
            Long found = authority.stored();
            Long missing = listed == null || found == null ? null : (Long) (listed - found);
            out.printf(
                    "%-24s %12s %12s %8s%n", authority.source(), text(listed), text(found), percent(missing, listed));
        }
    }

    private static String percent(@Nullable Long part, @Nullable Long whole) {
        return text(QualityFigure.percent(part, whole));
    }

    private static String text(@Nullable Object value) {
        return value == null ? "-" : value.toString();
    }
}
