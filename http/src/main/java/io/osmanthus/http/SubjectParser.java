package io.osmanthus.http;

import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bodies of checks: one subject {@code {"scheme":…,"token":…}}, or {@code {"subjects":[…]}} element by element.
 * A token comes out canonical. Allocates nothing for ASCII and Chinese; not thread-safe.
 */
final class SubjectParser {
    /** A token is at most so long, unescaped; the longest known is a plate in full-width letters, 24 bytes. */
    static final int TOKEN_BYTES_MAX = 128;

    /** NFKC makes some characters many; a token that outgrows this is malformed. */
    private static final int TOKEN_CAPACITY = 512;

    /** What a step found. Everything but OK and END_OF_BATCH refuses a single check. */
    enum Outcome {
        OK(null, null),
        END_OF_BATCH(null, null),
        BROKEN("", "is not well-formed JSON in UTF-8, or nested too deep"),
        NOT_A_SUBJECT("", "must be an object with 'scheme' and 'token'"),
        NOT_A_BATCH("", "must be an object with 'subjects', a list, and nothing else"),
        UNKNOWN_KEY("", "knows 'scheme' and 'token' only"),
        REPEATED_KEY("", "repeats a key"),
        SCHEME("/scheme", "must be a scheme that the scene takes"),
        TOKEN("/token", "must be a text of at most " + TOKEN_BYTES_MAX + " bytes that is not empty");

        private final @Nullable String pointer;
        private final @Nullable String detail;

        Outcome(@Nullable String pointer, @Nullable String detail) {
            this.pointer = pointer;
            this.detail = detail;
        }

        /** The fault to report; only for outcomes that refuse. */
        Problem.Fault fault() {
            if (pointer == null || detail == null) {
                throw new IllegalStateException(this + " is no fault");
            }
            return new Problem.Fault(pointer, detail);
        }
    }

    private static final byte[] SCHEME_KEY = ascii("scheme");
    private static final byte[] TOKEN_KEY = ascii("token");
    private static final byte[] SUBJECTS_KEY = ascii("subjects");
    private static final Scheme[] SCHEMES = Scheme.values();
    private static final byte[][] SCHEME_WORDS =
            Arrays.stream(SCHEMES).map(scheme -> ascii(scheme.word())).toArray(byte[][]::new);

    private final JsonBytes json = new JsonBytes();
    private final byte[] word = new byte[16];
    private final byte[] token = new byte[TOKEN_CAPACITY];
    private int tokenLength;
    private Scheme scheme = Scheme.CARD;
    private boolean first;

    /** The canonical token of the last OK; valid until the next step. */
    byte[] token() {
        return token;
    }

    int tokenLength() {
        return tokenLength;
    }

    Scheme scheme() {
        return scheme;
    }

    /** Reads the body of a single check. */
    Outcome single(byte[] bytes, int from, int to) {
        json.reset(bytes, from, to);
        Outcome outcome = subject();
        return outcome == Outcome.BROKEN || json.done() ? outcome : Outcome.BROKEN;
    }

    /** Begins the body of a batch: OK, BROKEN or NOT_A_BATCH. */
    Outcome batch(byte[] bytes, int from, int to) {
        json.reset(bytes, from, to);
        first = true;
        if (json.peek() == '{') {
            json.take('{');
            if (json.peek() == '"') {
                int length = json.string(word);
                if (length == JsonBytes.BROKEN) {
                    return Outcome.BROKEN;
                }
                if (is(SUBJECTS_KEY, word, length) && json.take(':') && json.take('[')) {
                    return Outcome.OK;
                }
            }
        }
        json.reset(bytes, from, to);
        return json.skip(1) && json.done() ? Outcome.NOT_A_BATCH : Outcome.BROKEN;
    }

    /** The next subject of a batch: OK, END_OF_BATCH, BROKEN for the whole, or what is wrong with this one. */
    Outcome next() {
        if (json.take(']')) {
            if (!json.take('}')) {
                return json.take(',') ? Outcome.NOT_A_BATCH : Outcome.BROKEN;
            }
            return json.done() ? Outcome.END_OF_BATCH : Outcome.BROKEN;
        }
        if (!first && !json.take(',')) {
            return Outcome.BROKEN;
        }
        first = false;
        return subject();
    }

    private Outcome subject() {
        if (json.peek() != '{') {
            return json.skip(1) ? Outcome.NOT_A_SUBJECT : Outcome.BROKEN;
        }
        json.take('{');
        Outcome fault = Outcome.OK;
        boolean schemeSeen = false;
        boolean tokenSeen = false;
        if (!json.take('}')) {
            do {
                int length = json.peek() == '"' ? json.string(word) : JsonBytes.BROKEN;
                if (length == JsonBytes.BROKEN || !json.take(':')) {
                    return Outcome.BROKEN;
                }
                Outcome member;
                if (is(SCHEME_KEY, word, length)) {
                    member = schemeValue();
                    member = schemeSeen && member != Outcome.BROKEN ? Outcome.REPEATED_KEY : member;
                    schemeSeen = true;
                } else if (is(TOKEN_KEY, word, length)) {
                    member = tokenValue();
                    member = tokenSeen && member != Outcome.BROKEN ? Outcome.REPEATED_KEY : member;
                    tokenSeen = true;
                } else {
                    member = json.skip(2) ? Outcome.UNKNOWN_KEY : Outcome.BROKEN;
                }
                if (member == Outcome.BROKEN) {
                    return Outcome.BROKEN;
                }
                fault = fault == Outcome.OK ? member : fault;
            } while (json.take(','));
            if (!json.take('}')) {
                return Outcome.BROKEN;
            }
        }
        if (fault != Outcome.OK) {
            return fault;
        }
        if (!schemeSeen) {
            return Outcome.SCHEME;
        }
        return tokenSeen ? canonical() : Outcome.TOKEN;
    }

    private Outcome schemeValue() {
        if (json.peek() != '"') {
            return json.skip(2) ? Outcome.SCHEME : Outcome.BROKEN;
        }
        int length = json.string(word);
        if (length == JsonBytes.BROKEN) {
            return Outcome.BROKEN;
        }
        for (int i = 0; i < SCHEME_WORDS.length; i++) {
            if (is(SCHEME_WORDS[i], word, length)) {
                scheme = SCHEMES[i];
                return Outcome.OK;
            }
        }
        return Outcome.SCHEME;
    }

    private Outcome tokenValue() {
        if (json.peek() != '"') {
            return json.skip(2) ? Outcome.TOKEN : Outcome.BROKEN;
        }
        int length = json.string(token);
        if (length == JsonBytes.BROKEN) {
            return Outcome.BROKEN;
        }
        tokenLength = length;
        return length <= 0 || length > TOKEN_BYTES_MAX ? Outcome.TOKEN : Outcome.OK;
    }

    /** Last, since it must happen once and only to a subject that is otherwise sound. */
    private Outcome canonical() {
        tokenLength = Canonical.inPlace(token, 0, tokenLength, token.length);
        return tokenLength > 0 ? Outcome.OK : Outcome.TOKEN;
    }

    private static boolean is(byte[] expected, byte[] found, int length) {
        return length == expected.length && Arrays.equals(expected, 0, length, found, 0, length);
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }
}
