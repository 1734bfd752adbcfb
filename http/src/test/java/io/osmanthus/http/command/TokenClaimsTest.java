package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.engine.Reader;
import io.osmanthus.snapshots.KeyedHash;
import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Who names the card of somebody else gets neither its benefits nor its diary, and does not learn whether it is bound. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TokenClaimsTest {
    private static final String CARD = "/v1/me/tokens/card";
    private static final Act.Outcome DONE = new Act.Outcome(200, new byte[0]);

    @TempDir
    static Path directory = Path.of("");

    private final Ledger.Place place = Database.fresh();
    private @Nullable Town town;
    private @Nullable Serving node;

    @BeforeAll
    void serve() throws IOException {
        Town made = Town.found(directory);
        town = made;
        node = made.serve(Town.shipped(), place);
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

    private Serving node() {
        return Objects.requireNonNull(node);
    }

    private Town.Answer bind(int person, String card) throws IOException, InterruptedException {
        return town().ask(node(), "PUT", CARD, town().citizen(person), "{\"token\":\"" + card + "\"}");
    }

    private void unbind(int person) throws IOException, InterruptedException {
        assertEquals(
                200,
                town().ask(node(), "DELETE", CARD, town().citizen(person), null).status());
    }

    /** How many cards a person is shown. */
    private int cards(int person) throws IOException, InterruptedException {
        Town.Answer answer = town().get(node(), "/v1/me/tokens", town().citizen(person));
        assertEquals(200, answer.status(), answer.body());
        return StreamSupport.stream(answer.json().get("tokens").spliterator(), false)
                .filter(one -> one.get("scheme").asText().equals("card"))
                .mapToInt(one -> one.get("count").asInt())
                .sum();
    }

    /** Whether a card answers for a person. */
    private boolean holds(int person, String card) {
        Pseudonymiser maker = Town.KEY.pseudonymiser(Scheme.CARD);
        maker.make(card);
        Subject subject = person(person);
        try (Reader reader = node().reader()) {
            return reader.person(maker.high(), maker.low()) == reader.person(subject.high(), subject.low());
        }
    }

    private boolean benefit(String card) throws IOException, InterruptedException {
        return town().benefit(node(), "transit", card);
    }

    /** What the export says that was done with tokens, in order. */
    private List<String> exported(int person) throws IOException, InterruptedException {
        Town.Answer answer = town().get(node(), "/v1/me/export", town().citizen(person));
        assertEquals(200, answer.status(), answer.body());
        return StreamSupport.stream(answer.json().get("changes").spliterator(), false)
                .map(one -> one.get("kind").asText())
                .filter(kind -> kind.startsWith("token_"))
                .toList();
    }

    private List<String> notices(int person) throws IOException, InterruptedException {
        Town.Answer answer = town().get(node(), "/v1/me/notices", town().citizen(person));
        assertEquals(200, answer.status(), answer.body());
        return StreamSupport.stream(answer.json().get("notices").spliterator(), false)
                .map(one -> one.get("kind").asText())
                .filter(kind -> kind.startsWith("token-"))
                .toList();
    }

    private static Subject person(int person) {
        Pseudonymiser maker = Town.KEY.pseudonymiser(Scheme.PERSON);
        maker.make(Town.CITY.personId(person));
        return new Subject(maker.high(), maker.low());
    }

    /** What stands in the ledger of a claim that was made some time ago, of a holder and of who claims. */
    private void claimed(int holder, int claimant, String card, Duration ago) {
        HexFormat hex = HexFormat.of();
        Pseudonymiser maker = Town.KEY.pseudonymiser(Scheme.CARD);
        maker.make(card);
        String token = hex.toHexDigits(maker.high()) + hex.toHexDigits(maker.low());
        KeyedHash by = KeyedHash.of(Town.KEY, "token-claim/1");
        by.make(hex.formatHex(person(claimant).bytes()), token);
        Payload claim = Payload.of().with("scheme", "card").with("token", token);
        Payload told = Payload.of()
                .with("scheme", "card")
                .with("token", token)
                .with("by", hex.toHexDigits(by.high()) + hex.toHexDigits(by.low()));
        InstantSource then = InstantSource.fixed(Instant.now().minus(ago));
        try (Ledger ledger = Ledger.open(place, Town.KEY, then)) {
            ledger.submit(null, page -> {
                        page.appendPersonal(person(holder), Kind.TOKEN_CLAIMED, told, "rebound");
                        page.appendPersonal(person(claimant), Kind.TOKEN_CLAIMED, claim, "self");
                        return DONE;
                    })
                    .orTimeout(1, TimeUnit.MINUTES)
                    .join();
        }
    }

    @Test
    void bind_heldByAnotherOrByNobody_sameBytesSameStepSameTokens() throws Exception {
        int holder = town().entitled(node(), 100);
        String card = Town.CITY.token(holder).token();
        unbind(301);
        unbind(302);
        Town.Answer before = town().consent(node(), 303, "culture");
        Town.Answer held = bind(301, card);
        Town.Answer free = bind(302, "6212269999000001");
        Town.Answer again = bind(301, card);
        assertEquals(200, held.status(), held.body());
        String times = "[0-9-]+T[0-9:]+";
        assertEquals(held.body().replaceAll(times, ""), free.body().replaceAll(times, ""));
        assertEquals(held.body().length(), free.body().length());
        assertEquals(held.position() - before.position(), free.position() - held.position());
        assertEquals(free.position() - held.position(), again.position() - free.position());
        assertEquals(1, cards(301));
        assertEquals(1, cards(302));
        assertTrue(benefit(card), "its holder keeps it");
        assertTrue(holds(holder, card), "and its diary");
        assertEquals(exported(302), exported(301).subList(0, exported(302).size()));
        assertFalse(exported(301).contains("token_claimed"));
        assertTrue(exported(holder).contains("token_claimed"));
        assertEquals(List.of("token-claimed"), notices(holder), "told once");
        assertEquals(List.of(), notices(301));
        unbind(301);
        assertEquals(0, cards(301));
        assertTrue(holds(holder, card));
    }

    @Test
    void claim_afterAWeekWithoutAWord_takesTheToken_notBefore() throws Exception {
        int holder = town().entitled(node(), 150);
        String card = Town.CITY.token(holder).token();
        claimed(holder, 311, card, Duration.ofHours(167));
        assertEquals(200, bind(311, card).status());
        assertTrue(benefit(card), "an hour is left");
        int other = town().entitled(node(), holder + 1);
        String ripe = Town.CITY.token(other).token();
        claimed(other, 312, ripe, Duration.ofHours(169));
        assertEquals(200, bind(312, ripe).status());
        assertTrue(holds(312, ripe));
        assertFalse(holds(other, ripe));
        assertEquals(List.of("token-taken", "token-claimed"), notices(other));
    }

    @Test
    void claim_givenUpForAnother_beginsAnew() throws Exception {
        int holder = town().entitled(node(), 200);
        String card = Town.CITY.token(holder).token();
        claimed(holder, 321, card, Duration.ofHours(200));
        assertEquals(200, bind(321, "6212269999000321").status());
        assertEquals(200, bind(321, card).status());
        assertTrue(benefit(card), "one claim a scheme ripens, not many at once");
    }

    @Test
    void holder_bindsItAgain_theClaimantNeverGetsIt_untilItIsGivenUp() throws Exception {
        int holder = town().entitled(node(), 250);
        String card = Town.CITY.token(holder).token();
        claimed(holder, 331, card, Duration.ofHours(300));
        Town.Answer objected = bind(holder, card);
        assertEquals(200, objected.status(), objected.body());
        assertEquals(200, bind(331, card).status());
        assertTrue(benefit(card));
        assertEquals(List.of("token-claimed"), notices(holder), "nor is the holder told again and again");
        unbind(holder);
        assertEquals(200, bind(331, card).status());
        assertTrue(holds(331, card), "given up: it acts at once");
    }

    @Test
    void binding_theEleventhOfADay_429_alsoAfterLeavingAndComingBack() throws Exception {
        int person = 340;
        for (int i = 0; i < 10; i++) {
            assertEquals(200, bind(person, "62122699990004" + (10 + i)).status());
        }
        assertEquals(200, bind(person, "6212269999000419").status(), "the one that is bound already");
        Town.Answer more = bind(person, "6212269999000420");
        assertEquals(429, more.status(), more.body());
        String citizen = town().citizen(person);
        assertEquals(
                200,
                town().ask(node(), "DELETE", "/v1/me/enrolment", citizen, null).status());
        assertEquals(
                200,
                town().ask(node(), "PUT", "/v1/me/enrolment", citizen, null).status());
        assertEquals(429, bind(person, "6212269999000421").status());
        assertEquals(200, bind(341, "6212269999000420").status());
    }
}
