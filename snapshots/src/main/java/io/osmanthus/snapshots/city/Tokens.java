package io.osmanthus.snapshots.city;

import io.osmanthus.snapshots.vocabulary.Scheme;
import java.nio.charset.StandardCharsets;

/**
 * The tokens of a city: a card for everybody, a plate for 41 of 100 (5.37 M cars to 13.0 M residents), an app id for 14
 * of 100. Token {@code i} is found without the others: first the cards in the order of persons, then plates, then app
 * ids. Immutable and thread-safe.
 *
 * <pre>
 * card   3105 + 11 digits + Luhn digit
 * plate  苏E + 5 of 34 signs (no I, no O); every fourth: new energy, 苏E + letter A–K + 2 signs + 3 digits
 * app    SZ + 16 hexadecimal digits
 * </pre>
 */
final class Tokens {
    static final int BYTES_MAX = 18;

    private static final byte[] CARD_PREFIX = Sheet.utf8("3105");
    private static final byte[] PLATE_PREFIX = Sheet.utf8("苏E");
    private static final byte[] SIGNS = Sheet.utf8("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ");
    private static final byte[] ENERGY = Sheet.utf8("DFABCEGHJK");
    private static final byte[] HEX = Sheet.utf8("0123456789ABCDEF");
    private static final long CARDS = 100_000_000_000L;
    private static final long STANDARD_PLATES = 34L * 34 * 34 * 34 * 34;
    private static final long ENERGY_PLATES = 10L * 34 * 34 * 1_000;

    private final long persons;
    private final long plates;
    private final long apps;
    private final long appKey;
    private final Permutation cardOrder;
    private final Permutation standardOrder;
    private final Permutation energyOrder;
    private final Permutation plateOwners;
    private final Permutation appOwners;

    Tokens(long persons, long seed) {
        this.persons = persons;
        this.plates = persons * 41 / 100;
        this.apps = persons * 14 / 100;
        this.appKey = Draw.key(seed, "apps");
        cardOrder = new Permutation(CARDS, Draw.key(seed, "cards"));
        standardOrder = new Permutation(STANDARD_PLATES, Draw.key(seed, "plates"));
        energyOrder = new Permutation(ENERGY_PLATES, Draw.key(seed, "new-energy plates"));
        plateOwners = new Permutation(persons, Draw.key(seed, "owners of plates"));
        appOwners = new Permutation(persons, Draw.key(seed, "owners of apps"));
    }

    long count() {
        return persons + plates + apps;
    }

    long plates() {
        return plates;
    }

    long apps() {
        return apps;
    }

    Scheme scheme(long index) {
        if (index < persons) {
            return Scheme.CARD;
        }
        return index < persons + plates ? Scheme.PLATE : Scheme.APP;
    }

    /** The person who bound a token. */
    long owner(long index) {
        return switch (scheme(index)) {
            case CARD -> index;
            case PLATE -> plateOwners.at(index - persons);
            case APP -> appOwners.at(index - persons - plates);
            case PERSON, USCC -> throw new IllegalStateException("nobody binds a " + scheme(index));
        };
    }

    /** Writes a token and returns its length in bytes. */
    int write(long index, byte[] to) {
        return switch (scheme(index)) {
            case CARD -> card(index, to);
            case PLATE -> plate(index - persons, to);
            case APP -> app(index - persons - plates, to);
            case PERSON, USCC -> throw new IllegalStateException("nobody binds a " + scheme(index));
        };
    }

    Token token(long index) {
        byte[] bytes = new byte[BYTES_MAX];
        return new Token(scheme(index), new String(bytes, 0, write(index, bytes), StandardCharsets.UTF_8));
    }

    /** A well-formed card number that nobody in this city has bound. */
    Token unknownCard(long index) {
        byte[] bytes = new byte[BYTES_MAX];
        int length = card(persons + Math.floorMod(index, CARDS - persons), bytes);
        return new Token(Scheme.CARD, new String(bytes, 0, length, StandardCharsets.UTF_8));
    }

    private int card(long index, byte[] to) {
        System.arraycopy(CARD_PREFIX, 0, to, 0, 4);
        long rest = cardOrder.at(index);
        for (int at = 14; at >= 4; at--, rest /= 10) {
            to[at] = (byte) ('0' + rest % 10);
        }
        int sum = 0;
        for (int at = 14; at >= 0; at--) {
            int digit = to[at] - '0';
            int doubled = (at & 1) == 0 ? digit * 2 : digit;
            sum += doubled > 9 ? doubled - 9 : doubled;
        }
        to[15] = (byte) ('0' + (10 - sum % 10) % 10);
        return 16;
    }

    private int plate(long index, byte[] to) {
        int at = PLATE_PREFIX.length;
        System.arraycopy(PLATE_PREFIX, 0, to, 0, at);
        long block = index >> 2;
        int place = (int) index & 3;
        if (place == 3) {
            long rest = energyOrder.at(block);
            for (int digit = at + 5; digit > at + 2; digit--, rest /= 10) {
                to[digit] = (byte) ('0' + rest % 10);
            }
            to[at + 2] = SIGNS[(int) (rest % 34)];
            to[at + 1] = SIGNS[(int) (rest / 34 % 34)];
            to[at] = ENERGY[(int) (rest / 34 / 34)];
            return at + 6;
        }
        long rest = standardOrder.at(block * 3 + place);
        for (int sign = at + 4; sign >= at; sign--, rest /= 34) {
            to[sign] = SIGNS[(int) (rest % 34)];
        }
        return at + 5;
    }

    private int app(long index, byte[] to) {
        to[0] = 'S';
        to[1] = 'Z';
        long bits = Draw.mix(appKey + index);
        for (int at = 17; at >= 2; at--, bits >>>= 4) {
            to[at] = HEX[(int) bits & 15];
        }
        return 18;
    }
}
