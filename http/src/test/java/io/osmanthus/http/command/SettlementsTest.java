package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Debts that are said to be settled: the answer and the step of the position tell nothing of whose they are. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SettlementsTest {
    private static final int DEBTOR = 63;
    private static final int OTHER_DEBTOR = 64;
    private static final String STRANGER = "320501189001010033";

    /** A card that nobody has bound. */
    private static final String UNKNOWN_CARD = "6212269999999991";

    @TempDir
    static Path directory = Path.of("");

    private @Nullable Town town;
    private @Nullable Serving node;

    @BeforeAll
    void serve() throws IOException {
        Town made = Town.found(directory);
        delivered(made, Town.CITY.personId(DEBTOR), "owed-1");
        delivered(made, STRANGER, "owed-2");
        delivered(made, Town.CITY.personId(OTHER_DEBTOR), "owed-3");
        made.build(Town.shipped());
        town = made;
        node = made.serve(Town.shipped(), Database.fresh());
    }

    private static void delivered(Town town, String person, String reference) throws IOException {
        town.deliver(
                "arrears.csv",
                Map.of(
                        "scene", "parking",
                        "person_id", person,
                        "since", "2026-09-01",
                        "amount_cents", "1200",
                        "reference", reference,
                        "source", "停车公司"));
    }

    @AfterAll
    void stop() {
        if (node != null) {
            node.close();
        }
    }

    private Town town() {
        return Objects.requireNonNull(town);
    }

    private Town.Answer settle(String key, String reference) throws IOException, InterruptedException {
        return town().ask(Objects.requireNonNull(node), "DELETE", "/v1/arrears/" + reference, key, null);
    }

    private Town.Answer report(String scene, String card, String reference) throws IOException, InterruptedException {
        String body = "{\"arrears\":[{\"scene\":\"" + scene + "\",\"scheme\":\"card\",\"token\":\"" + card
                + "\",\"since\":\"2026-10-01\",\"amount_cents\":300,\"reference\":\"" + reference + "\"}]}";
        Town.Answer added = town().ask(Objects.requireNonNull(node), "POST", "/v1/arrears", town().terminal, body);
        assertEquals(201, added.status(), added.body());
        assertEquals(0, added.json().get("rejected").size(), added.body());
        return added;
    }

    private boolean owes(int person, String reference) throws IOException, InterruptedException {
        JsonNode arrears = town().get(Objects.requireNonNull(node), "/v1/me/records", town().citizen(person))
                .json()
                .get("arrears");
        return StreamSupport.stream(arrears.spliterator(), false)
                .anyMatch(one -> one.path("reference").asText().equals(reference));
    }

    /** By how much the position moves from one of a kind to the next. */
    private static long step(Town.Answer before, Town.Answer after) {
        return after.position() - before.position();
    }

    @Test
    void settle_deliveredOfSomebodyEnrolledOrNot_orUnknown_theSameBytesAndTheSameStep() throws Exception {
        assertTrue(owes(DEBTOR, "owed-1"));
        Town.Answer before = report("transit", UNKNOWN_CARD, "at-first");
        Town.Answer enrolled = settle(town().terminal, "owed-1");
        Town.Answer stranger = settle(town().terminal, "owed-2");
        Town.Answer unknown = settle(town().terminal, "owed-never");
        Town.Answer again = settle(town().terminal, "owed-1");
        Town.Answer strangersAgain = settle(town().terminal, "owed-2");
        assertEquals(200, enrolled.status(), enrolled.body());
        for (Town.Answer other : new Town.Answer[] {stranger, unknown, again, strangersAgain}) {
            assertEquals(enrolled.status(), other.status(), other.body());
            assertEquals(enrolled.body(), other.body());
        }
        long step = step(before, enrolled);
        assertTrue(step > 0);
        assertEquals(step, step(enrolled, stranger));
        assertEquals(step, step(stranger, unknown));
        assertEquals(step, step(unknown, again));
        assertEquals(step, step(again, strangersAgain));
        assertTrue(!owes(DEBTOR, "owed-1"), "and it is settled");
        // nor does reporting tell, which of them was there
        Town.Answer reported = report("parking", Town.CITY.token(DEBTOR).token(), "owed-1");
        Town.Answer strangers = report("parking", UNKNOWN_CARD, "owed-2");
        assertEquals(step(strangersAgain, reported), step(reported, strangers));
        assertTrue(!owes(DEBTOR, "owed-1"), "what has been settled stays so");
    }

    /** One row too many about somebody is refused alike, whoever they are. */
    @Test
    void report_fiftyOneRowsAboutOnePerson_theLastRefused_enrolledOrNot() throws Exception {
        for (String card : new String[] {Town.CITY.token(DEBTOR).token(), UNKNOWN_CARD}) {
            String rows = IntStream.rangeClosed(1, 51)
                    .mapToObj(i -> "{\"scene\":\"transit\",\"scheme\":\"card\",\"token\":\"" + card
                            + "\",\"since\":\"2026-10-01\",\"amount_cents\":300,\"reference\":\"many-" + card + i
                            + "\"}")
                    .collect(Collectors.joining(",", "{\"arrears\":[", "]}"));
            tooMany("/v1/arrears", town().terminal, rows);
        }
        for (String person : new String[] {Town.CITY.personId(DEBTOR), STRANGER}) {
            String about = "\",\"subject_type\":\"person\",\"subject_id\":\"" + person + "\",\"source\":\"红十字会\"";
            tooMany(
                    "/v1/retractions",
                    town().department,
                    IntStream.rangeClosed(1, 51)
                            .mapToObj(i -> "{\"record_id\":\"none-" + i + about + "}")
                            .collect(Collectors.joining(",", "{\"retractions\":[", "]}")));
            tooMany(
                    "/v1/records",
                    town().department,
                    IntStream.rangeClosed(1, 51)
                            .mapToObj(i -> "{\"record_id\":\"many-" + i + about
                                    + ",\"item\":\"blood-donation\",\"occurred_on\":\"2026-09-01\",\"quantity\":400}")
                            .collect(Collectors.joining(",", "{\"records\":[", "]}")));
        }
    }

    private void tooMany(String path, String key, String body) throws IOException, InterruptedException {
        Town.Answer answer = town().ask(Objects.requireNonNull(node), "POST", path, key, body);
        assertEquals(201, answer.status(), answer.body());
        assertEquals(
                "[{\"index\":50,\"reason\":\"TOO_MANY_ROWS\"}]",
                answer.json().get("rejected").toString());
    }

    @Test
    void settle_reportedByAnotherScene_404_whateverWasDelivered() throws Exception {
        report("transit", UNKNOWN_CARD, "owed-3");
        report("transit", UNKNOWN_CARD, "trip-8");
        assertEquals(404, settle(town().meter, "trip-8").status());
        assertEquals(404, settle(town().meter, "owed-3").status(), "else it would tell that its debtor is enrolled");
        report("parking", UNKNOWN_CARD, "trip-8");
        assertEquals(200, settle(town().meter, "trip-8").status(), "now it is this scene's too");
        assertEquals(200, settle(town().terminal, "trip-8").status());
        assertEquals(404, settle(town().meter, "x".repeat(129)).status());
    }
}
