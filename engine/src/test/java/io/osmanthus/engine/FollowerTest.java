package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.LedgerTail;
import io.osmanthus.snapshots.ledger.Page;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Nodes that follow one ledger know the same, at every position, as a straight-line model and as a fresh node. */
final class FollowerTest {
    private static final int PERSONS = 300;
    private static final int ACTS = Boolean.getBoolean("osmanthus.drills") ? 10_000 : 1_500;
    private static final int BACKLOG = 1_000_000;
    private static final PseudonymKey KEY = PseudonymKey.ofHex("0f".repeat(32));
    private static final Act.Outcome DONE = new Act.Outcome(200, new byte[0]);
    private static final List<SceneDefinition> SCENES = Fixtures.RULES.vocabulary().scenes().stream()
            .filter(scene -> scene.subject() == SubjectType.PERSON)
            .toList();

    private final Random random = Seed.random("FollowerTest");

    /** Per person the scenes consented to; absent: not enrolled. */
    private final Map<Integer, TreeSet<String>> model = new TreeMap<>();

    /** A node: an engine, what it follows the ledger with, and its generation. */
    private record Node(Ledger ledger, Engine engine, Follower follower, LedgerTail tail) implements AutoCloseable {
        static Node on(Ledger.Place place) {
            Ledger ledger = Ledger.open(place, KEY, InstantSource.system());
            Engine engine = new Engine();
            Follower[] holder = new Follower[1];
            LedgerTail tail = new LedgerTail(ledger, null, new LedgerTail.Listener() {
                @Override
                public void changed(List<io.osmanthus.snapshots.ledger.Entry> entries) {
                    holder[0].changed(entries);
                }

                @Override
                public void heard(long position, long askedNanos) {
                    holder[0].heard(position, askedNanos);
                }
            });
            Follower follower =
                    new Follower(ledger, engine, tail.position(), 60, (version, ordinal) -> List.of(), () -> {});
            holder[0] = follower;
            tail.start();
            Departures departures = Departures.of(ledger);
            Generation generation = Fixtures.empty(20_000, 20);
            engine.publish(follower.catchUp(generation, departures));
            return new Node(ledger, engine, follower, tail);
        }

        Generation generation() {
            Generation generation = engine.current();
            if (generation == null) {
                throw new IllegalStateException("published");
            }
            return generation;
        }

        void at(long position) {
            follower.reached(position).orTimeout(60, TimeUnit.SECONDS).join();
        }

        @Override
        public void close() {
            tail.close();
            follower.close();
            ledger.close();
            engine.close();
        }
    }

    @Test
    void histories_randomOnTwoNodes_equalTheModelAndAFreshNode() {
        Ledger.Place place = Database.fresh();
        try (Node one = Node.on(place);
                Node two = Node.on(place)) {
            long last = 0;
            for (int i = 0; i < ACTS; i++) {
                Node node = random.nextBoolean() ? one : two;
                Act.Receipt receipt = node.ledger().submit(null, act()).join();
                last = Math.max(last, receipt.position());
                if (i % 250 == 0) {
                    node.at(receipt.position());
                    compare(node);
                }
            }
            one.at(last);
            two.at(last);
            compare(one);
            compare(two);
            assertEquals(dump(one), dump(two));
            try (Node fresh = Node.on(place)) {
                assertEquals(last, fresh.generation().position());
                compare(fresh);
            }
        }
    }

    @Test
    void vouching_goesOnWhileHeard() {
        try (Node node = Node.on(Database.fresh())) {
            node.ledger().submit(null, act()).join();
            node.at(node.ledger().head().position());
            assertTrue(node.follower().vouchedUntilNanos() - System.nanoTime() > 0);
        }
    }

