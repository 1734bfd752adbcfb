package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.CitizenIds;

/**
 * Masks citizen ids and mobile numbers in the free texts of organisations: stars in place of each character. Citizen ids are
 * found anywhere by shape, birthday and check character; mobile numbers are eleven digits
 * {@code 1[3-9]…} that stand alone or behind the code of the country.
 * For one thread.
 */
public final class FreeText {
    private static final int MOBILE_LENGTH = 11;

    private long masked;

    /** How many ids and numbers have been masked so far. */
    long masked() {
        return masked;
    }

    /** The text with stars in place of each character of an id or number. */
    public String mask(String text) {
        StringBuilder changed = null;
        for (int at = 0; at < text.length(); at++) {
            int length = CitizenIds.valid(text, at) ? CitizenIds.LENGTH : mobile(text, at) ? MOBILE_LENGTH : 0;
            if (length > 0) {
                changed = changed == null ? new StringBuilder(text) : changed;
                for (int i = at; i < at + length; i++) {
                    changed.setCharAt(i, '*');
                }
                masked++;
                at += length - 1;
            }
        }
        return changed == null ? text : changed.toString();
    }

    private static boolean mobile(String text, int at) {
        if (at + MOBILE_LENGTH > text.length() || text.charAt(at) != '1' || text.charAt(at + 1) < '3') {
            return false;
        }
        for (int i = at; i < at + MOBILE_LENGTH; i++) {
            if (!digit(text, i)) {
                return false;
            }
        }
        return !digit(text, at + MOBILE_LENGTH) && (!digit(text, at - 1) || countryCode(text, at));
    }

    /** Whether 86 or 0086, the code of the country, and nothing else stands before the number. */
    private static boolean countryCode(String text, int at) {
        return text.startsWith("86", at - 2)
                && (!digit(text, at - 3) || (text.startsWith("00", at - 4) && !digit(text, at - 5)));
    }

    private static boolean digit(String text, int at) {
        return at >= 0 && at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }
}
