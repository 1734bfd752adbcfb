package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.intake.IntakeException.Code;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads a header line: which field of the file is which column of the contract. The order is free. */
final class Header {
    /** So many names a finding lists; a file of thousands of columns is another file altogether. */
    private static final int NAMES_MAX = 10;

    private Header() {}

    /** Per column of the contract, the number of its field; -1 where the header may lack it and does. */
    static int[] fields(DeliveryFile file, List<String> names, String fileName) {
        List<String> columns = file.columns();
        int[] fields = new int[columns.size()];
        Arrays.fill(fields, -1);
        List<String> unknown = new ArrayList<>();
        List<String> repeated = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            int column = columns.indexOf(names.get(i));
            if (column < 0 && file.drops(names.get(i))) {
                continue;
            }
            if (column < 0) {
                unknown.add("'" + printable(names.get(i)) + "'");
            } else if (fields[column] >= 0) {
                repeated.add("'" + names.get(i) + "'");
            } else {
                fields[column] = i;
            }
        }
        List<String> missing = new ArrayList<>();
        for (int column = 0; column < fields.length; column++) {
            if (fields[column] < 0 && !file.mayLack(column)) {
                missing.add("'" + columns.get(column) + "'");
            }
        }
        List<String> findings = new ArrayList<>();
        say(findings, "unknown", unknown);
        say(findings, "repeated", repeated);
        say(findings, "missing", missing);
        if (!findings.isEmpty()) {
            throw new IntakeException(
                    Code.HEADER,
                    "the header of " + fileName + " is not that of the contract: " + String.join("; ", findings)
                            + ". Its columns, in any order, are " + String.join(", ", columns));
        }
        return fields;
    }

    private static void say(List<String> findings, String what, List<String> columns) {
        if (!columns.isEmpty()) {
            int more = columns.size() - NAMES_MAX;
            findings.add(what
                    + (columns.size() == 1 ? " column " : " columns ")
                    + String.join(", ", columns.subList(0, Math.min(NAMES_MAX, columns.size())))
                    + (more > 0 ? " and " + more + " more" : ""));
        }
    }

    /** A file without a header shows its first row here: what is not a name of a column is not repeated. */
    private static String printable(String name) {
        return name.matches("[A-Za-z_][A-Za-z_ -]{0,39}") ? name : "(not a name, " + name.length() + " characters)";
    }
}