    @Test
    void backlog_replayed_speed() {
        int backlog = Boolean.getBoolean("osmanthus.drills") ? BACKLOG : 20_000;
        Ledger.Place place = Database.fresh();
        try (Ledger ledger = Ledger.open(place, KEY, InstantSource.system())) {
            List<CompletableFuture<Act.Receipt>> done = new ArrayList<>();
            for (int i = 0; i < PERSONS; i++) {
                int number = i;
                done.add(ledger.submit(null, page -> {
                    page.appendPersonal(subject(number), Kind.ENROLLED, Payload.of(), "self");
                    return DONE;
                }));
            }
            for (int i = 0; i < backlog / 5_000; i++) {
                int seed = i;
                done.add(ledger.submit(null, page -> {
                    for (int j = 0; j < 5_000; j++) {
                        consent(page, (seed * 31 + j) % PERSONS, SCENES.get(j % SCENES.size()), 0);
                    }
                    return DONE;
                }));
            }
            done.forEach(CompletableFuture::join);
        }
        long begin = System.nanoTime();
        try (Node node = Node.on(place)) {
            long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            long changes = node.generation().position();
            System.out.println("replayed " + changes + " changes in " + ms + " ms: " + changes * 1000 / Math.max(1, ms)
                    + " a second");
            assertEquals(backlog + PERSONS, changes);
        }
    }

    private Act act() {
        int number = random.nextInt(PERSONS);
        TreeSet<String> consents = model.get(number);
        if (consents == null) {
            model.put(number, new TreeSet<>());
            return page -> {
                page.appendPersonal(subject(number), Kind.ENROLLED, Payload.of(), "self");
                Change.Subject token = Fixtures.token(number);
                HexFormat hex = HexFormat.of();
                page.appendPersonal(
                        subject(number),
                        Kind.TOKEN_BOUND,
                        Payload.of()
                                .with("scheme", "card")
                                .with("token", hex.toHexDigits(token.high()) + hex.toHexDigits(token.low())),
                        "self");
                return DONE;
            };
        }
        SceneDefinition scene = SCENES.get(random.nextInt(SCENES.size()));
        switch (random.nextInt(8)) {
            case 0 -> {
                model.remove(number);
                return page -> {
                    page.appendPersonal(subject(number), Kind.LEFT, Payload.of(), "self");
                    return DONE;
                };
            }
            case 1, 2 -> {
                consents.remove(scene.id());
                return page -> {
                    page.appendPersonal(
                            subject(number),
                            Kind.CONSENT_WITHDRAWN,
                            Payload.of().with("scene", scene.id()).withDay("on", Fixtures.TODAY),
                            "self");
                    return DONE;
                };
            }
            default -> {
                consents.add(scene.id());
                return page -> {
                    consent(page, number, scene, 0);
                    return DONE;
                };
            }
        }
    }

    private static void consent(Page page, int number, SceneDefinition scene, int daysAgo) {
        page.appendPersonal(
                subject(number),
                Kind.CONSENT_GIVEN,
                Payload.of()
                        .with("scene", scene.id())
                        .with("purpose_version", scene.purposeVersion())
                        .withDay("granted_on", Fixtures.TODAY - daysAgo)
                        .with("expires_on", LocalDate.of(2028, 1, 1).toString()),
                "self");
    }

    private static Subject subject(int number) {
        Change.Subject person = Fixtures.person(number);
        return new Subject(person.high(), person.low());
    }

    /** What the model says of every person is what the node says, of the person and of their token. */
    private void compare(Node node) {
        try (Reader reader = node.engine().reader()) {
            reader.advance();
            for (int number = 0; number < PERSONS; number++) {
                Change.Subject person = Fixtures.person(number);
                Change.Subject token = Fixtures.token(number);
                List<Reader.Consent> held = reader.consents(person.high(), person.low());
                TreeSet<String> found = null;
                if (held != null) {
                    found = new TreeSet<>();
                    for (Reader.Consent consent : held) {
                        assertTrue(consent.stands());
                        assertTrue(found.add(Fixtures.RULES
                                .vocabulary()
                                .scenes()
                                .get(consent.scene())
                                .id()));
                    }
                }
                assertEquals(model.get(number), found, "person " + number);
                assertEquals(held != null, reader.person(token.high(), token.low()) >= 0, "token of " + number);
            }
        }
    }

    private static List<String> dump(Node node) {
        return RebuildTest.dump(node.generation()).stream()
                .filter(line -> !line.startsWith("identifiers"))
                // populations are published every few seconds only
                .map(line -> line.replaceAll(
                        " (enrolled|district \\d+|arrears \\d+|consent \\d+(?!,)|[a-z]+-[a-z0-9-]+)", ""))
                .toList();
    }
}
