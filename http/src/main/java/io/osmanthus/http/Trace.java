package io.osmanthus.http;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.spi.context.storage.AccessMode;
import io.vertx.core.spi.context.storage.ContextLocal;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * By what the log lines of one request are found: our own number for it, and what the client said of the trace it belongs to
 * (W3C Trace Context). What clients say decides nothing. Immutable; kept in the request's Vert.x context, and so known on
 * the workers it goes to.
 *
 * @param requestId a random UUID; {@code Osmanthus-Request-Id} of the answer
 * @param traceId 32 lower-case hexadecimal digits, or null
 * @param parentId 16 of them, or null
 */
public record Trace(
        String requestId,
        @Nullable String traceId,
        @Nullable String parentId) {
    /** Must be there before the first Vert.x is: {@link #prepare}. */
    private static final ContextLocal<Trace> LOCAL = ContextLocal.registerLocal(Trace.class);

    private static final int TRACEPARENT_LENGTH = 55;

    /** Called before Vert.x is made. */
    static void prepare() {
        // the class is initialised by now
        assert LOCAL != null;
    }

    /** The trace of a request, by its {@code traceparent}; one that is malformed is as good as none. */
    static Trace of(@Nullable String traceparent) {
        String id = newId();
        return traceparent != null && sound(traceparent)
                ? new Trace(id, traceparent.substring(3, 35), traceparent.substring(36, 52))
                : new Trace(id, null, null);
    }

    /** A random name for a request. It names, it does not protect: so not from a secure generator, which costs more. */
    static String newId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        // version 4, variant 2 (RFC 9562)
        long high = (random.nextLong() & ~0xF000L) | 0x4000L;
        long low = (random.nextLong() >>> 2) | Long.MIN_VALUE;
        return new UUID(high, low).toString();
    }

    /** Belongs to everything that is done in this context from now on. */
    void enter(Context context) {
        context.putLocal(LOCAL, AccessMode.CONCURRENT, this);
    }

    /** The trace of the request that the calling thread works for, or null. */
    public static @Nullable Trace current() {
        Context context = Vertx.currentContext();
        return context == null ? null : context.getLocal(LOCAL, AccessMode.CONCURRENT);
    }

    /** {@code 00-<32>-<16>-<2>}; a later version may have more after it, ids are not all zero, version ff is none. */
    private static boolean sound(String text) {
        int length = text.length();
        if (length < TRACEPARENT_LENGTH || (length > TRACEPARENT_LENGTH && text.charAt(TRACEPARENT_LENGTH) != '-')) {
            return false;
        }
        boolean first = text.startsWith("00");
        return !(first && length != TRACEPARENT_LENGTH)
                && !text.startsWith("ff")
                && hexadecimal(text, 0, 2)
                && text.charAt(2) == '-'
                && hexadecimal(text, 3, 35)
                && !text.startsWith("0".repeat(32), 3)
                && text.charAt(35) == '-'
                && hexadecimal(text, 36, 52)
                && !text.startsWith("0".repeat(16), 36)
                && text.charAt(52) == '-'
                && hexadecimal(text, 53, 55);
    }

    private static boolean hexadecimal(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }
}
