package io.osmanthus.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.osmanthus.http.command.Whole;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Requests that make the server answer with each status that the contract documents. Most follow from the contract itself: a
 * sound request is made of its examples, then spoilt in one way. What depends on the route stands in {@link #special}.
 */
final class Probes implements AutoCloseable {
    static final int BODY_BYTES_MAX = 64 << 10;
    private static final int TRIES_MAX = 200;

    private static final List<Route> PLACES = List.of(Route.values());

    /** The persons before are those of cases. */
    private static final int FIRST_PERSON = 50;

    private static final Pattern PARAMETER = Pattern.compile("\\{([a-z_]+)}");

    /** A request in parts. */
    record Request(
            String method,
            String path,
            @Nullable String credential,
            @Nullable String body,
            List<String> headers) {
        Request with(String header) {
            List<String> more = new ArrayList<>(headers);
            more.add(header);
            return new Request(method, path, credential, body, more);
        }

        Request path(String other) {
            return new Request(method, other, credential, body, headers);
        }

        Request body(@Nullable String other) {
            return new Request(method, path, credential, other, headers);
        }

        Request by(@Nullable String other) {
            return new Request(method, path, other, body, headers);
        }

        Request method(String other) {
            return new Request(other, path, credential, body, headers);
        }

        String text() {
            List<String> all = new ArrayList<>(headers);
            if (body != null) {
                if (all.stream().noneMatch(header -> header.startsWith("Content-Type:"))) {
                    all.add("Content-Type: application/json");
                }
                if (all.stream().noneMatch(header -> header.startsWith("Content-Length:"))) {
                    all.add("Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length);
                }
            }
            return Rig.request(method, path, credential, all.toArray(String[]::new)) + (body == null ? "" : body);
        }
    }

    private final Schemas schemas;
    private final Whole whole;
    private final Rig empty;
    private final Rig strict;
    private final CaseProbes cases;

    private Probes(Schemas schemas, Whole whole, Rig empty, Rig strict) {
        this.schemas = schemas;
        this.whole = whole;
        this.empty = empty;
        this.strict = strict;
        this.cases = new CaseProbes(this, whole);
    }

    static Probes start(Path directory, Schemas schemas) throws IOException {
        return new Probes(
                schemas,
                Whole.start(directory, Rig.limits(BODY_BYTES_MAX, 1_500, 1_000_000)),
                Rig.start(Rig.generous(), false),
                Rig.start(Rig.limits(BODY_BYTES_MAX, 5_000, 1), true));
    }

    /** The answer to a request that should get the status; null where nothing here does. */
    Wire.@Nullable Answer provoke(Route route, int status) throws IOException {
        Wire.Answer special = special(route, status);
        if (special == null) {
            special = cases.provoke(route, status);
        }
        if (special != null) {
            return special;
        }
        Request sound = sound(route);
        return switch (status) {
            case 200, 201 -> whole(sound);
            case 400 -> malformed(route, sound);
            case 401 -> whole(sound.by(ApiKey.make()));
            case 403 -> whole(sound.by(foreign(route)));
            case 404 -> nowhere(route, sound);
            case 405 -> whole(sound.method("PATCH"));
            case 406 -> whole(sound.with("Accept: image/png"));
            case 408 -> unfinished(sound);
            case 409 -> keyUsedTwice(sound);
            case 413 -> whole(sound.body(" ".repeat(BODY_BYTES_MAX + 1)));
            case 415 -> sound.body() == null ? null : whole(sound.with("Content-Type: text/plain"));
            case 429 -> tooMany(route, sound);
            case 503 ->
                Wire.once(port(empty, route), sound.by(credential(empty, route)).text());
            default -> null;
        };
    }

    /** What only the route itself knows how to provoke; null: the general way. */
    private Wire.@Nullable Answer special(Route route, int status) throws IOException {
        Request sound = sound(route);
        return switch (route) {
            case ENROL ->
                switch (status) {
                    case 200 -> whole(sound.by(whole.stranger()));
                    case 422 -> whole(sound.body("{\"district\":999999}"));
                    default -> null;
                };
            case LEAVE -> status == 409 ? keyUsedTwice(sound.by(whole.credential(Role.CITIZEN, 200))) : null;
            case CONSENT -> status == 422 ? whole(sound.body("{\"purpose_version\":99}")) : null;
            case SIMULATION ->
                switch (status) {
                    case 200 -> whole(sound.body("{}"));
                    case 422 -> whole(sound.body("{\"without\":[\"not-mine\"]}"));
                    default -> null;
                };
            case RECORDS_ADD -> status == 422 ? whole(sound.body("{\"records\":[]}")) : null;
            case RETRACTIONS -> status == 422 ? whole(sound.body("{\"retractions\":[]}")) : null;
            case ALERTS -> status == 404 ? whole(sound.by(whole.representative("91320500X99999999X"))) : null;
            case LIST_ENTRIES_ADD -> status == 422 ? whole(sound.body("{\"entries\":[]}")) : null;
            case ARREARS_ADD -> status == 422 ? whole(sound.body("{\"arrears\":[]}")) : null;
            case MATCHES -> status == 422 ? whole(sound.body("{\"organisations\":[]}")) : null;
            case CHECK_BATCH -> status == 422 ? whole(sound.body("{\"subjects\":[]}")) : null;
            case ARREARS_SETTLE ->
                switch (status) {
                    case 200, 409 -> settled(status, sound);
                    case 404 -> whole(sound.path("/v1/arrears/" + "x".repeat(129)));
                    default -> null;
                };
            case RELOAD -> status == 200 || status == 202 || status == 422 ? reloaded(status, sound) : null;
            case SUSPENSION_LIFT -> status == 200 ? lifted(sound) : null;
            case ACTIVATION ->
                switch (status) {
                    case 409 -> whole(sound.path("/v1/snapshots/" + whole.damaged() + "/activation"));
                    default -> null;
                };
            case SNAPSHOT_DIFF ->
                status == 409
                        ? whole(sound.path("/v1/snapshots/" + whole.current() + "/diff/" + whole.underAnotherKey()))
                        : null;
            default -> null;
        };
    }

    /** Other files are announced; the same again are in force some seconds later; a broken one is refused. */
    private Wire.Answer reloaded(int status, Request sound) throws IOException {
        Path clients = whole.config().resolve("clients.yaml");
        String before = Files.readString(clients);
        Files.writeString(clients, status == 422 ? before + "more: 1\n" : whole.clientsYaml("for " + status));
        Wire.Answer answer = whole(sound);
        if (status == 422) {
            Files.writeString(clients, before);
        }
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (status == 200 && answer.status() == 202 && System.nanoTime() < until) {
            String state = whole(sound(Route.CONFIGURATION)).body();
            answer = state.contains("\"in_force\":null") || !state.contains("\"announced\":null")
                    ? answer
                    : whole(sound);
        }
        return answer;
    }

    /** Somebody must have been suspended before. */
    private Wire.Answer lifted(Request sound) throws IOException {
        String subjects = Rig.subject("card", Rig.CARD) + ("," + Rig.subject("card", Rig.CARD)).repeat(499);
        Wire.Answer answer = strict.batch("sweeper", "transit", "{\"subjects\":[" + subjects + "]}");
        for (int i = 0; i < TRIES_MAX && answer.status() != 403; i++) {
            answer = strict.batch("sweeper", "transit", "{\"subjects\":[" + subjects + "]}");
        }
        if (!answer.body().contains("client-suspended")) {
            throw new IllegalStateException("not suspended: " + answer);
        }
        return Wire.once(
                strict.port(),
                sound.by(strict.key("operator")).path("/v1/suspensions/sweeper").text());
    }

    private Wire.Answer settled(int status, Request sound) throws IOException {
        Wire.Answer added = whole(sound(Route.ARREARS_ADD)
                .body("{\"arrears\":[{\"scene\":\"parking\",\"scheme\":\"plate\",\"token\":\"苏E12345\","
                        + "\"since\":\"2026-09-30\",\"amount_cents\":1500,\"reference\":\"probe-" + status + "\"}]}"));
        if (added.status() != 201) {
            return added;
        }
        Request settling = sound.path("/v1/arrears/probe-" + status);
        return status == 200 ? whole(settling) : keyUsedTwice(settling);
    }

    /** A request made of the contract's examples, by somebody who may ask. */
    Request sound(Route route) {
        String operation = "/paths/" + route.path().replace("/", "~1");
        String method = operation + "/" + route.method().name().toLowerCase(Locale.ROOT);
        String path = PARAMETER.matcher(route.path()).replaceAll(match -> value(operation, method, match));
        List<JsonNode> bodies = schemas.examples(method + "/requestBody/content/application~1json");
        return new Request(
                route.method().name(),
                path,
                credential(route),
                bodies.isEmpty() ? null : bodies.get(0).toString(),
                List.of());
    }

    private String value(String operation, String method, MatchResult match) {
        String name = match.group(1);
        switch (name) {
            case "version", "a", "b" -> {
                return whole.current();
            }
            case "uscc" -> {
                return Whole.CITY.uscc(0);
            }
            default -> {
                // from the contract
            }
        }
        for (String at : List.of(operation + "/parameters", method + "/parameters")) {
            for (JsonNode given : schemas.root().at(at)) {
                String reference = given.path("$ref").asText("");
                JsonNode parameter =
                        reference.isEmpty() ? given : schemas.root().at(reference.substring(1));
                if (parameter.path("name").asText().equals(name)) {
                    JsonNode example = parameter.has("example")
                            ? parameter.get("example")
                            : parameter.path("schema").path("enum").path(0);
                    if (example.isMissingNode()) {
                        throw new IllegalStateException(
                                "openapi.yaml gives no example of the parameter {" + name + "} of " + operation);
                    }
                    return example.asText();
                }
            }
        }
        throw new IllegalStateException("openapi.yaml does not describe the parameter {" + name + "} of " + operation);
    }

    /** Each route has a person of its own, so that one who leaves does not spoil the others. */
    private @Nullable String credential(Route route) {
        if (route.open()) {
            return null;
        }
        Role role = role(route);
        return whole.credential(role, role == Role.REPRESENTATIVE ? 0 : FIRST_PERSON + PLACES.indexOf(route));
    }

    private static Role role(Route route) {
        return Arrays.stream(Role.values())
                .filter(route.roles()::contains)
                .findFirst()
                .orElseThrow();
    }

    private static @Nullable String credential(Rig rig, Route route) {
        return switch (role(route)) {
            case PUBLIC -> null;
            case TERMINAL -> rig.key("gate");
            case DEPARTMENT -> rig.key("buyer");
            case DESK, OVERSIGHT, OPERATOR -> rig.key(role(route).word());
            case CITIZEN -> rig.citizen();
            case REPRESENTATIVE -> rig.issuer.representative(Whole.CITY.uscc(0), java.time.Duration.ofMinutes(5));
        };
    }

    private String foreign(Route route) {
        Role other = route.roles().contains(Role.TERMINAL) ? Role.CITIZEN : Role.TERMINAL;
        return whole.credential(other, 0);
    }

    private static int port(Rig rig, Route route) {
        return route.management() ? rig.server.managementPort() : rig.port();
    }

    Wire.Answer whole(Request request) throws IOException {
        return Wire.once(whole.port(), request.text());
    }

    /** The request with a body of these bytes. */
    Wire.Answer whole(Request request, byte[] body) throws IOException {
        String head = request.body(null)
                .with("Content-Type: application/json")
                .with("Content-Length: " + body.length)
                .text();
        try (Wire wire = new Wire(whole.port())) {
            wire.send(head);
            wire.send(body);
            return wire.answer();
        }
    }

    private Wire.@Nullable Answer malformed(Route route, Request sound) throws IOException {
        if (sound.body() != null) {
            return whole(sound.body("{"));
        }
        String parameters = schemas.root()
                .at("/paths/" + route.path().replace("/", "~1") + "/"
                        + route.method().name().toLowerCase(Locale.ROOT) + "/parameters")
                .toString();
        if (parameters.contains("MinPosition")) {
            return whole(sound.with("Osmanthus-Min-Position: soon"));
        }
        if (parameters.contains("IdempotencyKey")) {
            return whole(sound.with("Idempotency-Key: two words"));
        }
        return parameters.contains("cursor") ? whole(sound.path(sound.path() + "?cursor=x")) : null;
    }

    /** Another thing that is not there, or somebody about whom nothing is. */
    private Wire.@Nullable Answer nowhere(Route route, Request sound) throws IOException {
        if (route == Route.ENROL) {
            return null; // nobody would be somebody then
        }
        if (!route.path().contains("{")) {
            return route.roles().contains(Role.CITIZEN) ? whole(sound.by(whole.nobody())) : null;
        }
        int from = route.path().lastIndexOf('{');
        String[] names = route.path().split("/", -1);
        String[] values = sound.path().split("/", -1);
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals(route.path().substring(from).split("/", -1)[0])) {
                values[i] = "no-such-thing";
            }
        }
        return whole(sound.path(String.join("/", values)));
    }

    private Wire.Answer unfinished(Request sound) throws IOException {
        String text = sound.body("{").with("Content-Length: 2").text();
        return Wire.once(whole.port(), text);
    }

    private Wire.Answer keyUsedTwice(Request sound) throws IOException {
        Request keyed = sound.with(
                "Idempotency-Key: probe-" + sound.method() + sound.path().replace('/', '-'));
        Wire.Answer first = whole(keyed);
        if (first.status() >= 300) {
            return first;
        }
        return whole(keyed.body(Objects.requireNonNullElse(keyed.body(), "") + " "));
    }

    /** Too many of one address: open requests, or failed authentications. */
    private Wire.Answer tooMany(Route route, Request sound) throws IOException {
        Wire.Answer answer = Wire.once(port(strict, route), sound.by(null).text());
        for (int i = 0; i < TRIES_MAX && answer.status() != 429; i++) {
            answer = Wire.once(port(strict, route), sound.by(null).text());
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        whole.close();
        empty.close();
        strict.close();
    }
}
