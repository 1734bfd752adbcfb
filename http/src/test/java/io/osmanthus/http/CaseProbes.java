package io.osmanthus.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.osmanthus.http.command.Whole;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the routes of cases need before they answer: records to object to, and cases in a state. */
final class CaseProbes {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String EVIDENCE =
            "{\"duties_fulfilled\":\"已履行\",\"commitment_letter\":\"承诺书\",\"other\":\"其他\"}";

    /** An organisation that nobody has delivered. */
    private static final String UNKNOWN = "91320500X000000012";

    private final Probes probes;
    private final Whole whole;
    private int number;

    CaseProbes(Probes probes, Whole whole) {
        this.probes = probes;
        this.whole = whole;
    }

    /** A filed case: how to ask for it as who filed it, and its tag. */
    private record Filed(String id, Probes.Request by, String tag) {}

    /** The answer with the status; null where it is no route of cases, or the general way leads there. */
    Wire.@Nullable Answer provoke(Route route, int status) throws IOException {
        return switch (route) {
            case MY_OBJECTION, MY_REPAIR, ORGANISATION_OBJECTION, ORGANISATION_REPAIR -> filing(route, status);
            case MY_CASE -> status == 200 ? read(file(Route.MY_OBJECTION)) : null;
            case ORGANISATION_CASE -> status == 200 ? read(file(Route.ORGANISATION_OBJECTION)) : null;
            case ORGANISATION_CASES -> status == 404 ? unknown(probes.sound(route)) : null;
            case CASE ->
                status == 200
                        ? probes.whole(probes.sound(route)
                                .path("/v1/cases/" + file(Route.MY_OBJECTION).id()))
                        : null;
            case CASE_MOVE -> moving(status);
            case MY_REVIEW -> review(Route.MY_OBJECTION, status);
            case ORGANISATION_REVIEW -> review(Route.ORGANISATION_OBJECTION, status);
            default -> null;
        };
    }

    private Wire.Answer unknown(Probes.Request sound) throws IOException {
        return probes.whole(
                sound.by(whole.representative(UNKNOWN)).path(sound.path().replace(Whole.CITY.uscc(0), UNKNOWN)));
    }

    private Wire.@Nullable Answer filing(Route route, int status) throws IOException {
        boolean repair = route == Route.MY_REPAIR || route == Route.ORGANISATION_REPAIR;
        return switch (status) {
            case 201 -> probes.whole(request(route, repair));
            case 404 -> {
                Probes.Request request = request(route, repair);
                yield probes.whole(request.body(body(repair, "no-such-record")));
            }
            case 409 -> {
                Probes.Request request = request(route, repair);
                Wire.Answer first = probes.whole(request);
                yield first.status() == 201 ? probes.whole(request) : first;
            }
            case 422 -> repair ? unfit(route) : ambiguous(route);
            default -> null;
        };
    }

    /** A request to object to, or to repair, a record that has just been reported. */
    private Probes.Request request(Route route, boolean adverse) throws IOException {
        boolean person = route == Route.MY_OBJECTION || route == Route.MY_REPAIR;
        int who = number();
        report(person, who, adverse, "probe-" + number, 0);
        Probes.Request sound = probes.sound(route).body(body(adverse, "probe-" + number));
        return person
                ? sound.by(whole.credential(Role.CITIZEN, who))
                : sound.by(whole.credential(Role.REPRESENTATIVE, who))
                        .path(sound.path().replace(Whole.CITY.uscc(0), Whole.CITY.uscc(who)));
    }

    private static String body(boolean repair, String id) {
        return repair
                ? "{\"record_id\":\"" + id + "\",\"evidence\":" + EVIDENCE + "}"
                : "{\"subject\":\"record\",\"id\":\"" + id + "\",\"grounds\":\"有误\"}";
    }

    /** Nothing to repair, or without the evidence that it needs. */
    private Wire.Answer unfit(Route route) throws IOException {
        Probes.Request request = request(route, false);
        String body = body(true, "probe-" + number);
        return probes.whole(
                request.body(route == Route.MY_REPAIR ? body : body.replace(EVIDENCE, "{\"other\":\"其他\"}")));
    }

    /** One id, two sources. */
    private Wire.Answer ambiguous(Route route) throws IOException {
        Probes.Request request = request(route, false);
        boolean person = route == Route.MY_OBJECTION;
        report(person, who(), false, "probe-" + number, 1);
        return probes.whole(request);
    }

