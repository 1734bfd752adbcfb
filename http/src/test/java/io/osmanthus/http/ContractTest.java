package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract against the server: every path × method × status of {@code openapi.yaml} is reached by a request, every answer
 * is one that it documents, and is as its schema says.
 *
 * <p>A new route needs: its entry in the contract, with an {@code example} of each path parameter and of its body that is
 * answered 2xx here, and in {@link Probes} what makes it answer 404, 409 and 422, where it documents them.
 */
class ContractTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path directory;

    private static Schemas schemas;
    private static Probes probes;

    @BeforeAll
    static void start() throws IOException {
        schemas = Schemas.load();
        probes = Probes.start(directory, schemas);
    }

    @AfterAll
    static void stop() throws IOException {
        probes.close();
    }

    private static String pointer(Route route) {
        return "/paths/" + route.path().replace("/", "~1") + "/"
                + route.method().name().toLowerCase(Locale.ROOT);
    }

    @Test
    void everyStatusOfTheContract_reached_andAnsweredAsItSays() throws IOException {
        List<String> faults = new ArrayList<>();
        int reached = 0;
        for (Route route : Route.values()) {
            Set<String> statuses = new TreeSet<>();
            schemas.root().at(pointer(route) + "/responses").fieldNames().forEachRemaining(statuses::add);
            for (String status : statuses) {
                String what = route.method() + " " + route.path() + " " + status;
                Wire.Answer answer;
                try {
                    answer = probes.provoke(route, Integer.parseInt(status));
                } catch (IOException | RuntimeException e) {
                    faults.add(what + ": the probe failed: " + e);
                    continue;
                }
                if (answer == null) {
                    faults.add(what + ": documented, but nothing in Probes reaches it");
                } else if (answer.status() != Integer.parseInt(status)) {
                    faults.add(what + ": documented, but what Probes sends is answered " + answer.status() + " "
                            + answer.body());
                } else {
                    reached++;
                }
                if (answer != null) {
                    String fault = fault(route, answer);
                    if (fault != null) {
                        faults.add(what + ": " + fault);
                    }
                }
            }
        }
        System.out.println("ContractTest: " + reached + " of path × method × status reached");
        assertEquals(List.of(), faults, () -> String.join("\n", faults));
    }

    /**
     * Each body near an example: the server refuses as malformed or not acceptable what the schema refuses, and takes for well
     * formed what it takes. On the hot path and in matches and simulations this compares two parsers with the schema.
     */
    @Test
    void everyBodyNearAnExample_verdictOfTheServerIsThatOfTheSchema() throws IOException {
        List<String> faults = new ArrayList<>();
        int compared = 0;
        for (Route route : Route.values()) {
            String at = pointer(route) + "/requestBody/content/application~1json";
            for (JsonNode example : schemas.examples(at)) {
                for (JsonNode body : Mutations.of(schemas, at + "/schema", example)) {
                    String text = body.toString();
                    if (text.length() > Probes.BODY_BYTES_MAX) {
                        continue;
                    }
                    Wire.Answer answer = probes.whole(probes.sound(route).body(text));
                    String refused = schemas.fault(at + "/schema", body);
                    boolean agree =
                            refused == null ? answer.status() != 400 : answer.status() == 400 || answer.status() == 422;
                    compared++;
                    String fault = fault(route, answer);
                    if (!agree || fault != null) {
                        faults.add(route + " " + (text.length() > 300 ? text.substring(0, 300) : text) + ": "
                                + (agree
                                        ? fault
                                        : answer.status() + ", but the schema says " + refused + ": " + answer.body()));
                    }
                }
            }
        }
        System.out.println("ContractTest: " + compared + " bodies compared");
        assertEquals(List.of(), faults, () -> String.join("\n", faults));
    }

    /** What is no JSON for anybody, whatever the schema: one strict way to read it, on every route. */
    @Test
    void bodiesThatParsersReadDifferently_refusedEverywhere() throws IOException {
        for (Route route : Route.values()) {
            Probes.Request sound = probes.sound(route);
            String body = sound.body();
            if (body == null) {
                continue;
            }
            byte[] wide = body.getBytes(StandardCharsets.UTF_16BE);
            List<byte[]> strange = new ArrayList<>(List.of(
                    wide,
                    ("\uFEFF" + body).getBytes(StandardCharsets.UTF_8),
                    (body + body).getBytes(StandardCharsets.UTF_8),
                    (body + "\0").getBytes(StandardCharsets.UTF_8),
                    body.replaceFirst("\\{", "{\"a\":1,\"a\":2,").getBytes(StandardCharsets.UTF_8),
                    body.replace('"', '\'').getBytes(StandardCharsets.UTF_8),
                    ("[".repeat(5_000) + "]".repeat(5_000)).getBytes(StandardCharsets.UTF_8)));
            // an overlong form of a quotation mark, and half of a pair in UTF-8
            for (byte[] odd : List.of(
                    new byte[] {(byte) 0xC0, (byte) 0xA2}, new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80})) {
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                byte[] with = new byte[bytes.length + odd.length];
                System.arraycopy(bytes, 0, with, 0, 2);
                System.arraycopy(odd, 0, with, 2, odd.length);
                System.arraycopy(bytes, 2, with, 2 + odd.length, bytes.length - 2);
                strange.add(with);
            }
            for (byte[] bytes : strange) {
                assertEquals(
                        400,
                        probes.whole(sound, bytes).status(),
                        route + " " + new String(bytes, StandardCharsets.ISO_8859_1));
            }
        }
    }

    /** What is wrong with an answer: a status that is not documented, a missing header, a body that is not as described. */
    static @Nullable String fault(Route route, Wire.Answer answer) throws IOException {
        String at = pointer(route) + "/responses/" + answer.status();
        JsonNode response = schemas.root().at(at);
        if (response.isMissingNode()) {
            return "answered " + answer.status() + ", which the contract does not document: " + answer.body();
        }
        String reference = response.path("$ref").asText("");
        if (!reference.isEmpty()) {
            at = reference.substring(1);
            response = schemas.root().at(at);
        }
        for (Map.Entry<String, JsonNode> header : response.path("headers").properties()) {
            String value = answer.header(header.getKey());
            if (value == null) {
                return answer.status() + " lacks the header " + header.getKey();
            }
            String wanted = header.getValue().path("schema").path("const").asText(value);
            if (!wanted.equals(value)) {
                return answer.status() + " has " + header.getKey() + ": " + value + ", not " + wanted;
            }
        }
        String type = Objects.requireNonNullElse(answer.header("content-type"), "none")
                .split(";", -1)[0];
        if (!response.path("content").has(type)) {
            return answer.status() + " is " + type + ", which the contract does not document";
        }
        String fault = type.endsWith("json")
                ? schemas.fault(at + "/content/" + type.replace("/", "~1") + "/schema", JSON.readTree(answer.body()))
                : null;
        return fault == null ? null : answer.status() + " is not as its schema says: " + fault + ": " + answer.body();
    }
}
