package io.osmanthus.snapshots.intake;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One record, reused from record to record: its fields side by side in one array of characters, found by the number of the
 * contract's column. A column is looked at through {@link #at}, which is the same view each time. For one thread.
 */
final class Row {
    private final int[] fieldOfColumn;
    private final boolean decodingFaults;
    private final int fieldCount;
    private final boolean[] dropped;
    private char[] text = new char[1 << 12];
    private int[] ends = new int[64];
    private int fields;
    private int length;
    private int faultyField;
    private int controlField;
    private final View view = new View();

    /**
     * A row.
     *
     * @param fieldOfColumn per column of the contract, which field of the file it is, or -1
     * @param fieldCount how many fields the header has; those of no column are not kept
     * @param decodingFaults whether characters that could not be decoded are to be looked for
     */
    Row(int[] fieldOfColumn, int fieldCount, boolean decodingFaults) {
        this.fieldOfColumn = fieldOfColumn.clone();
        this.fieldCount = fieldCount;
        this.decodingFaults = decodingFaults;
        this.dropped = new boolean[fieldCount];
        Arrays.fill(dropped, true);
        for (int field : fieldOfColumn) {
            if (field >= 0) {
                dropped[field] = false;
            }
        }
    }

    /** A row for a header line, whose columns are not known yet. */
    static Row ofHeader(int fieldsMax) {
        int[] all = new int[fieldsMax];
        Arrays.setAll(all, field -> field);
        return new Row(all, fieldsMax, false);
    }

    int fields() {
        return fields;
    }

    /** All fields in the file's order. */
    List<String> strings() {
        List<String> strings = new ArrayList<>();
        for (int field = 0; field < fields; field++) {
            strings.add(new String(text, begin(field), ends[field] - begin(field)));
        }
        return strings;
    }

    void clear() {
        fields = 0;
        length = 0;
        faultyField = -1;
        controlField = -1;
    }

    void add(char[] source, int offset, int count) {
        if (fields == ends.length) {
            ends = Arrays.copyOf(ends, fields * 2);
        }
        if (fields < fieldCount && dropped[fields]) {
            ends[fields++] = length;
            return;
        }
        if (length + count > text.length) {
            text = Arrays.copyOf(text, Math.max(text.length * 2, length + count));
        }
        char[] target = text;
        int to = length;
        for (int i = offset; i < offset + count; i++) {
            char c = source[i];
            target[to++] = c;
            if (c < ' ' || c == 0x7F) {
                control(c);
            } else if (c >= '\uFFFD' && decodingFaults && faultyField < 0) {
                faultyField = fields;
            }
        }
        length = to;
        ends[fields++] = to;
    }

    void add(String value) {
        add(value.toCharArray(), 0, value.length());
    }

    /** Whether the file has the column at all. */
    boolean has(int column) {
        return fieldOfColumn[column] >= 0;
    }

    /** Whether there are as many fields as the header has. */
    boolean complete() {
        return fields == fieldCount;
    }

    /** The column of the first character that could not be decoded, or -1. */
    int faultyColumn() {
        return column(faultyField);
    }

    /** The column of the first control character that no text of ours has, or -1. Line ends and tabs are none. */
    int controlColumn() {
        return column(controlField);
    }

    boolean empty(int column) {
        int field = fieldOfColumn[column];
        return field < 0 || ends[field] == begin(field);
    }

    /** The field of a column, valid until the next call. */
    CharSequence at(int column) {
        int field = fieldOfColumn[column];
        view.begin = field < 0 ? 0 : begin(field);
        view.count = field < 0 ? 0 : ends[field] - view.begin;
        return view;
    }

    /** The field of a column as a text of its own. */
    String string(int column) {
        int field = fieldOfColumn[column];
        if (field < 0) {
            return "";
        }
        int begin = begin(field);
        return new String(text, begin, ends[field] - begin);
    }

    private int begin(int field) {
        return field == 0 ? 0 : ends[field - 1];
    }

    private void control(char c) {
        if (c != '\n' && c != '\r' && c != '\t' && controlField < 0) {
            controlField = fields;
        }
    }

    private int column(int field) {
        for (int column = 0; field >= 0 && column < fieldOfColumn.length; column++) {
            if (fieldOfColumn[column] == field) {
                return column;
            }
        }
        return -1;
    }

    private final class View implements CharSequence {
        private int begin;
        private int count;

        @Override
        public int length() {
            return count;
        }

        @Override
        public char charAt(int index) {
            return text[begin + index];
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new String(text, begin + start, end - start);
        }

        @Override
        public String toString() {
            return new String(text, begin, count);
        }
    }
}
