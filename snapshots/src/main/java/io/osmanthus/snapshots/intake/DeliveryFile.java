package io.osmanthus.snapshots.intake;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The files of a delivery and their columns, in the contract's order. A required column must be given in every row. */
@SuppressWarnings("ImmutableEnumChecker") // the array is written in the constructor only
enum DeliveryFile {
    DELIVERY("source! file! provided delivered_on!"),
    PERSONS("person_id! district! enrolled_on!"),
    TOKENS("scheme! token! person_id!"),
    CONSENTS("person_id! scene! granted_on! expires_on evidence"),
    ORGANISATIONS("uscc! name! type district industry registered_on status"),
    RECORDS(
            "record_id! subject_type! subject_id! item! act_id occurred_on! ended_on decided_on quantity severity source!"
                    + " document_no"),
    ARREARS("scene! person_id! since! amount_cents! reference! source!"),
    LIST_ENTRIES("entry_id! list! subject_type! subject_id! entered_on! leaves_on reason legal_basis! source!"),
    // Known to the contract, not yet taken in.
    COMMITMENTS(""),
    PERMITS(""),
    PENALTIES(""),
    ADMINISTRATIVE_ACTS("");

    private final String word = name().toLowerCase(Locale.ROOT);
    private final List<String> columns;
    private final boolean[] required;

    DeliveryFile(String columns) {
        List<String> names = new ArrayList<>();
        List<Boolean> marks = new ArrayList<>();
        for (String column : columns.split(" ", -1)) {
            if (!column.isEmpty()) {
                boolean mark = column.endsWith("!");
                names.add(mark ? column.substring(0, column.length() - 1) : column);
                marks.add(mark);
            }
        }
        this.columns = List.copyOf(names);
        this.required = new boolean[marks.size()];
        for (int i = 0; i < required.length; i++) {
            required[i] = marks.get(i);
        }
    }

    /** The name without an ending, also of the Parquet file in the snapshot. */
    String word() {
        return word;
    }

    /** The name that stands for all formats. */
    String csv() {
        return word + ".csv";
    }

    List<String> columns() {
        return columns;
    }

    boolean required(int column) {
        return required[column];
    }

    /** Whether this version reads it. */
    boolean takenIn() {
        return !columns.isEmpty();
    }

    /** Whether it speaks for persons themselves and therefore needs a channel's signature. */
    boolean signed() {
        return this == PERSONS || this == CONSENTS;
    }

    static @Nullable DeliveryFile of(String word) {
        for (DeliveryFile file : values()) {
            if (file.word.equals(word)) {
                return file;
            }
        }
        return null;
    }
}
