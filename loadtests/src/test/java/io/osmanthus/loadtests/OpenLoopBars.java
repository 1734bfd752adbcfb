package io.osmanthus.loadtests;

import io.osmanthus.loadtests.OpenLoop.Load;
import io.osmanthus.loadtests.OpenLoop.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** The bars that need constant rates. Runs in {@link HotPath}'s own process: pin that to the load's core. */
final class OpenLoopBars {
    private static final int CONNECTIONS = 64;
    private static final int WARM_UP_SECONDS = 10;
    private static final int RECOVERY_SECONDS = 10;
    private static final int SCORES_PER_SECOND = 15_000;
    private static final int FORGED_PER_SECOND = 1_000;

    /** More than one, since failures of one address are refused unseen beyond its rate. */
    private static final int FORGERS = 40;

    private final Path directory;
    private final int seconds;

    OpenLoopBars(Path directory, int seconds) {
        this.directory = directory;
        this.seconds = seconds;
    }

    /** Half of what saturates. */
    void latency(int port, double perSecond) throws IOException {
        OpenLoop.run(WARM_UP_SECONDS, Load.of(port, perSecond, CONNECTIONS, checks()));
        Outcome outcome = one(seconds, Load.of(port, perSecond, CONNECTIONS, checks()));
        HotPath.say("open loop at %,.0f/s for %d s: %s; bar p99.9 10 ms", perSecond, seconds, outcome);
    }

    /** Half of the admission limit, three times it, and half of it again. */
    void overload(int port, int admitted, long pid) throws IOException {
        double half = admitted / 2.0;
        OpenLoop.run(WARM_UP_SECONDS, Load.of(port, half, CONNECTIONS, checks()));
        Outcome calm = one(seconds, Load.of(port, half, CONNECTIONS, checks()));
        long before = residentMib(pid);
        Outcome over = one(seconds, Load.of(port, 3.0 * admitted, CONNECTIONS, checks()));
        long after = residentMib(pid);
        Outcome again = one(RECOVERY_SECONDS, Load.of(port, half, CONNECTIONS, checks()));
        HotPath.say("half of the limit of %,d/s for %d s: %s", admitted, seconds, calm);
        HotPath.say("three times the limit for %d s: %s", seconds, over);
        HotPath.say(
                "  accepted p99 %.3f ms against %.3f ms: ratio %.2f (bar 2); resident %,d and %,d MiB",
                over.ms(99), calm.ms(99), over.ms(99) / calm.ms(99), before, after);
        int recovered = 0;
        for (int second = 0; second < again.bySecond.size(); second++) {
            boolean whole = again.refusedBySecond.get(second) == 0
                    && again.bySecond.get(second).getValueAtPercentile(99) <= 2e6 * calm.ms(99);
            recovered = whole ? recovered : second + 1;
        }
        HotPath.say("  recovered after %d s (bar 5)", recovered);
    }

    /** Half of the bar of throughput. */
    void scores(int port) throws IOException {
        List<byte[]> requests = new ArrayList<>();
        for (String token : Files.readAllLines(directory.resolve("citizens.txt"))) {
            requests.add(score(token));
        }
        Outcome outcome = one(seconds, Load.of(port, SCORES_PER_SECOND, CONNECTIONS, inTurn(requests)));
        HotPath.say("scores at %,d/s for %d s: %s; bar p99.9 10 ms", SCORES_PER_SECOND, seconds, outcome);
    }

    /** Checks alone, and with forged tokens beside them. */
    void forged(int port, double perSecond) throws IOException {
        List<InetAddress> forgers = new ArrayList<>();
        for (int i = 0; i < FORGERS; i++) {
            forgers.add(InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) (i + 1)}));
        }
        Load checks = Load.of(port, perSecond, CONNECTIONS, checks());
        OpenLoop.run(WARM_UP_SECONDS, checks);
        Outcome alone = one(seconds, checks);
        for (List<InetAddress> from : List.of(forgers.subList(0, 1), forgers)) {
            List<Outcome> both =
                    OpenLoop.run(seconds, checks, new Load(port, FORGED_PER_SECOND, FORGERS, from, forged()));
            HotPath.say("checks at %,.0f/s alone for %d s: %s", perSecond, seconds, alone);
            HotPath.say("  with forged ES256 tokens from %d addresses: %s", from.size(), both.get(0));
            HotPath.say("  of the forged: %s", both.get(1));
            HotPath.say(
                    "  p99 %.3f ms against %.3f ms: ratio %.2f (bar 1.5)",
                    both.get(0).ms(99), alone.ms(99), both.get(0).ms(99) / alone.ms(99));
        }
    }

    private static Outcome one(int seconds, Load load) throws IOException {
        return OpenLoop.run(seconds, load).get(0);
    }

    private Supplier<byte[]> checks() throws IOException {
        String key = Workshop.apiKey();
        List<byte[]> requests = new ArrayList<>();
        for (String line : Files.readAllLines(directory.resolve("tokens.csv"))) {
            String[] token = line.split(",", 2);
            String body = "{\"scheme\":\"" + token[0] + "\",\"token\":\"" + token[1] + "\"}";
            requests.add(ascii("POST /v1/scenes/transit/checks HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                    + key + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                    + body));
        }
        return inTurn(requests);
    }

    /** Tokens in the name of a key of the issuer's, each with another signature that is none. */
    private static Supplier<byte[]> forged() {
        SplittableRandom random = new SplittableRandom(1);
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        long now = System.currentTimeMillis() / 1000;
        String head = encoder.encodeToString(
                ascii("{\"alg\":\"ES256\",\"kid\":\"" + HotPathServers.FORGED_KEY + "\",\"typ\":\"JWT\"}"));
        String claims =
                encoder.encodeToString(ascii("{\"iss\":\"" + io.osmanthus.http.DemoIssuer.ISSUER + "\",\"aud\":\""
                        + io.osmanthus.http.DemoIssuer.AUDIENCE + "\",\"iat\":" + now + ",\"exp\":" + (now + 3_000)
                        + ",\"person_id\":\"320508189001010017\"}"));
        byte[] signature = new byte[64];
        return () -> {
            random.nextBytes(signature);
            return score(head + "." + claims + "." + encoder.encodeToString(signature));
        };
    }

    private static byte[] score(String token) {
        return ascii("GET /v1/me/score HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + token + "\r\n\r\n");
    }

    private static Supplier<byte[]> inTurn(List<byte[]> requests) {
        int[] at = {0};
        return () -> {
            at[0] = at[0] + 1 == requests.size() ? 0 : at[0] + 1;
            return requests.get(at[0]);
        };
    }

    private static long residentMib(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10;
            }
        }
        return 0;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
