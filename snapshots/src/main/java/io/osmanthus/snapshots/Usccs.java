package io.osmanthus.snapshots;

/**
 * Unified social credit codes (统一社会信用代码, GB 32100-2015): 18 characters, the last a check over all; characters 9–17
 * are an organisation code with a check of its own (GB 11714). Stateless.
 */
public final class Usccs {
    /** Length of a code in characters. */
    public static final int LENGTH = 18;

    private static final String ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    private static final String FIRST = "123456789ANY";
    private static final int[] BODY_WEIGHTS = {3, 7, 9, 10, 5, 8, 4, 2};
    private static final int BODY = 8;
    private static final int BODY_CHECK = 16;

    private Usccs() {}

    /** Whether the text has the shape of a code: length, alphabet, first character, division code in digits. */
    public static boolean shaped(CharSequence text) {
        if (text.length() != LENGTH || FIRST.indexOf(text.charAt(0)) < 0) {
            return false;
        }
        for (int i = 1; i < LENGTH; i++) {
            if (ALPHABET.indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        for (int i = 2; i < BODY; i++) {
            if (text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** The check character over the first 17 of a {@linkplain #shaped shaped} code: MOD 31. */
    public static char check(CharSequence text) {
        int sum = 0;
        int weight = 1;
        for (int i = 0; i < LENGTH - 1; i++) {
            sum += ALPHABET.indexOf(text.charAt(i)) * weight;
            weight = weight * 3 % 31;
        }
        return ALPHABET.charAt((31 - sum % 31) % 31);
    }

    /** The check character of the organisation code within: MOD 11, 10 written X, 11 written 0. */
    public static char bodyCheck(CharSequence text) {
        int sum = 0;
        for (int i = 0; i < BODY_WEIGHTS.length; i++) {
            sum += Character.digit(text.charAt(BODY + i), 36) * BODY_WEIGHTS[i];
        }
        int check = 11 - sum % 11;
        return check == 10 ? 'X' : check == 11 ? '0' : (char) ('0' + check);
    }

    /** Whether both check characters of a {@linkplain #shaped shaped} code are right. */
    public static boolean checked(CharSequence text) {
        return text.charAt(LENGTH - 1) == check(text) && text.charAt(BODY_CHECK) == bodyCheck(text);
    }

    /** Whether the code is of an individual trader (个体工商户), to whom the rights of natural persons apply. */
    public static boolean individualTrader(CharSequence text) {
        return text.length() >= 2 && text.charAt(0) == '9' && text.charAt(1) == '2';
    }
}
