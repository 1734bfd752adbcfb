package io.osmanthus.snapshots.intake;

import de.siegmar.fastcsv.reader.CsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.RecordType;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.intake.IntakeException.Code;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Reads the records of a CSV file, plain or gzipped: detect the encoding, guard the quotes, split with FastCSV. */
final class CsvRecords {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int PROGRESS_STEP = 1 << 12;
    private static final int HEADER_FIELDS_MAX = 1 << 10;

    private CsvRecords() {}

    /** Hands each record after the header to the sink; returns how many there are by the guard's own count. */
    static long read(Delivery.Part part, Progress progress, RowSink sink) throws SQLException {
        try {
            Encoding encoding = Encoding.detect(() -> open(part, progress), part.name());
            // Quoted line breaks make it fewer; a file without line feeds does not say how many there are.
            long expected = encoding.lines() > 1 ? encoding.lines() - 1 : -1;
            try (Progress.Task task = progress.begin(part.name(), expected, "rows")) {
                return records(part, encoding, task, sink);
            }
        } catch (EOFException | ZipException e) {
            throw new IntakeException(
                    Code.DAMAGED,
                    part.name() + " is truncated or damaged: its gzip stream does not end as it should ("
                            + e.getMessage() + "); have the file delivered again",
                    e);
        } catch (IOException e) {
            throw new IntakeException(Code.IO, part.path() + " cannot be read: " + e, e);
        }
    }

    private static long records(Delivery.Part part, Encoding encoding, Progress.Task task, RowSink sink)
            throws IOException, SQLException {
        try (InputStream in = open(part, Progress.SILENT)) {
            in.skipNBytes(encoding.bomBytes());
            QuoteGuard guard = new QuoteGuard(new InputStreamReader(
                    in,
                    encoding.charset()
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPLACE)
                            .onUnmappableCharacter(CodingErrorAction.REPLACE)));
            RowHandler handler = new RowHandler();
            CsvReader<Row> reader = CsvReader.builder()
                    .allowExtraFields(true)
                    .allowMissingFields(true)
                    .build(handler, guard);
            Iterator<Row> rows = reader.iterator();
            if (!rows.hasNext()) {
                throw new IntakeException(
                        Code.HEADER,
                        part.name() + " has no header line: its columns are "
                                + String.join(", ", part.file().columns()));
            }
            List<String> header = rows.next().strings();
            int[] fields = Header.fields(part.file(), header, part.name());
            handler.row = new Row(fields, header.size(), encoding.faults());
            long read = 0;
            while (rows.hasNext()) {
                sink.accept(rows.next());
                if (++read % PROGRESS_STEP == 0) {
                    task.advance(PROGRESS_STEP);
                }
            }
            task.advance(read % PROGRESS_STEP);
            return guard.records() - 1;
        }
    }

    private static InputStream open(Delivery.Part part, Progress progress) throws IOException {
        InputStream file = Files.newInputStream(part.path());
        InputStream counted =
                new Counted(file, progress.begin("encoding of " + part.name(), Files.size(part.path()), "bytes"));
        if (part.format() == Delivery.Format.CSV) {
            return new BufferedInputStream(counted, BUFFER_BYTES);
        }
        try {
            return new BufferedInputStream(
                    new GZIPInputStream(new BufferedInputStream(counted, BUFFER_BYTES), BUFFER_BYTES), BUFFER_BYTES);
        } catch (IOException e) {
            counted.close();
            throw e;
        }
    }

    /** Fills the row; knows a record without any character as empty, which the reader then skips. */
    private static final class RowHandler extends CsvCallbackHandler<Row> {
        private Row row = Row.ofHeader(HEADER_FIELDS_MAX);
        private boolean empty;

        @Override
        protected void beginRecord(long startingLineNumber) {
            row.clear();
            empty = false;
        }

        @Override
        protected void addField(char[] buffer, int offset, int count, boolean quoted) {
            row.add(buffer, offset, count);
        }

        @Override
        protected void setEmpty() {
            empty = true;
        }

        @Override
        protected void setComment(char[] buffer, int offset, int count) {
            throw new IllegalStateException("comments are not asked for");
        }

        @Override
        protected RecordType getRecordType() {
            return empty ? RecordType.EMPTY : RecordType.DATA;
        }

        @Override
        protected int getFieldCount() {
            return row.fields();
        }

        @Override
        protected Row buildRecord() {
            return row;
        }
    }

    /** Tells the progress how many bytes of the file have been read. */
    private static final class Counted extends FilterInputStream {
        private final Progress.Task task;

        private Counted(InputStream in, Progress.Task task) {
            super(in);
            this.task = task;
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            if (b >= 0) {
                task.advance(1);
            }
            return b;
        }

        @Override
        public void close() throws IOException {
            task.close();
            super.close();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            if (count > 0) {
                task.advance(count);
            }
            return count;
        }
    }
}
