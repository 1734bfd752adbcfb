package io.osmanthus.loadtests;

import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.city.Token;
import io.osmanthus.snapshots.city.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/**
 * A steady load of half the saturation rate in three phases: before something happens, while it happens, after it. Every
 * answer's time goes to its phase, and every answer is held against the one before: a request may be answered as before, or
 * as after, and in no third way.
 */
final class Rehearsal implements SteadyLoad.Answers {
    /** How the latencies of a phase stand against those before. */
    static final double BAR = 3;

    private static final int CONNECTIONS = 64;
    private static final int SINGLES = 8_192;
    private static final int SINGLES_A_BATCH = 64;
    private static final int BATCH_SUBJECTS = 16;
    private static final long TRAFFIC_SEED = 11;
    private static final double UNKNOWN_SHARE = 0.02;
    private static final int WARM_UP_SECONDS = 15;
    private static final int SATURATION_SECONDS = 10;
    /** Where {@code null} stands in <code>{"benefit":null,…</code>. */
    private static final int NULL_AT = 11;

    private static final String[] PHASES = {"before", "during", "after"};

    private final List<byte[]> requests;
    private final long[] first;
    private final long[] other;
    private final Histogram[] latencies = {SteadyLoad.histogram(), SteadyLoad.histogram(), SteadyLoad.histogram()};
    private final long[] answered = new long[PHASES.length];
    private volatile int phase = -1;
    private long failed;
    private long third;
    private int changed;

    /** From then on no check may answer a benefit. */
    private volatile long nothingFromNanos = Long.MAX_VALUE;

    private long firstAfterNanos = -1;
    private long afterwards;
    private long wrong;

    /** Checks of a city's travellers in a scene. */
    Rehearsal(City city, String scene, String key) {
        Traffic traffic = new Traffic(city, TRAFFIC_SEED, UNKNOWN_SHARE);
        List<byte[]> posts = new ArrayList<>();
        String path = "/v1/scenes/" + scene + "/checks";
        for (int i = 0; i < SINGLES; i++) {
            posts.add(SteadyLoad.post(path, key, subject(traffic.next())));
            if (i % SINGLES_A_BATCH == 0) {
                List<String> subjects = new ArrayList<>();
                for (int j = 0; j < BATCH_SUBJECTS; j++) {
                    subjects.add(subject(traffic.next()));
                }
                posts.add(SteadyLoad.post(path + "/batch", key, "{\"subjects\":[" + String.join(",", subjects) + "]}"));
            }
        }
        this.requests = posts;
        this.first = new long[posts.size()];
        this.other = new long[posts.size()];
    }

    private static String subject(Token token) {
        return "{\"scheme\":\"" + token.scheme().word() + "\",\"token\":\"" + token.token() + "\"}";
    }

    /** What happens meanwhile, on a thread of its own: it says when each phase begins, and ends with the last. */
    interface Script {
        void play(Rehearsal rehearsal) throws Exception;
    }

    /** Warms up, finds the saturation rate, plays the script at half of it. */
    void run(MeasuredServer server, Script script) throws Exception {
        boolean preferred = MeasuredServer.prefer();
        try (SteadyLoad load = new SteadyLoad(server.port(), requests, CONNECTIONS)) {
            load.saturate(TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS), this);
            double before = server.loopSeconds();
            double asked = load.saturate(TimeUnit.SECONDS.toNanos(SATURATION_SECONDS), this);
            // Where this client is the limit, the event loop has time left: what it would do in all of its time is the
            // rate.
            double busy = Math.min(1, (server.loopSeconds() - before) / SATURATION_SECONDS);
            double saturation = asked / busy;
            double rate = saturation / 2;
            say(
                    "saturation %,.0f/s (%,.0f/s over %d connections, the event loop busy %.0f %% of the time); the load is"
                            + " %,.0f/s, open loop, one in %d a batch of %d%s",
                    saturation,
                    asked,
                    CONNECTIONS,
                    100 * busy,
                    rate,
                    SINGLES_A_BATCH + 1,
                    BATCH_SUBJECTS,
                    preferred ? "" : "; this client has no precedence on its core");
            Exception[] trouble = new Exception[1];
            Thread playing = new Thread(() -> {
                try {
                    script.play(this);
                } catch (Exception e) {
                    trouble[0] = e;
                }
            });
            playing.setDaemon(true);
            playing.start();
            BooleanSupplier more = playing::isAlive;
            load.run(rate, more, this);
            if (trouble[0] != null) {
                throw trouble[0];
            }
        }
    }

    /** A phase begins: 0 before, 1 during, 2 after. */
    void phase(int next) {
        phase = next;
    }

    /** From a moment on every single check is to be answered with no benefit. */
    void nothingFrom(long nanos) {
        nothingFromNanos = nanos;
    }

    @Override
    public void answered(
            int request, int status, byte[] bytes, int offset, int length, long intendedNanos, long nowNanos) {
        long content = hash(bytes, offset, length);
        int now = phase;
        if (status != 200) {
            failed++;
        } else if (first[request] == 0) {
            first[request] = content;
        } else if (content != first[request]) {
            if (other[request] == 0) {
                other[request] = content;
                changed++;
            } else if (content != other[request]) {
                third++;
            }
        } else if (now == 2 && other[request] != 0) {
            third++; // back to what was before
        }
        long since = intendedNanos - nothingFromNanos;
        if (since >= 0 && request % (SINGLES_A_BATCH + 1) != 1) {
            firstAfterNanos = firstAfterNanos < 0 ? since : firstAfterNanos;
            afterwards++;
            wrong += bytes[offset + NULL_AT] == 'n' ? 0 : 1;
        }
        if (now >= 0) {
            answered[now]++;
            latencies[now].recordValue(Math.min(nowNanos - intendedNanos, TimeUnit.MINUTES.toNanos(1)));
        }
    }

    /** Prints the phases and the ratio; false where a bar is missed, or nothing has changed to be seen. */
    boolean report() {
        for (int i = 0; i < PHASES.length; i++) {
            Histogram of = latencies[i];
            say(
                    "%-8s %,10d answers   p50 %8.3f ms   p99 %8.3f ms   p99.9 %8.3f ms   most %8.3f ms",
                    PHASES[i], answered[i], ms(of, 50), ms(of, 99), ms(of, 99.9), of.getMaxValue() / 1e6);
        }
        double ratio = ms(latencies[1], 99.9) / ms(latencies[0], 99.9);
        say(
                "p99.9 during / before %.2f (bar %.0f); failed %d; answered in a third way %d; requests with another answer"
                        + " since %d of %d",
                ratio, BAR, failed, third, changed, requests.size());
        if (firstAfterNanos >= 0) {
            say(
                    "the first check was meant for %.3f ms after 00:00; of %,d checks from there on %d were answered as of the"
                            + " day before",
                    firstAfterNanos / 1e6, afterwards, wrong);
        }
        boolean held = ratio <= BAR && failed == 0 && third == 0 && wrong == 0 && changed > 0;
        say(held ? "held" : "missed");
        return held;
    }

    private static double ms(Histogram of, double percentile) {
        return of.getValueAtPercentile(percentile) / 1e6;
    }

    /** FNV-1a, 0 kept for none. */
    private static long hash(byte[] bytes, int offset, int length) {
        long hash = 0xcbf29ce484222325L;
        for (int i = offset; i < offset + length; i++) {
            hash = (hash ^ bytes[i]) * 0x100000001b3L;
        }
        return hash == 0 ? 1 : hash;
    }

    static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
        System.out.flush();
    }
}
