package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.CitizenIds;
import io.osmanthus.snapshots.Usccs;
import java.util.Set;

/**
 * What quarantine shows of a faulty field, so that the source can find the fault: dates, numbers, codes of organisations and
 * words of closed lists, as long as nothing in them could be a person's number. Columns may be shifted, so each value is
 * looked at for itself. Everything else becomes {@link #MASKED}. Stateless.
 */
final class ShownValue {
    /** Stands for what could identify a person. */
    static final String MASKED = "***";

    private static final int CHARS_MAX = 40;

    /** A date has eight; a mobile number has eleven, and a plate letters beside its digits. */
    private static final int DATE_DIGITS_MAX = 8;

    /** Amounts and quantities. */
    private static final int NUMBER_DIGITS_MAX = 9;

    private static final int DIVISION_DIGITS_MAX = 6;

    private static final Set<String> DATES = Set.of(
            "enrolled_on",
            "granted_on",
            "expires_on",
            "occurred_on",
            "ended_on",
            "decided_on",
            "since",
            "registered_on",
            "entered_on",
            "leaves_on",
            "made_on",
            "published_on",
            "XK_JDRQ",
            "XK_YXQZ",
            "XK_YXQZI",
            "CF_JDRQ",
            "CF_YXQ",
            "CF_GSJZQ",
            "SBRQ");
    private static final Set<String> NUMBERS = Set.of("quantity", "amount_cents", "CF_NR_FK", "CF_NR_WFFF");
    private static final Set<String> WORDS =
            Set.of("scheme", "scene", "item", "subject_type", "severity", "list", "kind", "state", "SEVERITY");
    private static final Set<String> CODES = Set.of(
            "uscc", "subject_id", "XK_XDR_SHXYM", "CF_XDR_SHXYM", "XK_XKJGDM", "CF_CFJGDM", "XK_LYDWDM", "CF_SJLYDM");

    private ShownValue() {}

    /** The value as it may be shown; empty where it is empty. */
    static String of(String column, Reason reason, CharSequence value) {
        if (value.length() == 0) {
            return "";
        }
        boolean shown = value.length() <= CHARS_MAX
                && reason != Reason.NATURAL_PERSON
                && reason != Reason.PERSON_ON_LIST
                && reason != Reason.ENCODING
                && harmless(column, value);
        return shown ? value.toString() : MASKED;
    }

    private static boolean harmless(String column, CharSequence value) {
        if (DATES.contains(column)) {
            return only(value, "0123456789-/.: ", DATE_DIGITS_MAX);
        }
        if (NUMBERS.contains(column)) {
            return only(value, "0123456789-.,", NUMBER_DIGITS_MAX);
        }
        if (column.equals("district")) {
            return only(value, "0123456789", DIVISION_DIGITS_MAX);
        }
        if (WORDS.contains(column)) {
            return only(value, "abcdefghijklmnopqrstuvwxyz_-", 0);
        }
        return CODES.contains(column) && organisationCode(value);
    }

    /** A code with a letter where a citizen id has digits; not of an individual trader, who is a person. */
    private static boolean organisationCode(CharSequence value) {
        String code = Subjects.canonicalUscc(value);
        return Usccs.shaped(code) && !Usccs.individualTrader(code) && !CitizenIds.shaped(code, 0);
    }

    /** Whether a value has these signs only and not too many digits; and begins with none that a spreadsheet calculates. */
    private static boolean only(CharSequence value, String signs, int digitsMax) {
        int digits = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (signs.indexOf(c) < 0) {
                return false;
            }
            digits += c >= '0' && c <= '9' ? 1 : 0;
        }
        return digits <= digitsMax && value.charAt(0) != '-';
    }
}
