package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.intake.IntakeException.Code;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code delivery.csv} (报送清单): what each source says that it hands over. A fault in it stops the build. */
final class DeliveryNote {
    private static final int SOURCE = 0;
    private static final int FILE = 1;
    private static final int PROVIDED = 2;
    private static final int DELIVERED_ON = 3;
    private static final int COUNT_DIGITS_MAX = 12;

    private final List<Line> lines;

    /** One row; {@code provided} null where it is not given. */
    record Line(String source, DeliveryFile file, @Nullable Long provided, LocalDate deliveredOn) {}

    private DeliveryNote(List<Line> lines) {
        this.lines = lines;
    }

    static DeliveryNote read(Delivery.Part part) throws SQLException {
        List<Line> lines = new ArrayList<>();
        RowSink sink = row -> lines.add(line(row, lines.size() + 1, part.name()));
        if (part.format() == Delivery.Format.PARQUET) {
            ParquetRecords.read(part, Progress.SILENT, sink);
        } else {
            CsvRecords.read(part, Progress.SILENT, sink);
        }
        return new DeliveryNote(List.copyOf(lines));
    }

    List<Line> lines() {
        return lines;
    }

    /** The rows about one file. */
    List<Line> of(DeliveryFile file) {
        return lines.stream().filter(line -> line.file() == file).toList();
    }

    private static Line line(Row row, int number, String name) {
        String where = name + ", record " + number + ": ";
        if (!row.complete()) {
            throw malformed(where + "not as many fields as the header has");
        }
        String source = row.string(SOURCE);
        if (source.isEmpty() || row.faultyColumn() >= 0 || row.controlColumn() >= 0 || !RowJudge.plainId(source)) {
            throw malformed(where + "'source' must name who delivers, in one line");
        }
        String file = row.string(FILE).replaceFirst("\\.(csv|csv\\.gz|parquet)$", "");
        DeliveryFile known = DeliveryFile.of(file);
        if (known == null || known == DeliveryFile.DELIVERY) {
            throw malformed(where + "'file' must be the name of a file of the contract, such as records.csv");
        }
        long provided = Decimals.whole(row.at(PROVIDED), COUNT_DIGITS_MAX);
        if (provided < 0 && !row.empty(PROVIDED)) {
            throw malformed(where + "'provided' must be a count of rows, or empty");
        }
        int day = Days.parse(row.at(DELIVERED_ON));
        if (day == Days.NONE || day == Days.MALFORMED) {
            throw malformed(where + "'delivered_on' must be a date YYYY-MM-DD");
        }
        return new Line(source, known, provided < 0 ? null : provided, LocalDate.ofEpochDay(day));
    }

    private static IntakeException malformed(String message) {
        return new IntakeException(Code.DELIVERY_MALFORMED, message + "; correct it and deliver again");
    }
}