    private int number() {
        number++;
        return who();
    }

    /** Persons and organisations whom no other probe asks for. */
    private int who() {
        return 1 + number % 38;
    }

    private void report(boolean person, int who, boolean adverse, String id, int source) throws IOException {
        SubjectType type = person ? SubjectType.PERSON : SubjectType.ORGANISATION;
        List<String> rows = Rig.VOCABULARY.items().stream()
                // nothing delivers what is good about an organisation as a record
                .filter(item -> item.subject() == type && item.adverse() == (adverse || !person))
                .flatMap(item -> item.sources().stream().map(from -> row(item, from, person, who, id)))
                .distinct()
                .toList();
        String first = rows.get(0);
        String other = rows.stream()
                .filter(row ->
                        !row.substring(row.indexOf("\"source\"")).equals(first.substring(first.indexOf("\"source\""))))
                .findFirst()
                .orElse(first);
        Wire.Answer added = probes.whole(
                probes.sound(Route.RECORDS_ADD).body("{\"records\":[" + (source == 0 ? first : other) + "]}"));
        if (added.status() != 201 || !added.body().contains("\"rejected\":[]")) {
            throw new IllegalStateException("the record was not taken: " + added.body());
        }
    }

    private static String row(Item item, String source, boolean person, int who, String id) {
        StringBuilder row = new StringBuilder("{\"record_id\":\"" + id + "\",\"subject_type\":\""
                + (person ? "person" : "organisation") + "\",\"subject_id\":\""
                + (person ? Whole.CITY.personId(who) : Whole.CITY.uscc(who)) + "\",\"item\":\"" + item.id()
                + "\",\"occurred_on\":\"2024-01-05\",\"decided_on\":\"2024-01-05\"");
        if (item.requires().contains(Item.Column.QUANTITY)) {
            row.append(",\"quantity\":10");
        }
        if (item.requires().contains(Item.Column.SEVERITY)) {
            row.append(",\"severity\":\"minor\"");
        }
        if (item.requires().contains(Item.Column.DOCUMENT_NO)) {
            row.append(",\"document_no\":\"D-1\"");
        }
        return row.append(",\"source\":\"" + source + "\"}").toString();
    }

    private Filed file(Route route) throws IOException {
        Probes.Request request = request(route, false);
        Wire.Answer answer = probes.whole(request);
        if (answer.status() != 201) {
            throw new IllegalStateException("not filed: " + answer.body());
        }
        String id = JSON.readTree(answer.body()).path("case_id").asText();
        String path = request.path().replace("/objections", "/cases/" + id);
        return new Filed(
                id, request.method("GET").path(path).body(null), Objects.requireNonNull(answer.header("etag")));
    }

    private Wire.Answer read(Filed filed) throws IOException {
        return probes.whole(filed.by());
    }

    private Probes.Request move(Filed filed, String to) {
        return probes.sound(Route.CASE_MOVE)
                .path("/v1/cases/" + filed.id() + "/transitions")
                .body("{\"to\":\"" + to + "\",\"reason\":\"核实\"}");
    }

    private Wire.@Nullable Answer moving(int status) throws IOException {
        if (status != 200 && status != 409 && status != 412 && status != 428) {
            return null;
        }
        Filed filed = file(Route.MY_OBJECTION);
        return switch (status) {
            case 200 -> probes.whole(move(filed, "forwarded").with("If-Match: " + filed.tag()));
            case 409 -> probes.whole(move(filed, "closed").with("If-Match: " + filed.tag()));
            case 412 -> probes.whole(move(filed, "forwarded").with("If-Match: \"99\""));
            default -> probes.whole(move(filed, "forwarded"));
        };
    }

    private Wire.@Nullable Answer review(Route objection, int status) throws IOException {
        if (status != 200 && status != 409 && status != 412) {
            return null;
        }
        Filed filed = file(objection);
        Probes.Request asking =
                filed.by().method("POST").path(filed.by().path() + "/review").body("{\"grounds\":\"未被考虑\"}");
        if (status == 409) {
            return probes.whole(asking);
        }
        Wire.Answer decided = probes.whole(move(filed, "rejected").with("If-Match: " + filed.tag()));
        if (decided.status() != 200) {
            return decided;
        }
        return probes.whole(status == 412 ? asking.with("If-Match: \"99\"") : asking);
    }
}
