package io.osmanthus.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.osmanthus.engine.rules.Benefit;
import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The answers of one scene, encoded once. All single answers have one length, and so have all elements of a batch:
 * shorter ones are padded with spaces, which JSON allows, so that nobody on the line can tell a benefit from none.
 * Immutable; the buffers may be written by any thread.
 */
final class SceneAnswers {
    /** Codes are nibbles: 0 is none. */
    private static final int CODES = 16;

    private static final byte[] BATCH_HEAD = ascii("{\"benefits\":[");

    private final int scene;
    private final boolean organisations;
    private final Buffer[] single = new Buffer[CODES];
    private final ByteBuf[] whole = new ByteBuf[CODES];
    private final byte[][] element = new byte[CODES][];
    private final int elementBytes;
    private final int singleBytes;
    private final byte[] tailWith;
    private final byte[] tailWithout;
    private final long[] trail;

    /** Answers that leave no trail, for a scene about organisations or a measurement. */
    SceneAnswers(SceneRule rule) {
        this(rule, new long[CODES]);
    }

    /** {@code trail}: the bits of each code's events. */
    SceneAnswers(SceneRule rule, long[] trail) {
        this.trail = Arrays.copyOf(trail, CODES);
        scene = rule.definition().index();
        organisations = rule.definition().subject() == SubjectType.ORGANISATION;
        String[] words = new String[CODES];
        Arrays.fill(words, "null");
        for (Benefit benefit : rule.benefits()) {
            words[benefit.code()] = "\"" + benefit.id() + "\"";
        }
        int widest = Arrays.stream(words).mapToInt(String::length).max().orElse(0);
        int longest = 0;
        for (int code = 0; code < CODES; code++) {
            element[code] = padded(words[code], widest);
            longest = Math.max(longest, single(words[code], rule.ttlSeconds()).length());
        }
        elementBytes = widest;
        singleBytes = longest;
        for (int code = 0; code < CODES; code++) {
            byte[] answer = padded(single(words[code], rule.ttlSeconds()), longest);
            single[code] = BufferInternal.buffer(shared(answer));
            // to the byte what the codec makes of the ordinary answer
            String head = "HTTP/1.1 200 OK\r\ncontent-type: " + Reply.JSON + "\r\ncache-control: " + Reply.NO_STORE
                    + "\r\ncontent-length: " + answer.length + "\r\n\r\n";
            whole[code] = shared(ascii(head + new String(answer, StandardCharsets.US_ASCII)));
        }
        String with = "],\"ttl_seconds\":" + rule.ttlSeconds() + "}";
        tailWith = ascii(with);
        tailWithout = padded("],\"ttl_seconds\":0}", with.length());
    }

    int scene() {
        return scene;
    }

    /** The bits of an answer, for the access trail; to be joined with the client's. */
    long trail(int code) {
        return trail[code];
    }

    /** Whether answers are about persons, and so belong into the access trail. */
    boolean aboutPersons() {
        return !organisations;
    }

    /** Whether the scene asks about subjects of the scheme: an organisation's code, or a token that persons bind. */
    boolean takes(Scheme scheme) {
        return takes(organisations, scheme);
    }

    /** The words of the schemes that a scene takes. */
    static List<String> schemes(SceneRule rule) {
        boolean organisations = rule.definition().subject() == SubjectType.ORGANISATION;
        return Arrays.stream(Scheme.values())
                .filter(scheme -> takes(organisations, scheme))
                .map(Scheme::word)
                .toList();
    }

    private static boolean takes(boolean organisations, Scheme scheme) {
        return organisations ? scheme == Scheme.USCC : scheme.bindable();
    }

    /** The body of the answer to a single check. */
    Buffer single(int code) {
        return single[code];
    }

    /** Head and body of the answer to a single check, to be written once. */
    ByteBuf whole(int code) {
        return whole[code].duplicate();
    }

    /** The length of every body of a single check. */
    int singleBytes() {
        return singleBytes;
    }

    /** The body of the answer to a batch. */
    Buffer batch(byte[] codes, int count) {
        byte[] body = new byte[BATCH_HEAD.length + count * (elementBytes + 1) - 1 + tailWith.length];
        System.arraycopy(BATCH_HEAD, 0, body, 0, BATCH_HEAD.length);
        int at = BATCH_HEAD.length;
        int any = 0;
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                body[at++] = ',';
            }
            any |= codes[i];
            System.arraycopy(element[codes[i]], 0, body, at, elementBytes);
            at += elementBytes;
        }
        System.arraycopy(any == 0 ? tailWithout : tailWith, 0, body, at, tailWith.length);
        return BufferInternal.buffer(Unpooled.wrappedBuffer(body));
    }

    private static String single(String word, int ttlSeconds) {
        return "{\"benefit\":" + word + ",\"ttl_seconds\":" + (word.equals("null") ? 0 : ttlSeconds) + "}";
    }

    private static byte[] padded(String text, int bytes) {
        byte[] padded = new byte[bytes];
        Arrays.fill(padded, (byte) ' ');
        byte[] plain = ascii(text);
        System.arraycopy(plain, 0, padded, 0, plain.length);
        return padded;
    }

    private static ByteBuf shared(byte[] bytes) {
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(direct.asReadOnlyBuffer()));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
