package io.osmanthus.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/*
 * A stream that breaks the framing ends the connection, and what was asked just before may go unanswered then, on either path,
 * as the pieces happen to arrive. So that comes last, and only when everything before it is answered.
 */

/** Random streams of requests, sound and odd, in random pieces; each ends with one that may be broken, and the connection. */
final class Streams {
    private static final String[] PATHS = {
        "/v1/scenes/transit/checks",
        "/v1/scenes/parking/checks",
        "/v1/scenes/approvals/checks",
        "/v1/scenes/transit/checks/batch",
        "/v1/scenes/none/checks"
    };
    private static final String[] CLIENTS = {"gate", "garage", "counter", "gate", "old", "buyer"};
    private static final String[] ODD_FIELDS = {
        "Host: b",
        "Connection: keep-alive",
        "Accept: */*",
        "Accept: text/plain",
        "Accept-Encoding: gzip",
        "User-Agent: a  b",
        "User-Agent: a\r\n b",
        "User-Agent:x",
        "X-Any: y",
        "Upgrade: websocket",
        "Content-Type: text/plain",
        "Content-Encoding: gzip"
    };
    private static final String[] HOSTILE_FIELDS = {
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: identity",
        "Content-Length: 3",
        "Expect: 100-continue",
        "Connection: close",
        "No colon",
        ": no name"
    };

    private final Random random;
    private final Rig rig;

    Streams(Random random, Rig rig) {
        this.random = random;
        this.rig = rig;
    }

    /** Requests, where they are cut, how many they are, and what follows their answers. */
    record Stream(String text, List<Integer> cuts, int answers, String last) {
        @Override
        public String toString() {
            return text + "\ncut at " + cuts + ", then\n" + last;
        }
    }

    Stream next() {
        StringBuilder all = new StringBuilder();
        List<Integer> cuts = new ArrayList<>();
        int requests = 1 + random.nextInt(6);
        for (int i = 0; i < requests; i++) {
            all.append(request(ODD_FIELDS));
            if (random.nextInt(3) == 0) {
                cuts.add(all.length());
            }
        }
        for (int more = random.nextInt(4); more > 0; more--) {
            cuts.add(1 + random.nextInt(all.length() - 1));
        }
        String end = Rig.request("GET", "/v1/scenes/none", null, "Connection: close");
        String last = random.nextInt(3) == 0 ? mutated(request(HOSTILE_FIELDS)) + end : end;
        return new Stream(all.toString(), cuts.stream().sorted().distinct().toList(), requests, last);
    }

    /** Sends a stream, and reads what is said until the end; numbers, which are random, are struck out. */
    static String say(Rig to, Stream stream) throws IOException {
        StringBuilder said = new StringBuilder();
        try (Wire wire = to.wire()) {
            int from = 0;
            for (int cut : stream.cuts()) {
                wire.send(bytes(stream.text().substring(from, cut)));
                from = cut;
            }
            wire.send(bytes(stream.text().substring(from)));
            for (int i = 0; i < stream.answers(); i++) {
                Wire.Answer answer = wire.answer();
                said.append(answer.head()).append(answer.body());
            }
            wire.send(bytes(stream.last()));
            said.append(new String(wire.rest(), StandardCharsets.UTF_8));
        }
        return said.toString().replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "number");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private String request(String[] oddFields) {
        if (random.nextInt(12) == 0) {
            return Rig.request("GET", "/v1/scenes/none", null);
        }
        // mostly the gate in its own scene
        boolean usual = random.nextInt(3) > 0;
        String path = PATHS[usual ? 0 : random.nextInt(PATHS.length)];
        String client = CLIENTS[usual ? 0 : random.nextInt(CLIENTS.length)];
        String body = body(path.endsWith("batch"));
        List<String> fields = new ArrayList<>(List.of(
                "Host: test",
                "Authorization: Bearer " + rig.key(client),
                "Content-Type: application/json",
                "Content-Length: " + body.length()));
        for (int swaps = random.nextInt(3); swaps > 0; swaps--) {
            fields.add(fields.remove(random.nextInt(fields.size())));
        }
        if (random.nextInt(4) == 0) {
            fields.add(random.nextInt(fields.size() + 1), oddFields[random.nextInt(oddFields.length)]);
        }
        if (random.nextInt(12) == 0) {
            String without = fields.get(random.nextInt(fields.size()));
            fields.removeIf(field -> field.equals(without) && !field.startsWith("Content-Length"));
        }
        if (random.nextInt(6) == 0) {
            int at = random.nextInt(fields.size());
            fields.set(at, fields.get(at).toUpperCase(Locale.ROOT).replace("BEARER OSM_", "Bearer osm_"));
        }
        return "POST " + path + " HTTP/1.1\r\n" + String.join("\r\n", fields) + "\r\n\r\n" + body;
    }

    private String body(boolean batch) {
        String subject =
                switch (random.nextInt(10)) {
                    case 0 -> Rig.subject("card", "nobody" + random.nextInt(100));
                    case 1 -> Rig.subject("plate", "\\u82cfE12345");
                    case 2 -> Rig.subject("uscc", Rig.USCC);
                    case 3 -> "{\"token\" : \"" + Rig.CARD + "\" , \"scheme\":\"card\"}";
                    case 4 -> "{\"scheme\":\"card\"}";
                    case 5 -> "[1,2";
                    default -> Rig.subject("card", Rig.CARD);
                };
        return batch ? "{\"subjects\":[" + subject + "," + subject + "]}" : subject;
    }

    private String mutated(String request) {
        int at = random.nextInt(request.length());
        String odd =
                switch (random.nextInt(6)) {
                    case 0 -> "\n";
                    case 1 -> "\r";
                    case 2 -> "\t";
                    case 3 -> String.valueOf((char) random.nextInt(256));
                    case 4 -> "";
                    default -> " ";
                };
        return request.substring(0, at) + odd + request.substring(at + random.nextInt(2));
    }
}
