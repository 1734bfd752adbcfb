package io.osmanthus.snapshots.trail;

/*
 * A document of a queue is what one turn of an event loop answered:
 *
 *   int    FORMAT
 *   int    number of events
 *   long   time, milliseconds since 1970-01-01
 *   then for each event
 *   long   person's pseudonym, high
 *   long   person's pseudonym, low
 *   long   bits 40–63 client, 24–39 scene, 8–23 answer (numbers of Names, 0 none), 1–7 Asked, 0 nobody
 *
 * All events have one size, and an event about somebody who is not enrolled has a random subject and bit 0 set.
 */

/** The bits of one event. */
final class Event {
    static final int FORMAT = 1;
    static final int LONGS = 3;
    static final int HEADER_BYTES = 16;
    static final int BYTES = LONGS * Long.BYTES;
    static final long NOBODY = 1;

    static final int CLIENT_BITS = 24;
    static final int SCENE_BITS = 16;
    static final int ANSWER_BITS = 16;

    private static final int CLIENT_SHIFT = 40;
    private static final int SCENE_SHIFT = 24;
    private static final int ANSWER_SHIFT = 8;
    private static final int ASKED_SHIFT = 1;
    private static final int ASKED_MASK = 0x7F;

    private Event() {}

    static long of(int client, int scene, int answer, Asked asked) {
        return (long) client << CLIENT_SHIFT
                | (long) scene << SCENE_SHIFT
                | (long) answer << ANSWER_SHIFT
                | (long) asked.code() << ASKED_SHIFT;
    }

    static int client(long what) {
        return (int) (what >>> CLIENT_SHIFT);
    }

    static int scene(long what) {
        return (int) (what >>> SCENE_SHIFT) & ((1 << SCENE_BITS) - 1);
    }

    static int answer(long what) {
        return (int) (what >>> ANSWER_SHIFT) & ((1 << ANSWER_BITS) - 1);
    }

    static Asked asked(long what) {
        return Asked.of((int) (what >>> ASKED_SHIFT) & ASKED_MASK);
    }

    static boolean nobody(long what) {
        return (what & NOBODY) != 0;
    }
}
