package io.osmanthus.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.engine.store.Identifiers;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
import io.osmanthus.snapshots.Rows;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotBuild;
import io.osmanthus.snapshots.SnapshotReader;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.intake.Channels;
import io.osmanthus.snapshots.intake.Delivery;
import io.osmanthus.snapshots.intake.Intake;
import io.osmanthus.snapshots.intake.IntakeOptions;
import io.osmanthus.snapshots.intake.IntakeResult;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A snapshot that contains the ledger up to a position, with the rest replayed, is the snapshot of the delivery alone with
 * everything replayed, subject by subject: after random histories, whatever the position.
 */
final class ContainedLedgerTest {
    private static final boolean DRILLS = Boolean.getBoolean("osmanthus.drills");
    private static final int PERSONS = 150;
    private static final int ORGANISATIONS = 20;
    private static final int STRANGERS = 30;
    private static final int ACTS = DRILLS ? 10_000 : 1_200;
    private static final PseudonymKey KEY = PseudonymKey.ofHex("3c".repeat(PseudonymKey.KEY_BYTES));
    private static final City CITY = new City(PERSONS, ORGANISATIONS, 11, Fixtures.DAY);
    private static final ZonedDateTime BEGIN = Fixtures.DAY.minusDays(60).atStartOfDay(Keeper.ZONE);

    private final Random random = Seed.random("ContainedLedgerTest");
    private final AtomicReference<Instant> now = new AtomicReference<>(BEGIN.toInstant());

    @TempDir
    Path directory = Path.of("");

    private final RandomActs acts = new RandomActs(random, subjects(), organisations());

    private static List<Change.Subject> subjects() {
        Pseudonymiser persons = KEY.pseudonymiser(Scheme.PERSON);
        List<Change.Subject> subjects = new ArrayList<>();
        for (int i = 0; i < PERSONS; i++) {
            persons.make(CITY.personId(i));
            subjects.add(new Change.Subject(persons.high(), persons.low()));
        }
        for (int i = 0; i < STRANGERS; i++) {
            subjects.add(Fixtures.person(i + 1));
        }
        return subjects;
    }

    private static List<Change.Subject> organisations() {
        Pseudonymiser codes = KEY.pseudonymiser(Scheme.USCC);
        List<Change.Subject> subjects = new ArrayList<>();
        for (int i = 0; i < ORGANISATIONS; i++) {
            codes.make(CITY.uscc(i));
            subjects.add(new Change.Subject(codes.high(), codes.low()));
        }
        return subjects;
    }

    @Test
    void snapshots_containingTheLedger_equalTheReplayOverTheDelivery() throws IOException {
        Path delivery = directory.resolve("delivery");
        CITY.generate(delivery, Progress.SILENT);
        owe(delivery);
        SnapshotStore store = SnapshotStore.openOrCreate(directory.resolve("store"));
        String none = build(store, delivery, null);
        learn(store.path(none));
        List<String> versions = new ArrayList<>(List.of(none));
        try (Ledger ledger = Ledger.open(Database.fresh(), KEY, now::get)) {
            int[] builds = {ACTS / 3, ACTS / 2, ACTS * 2 / 3, ACTS * 3 / 4, ACTS * 9 / 10};
            Path part = withoutPersonsAndConsents(delivery);
            int next = 0;
            for (int i = 0; i < ACTS; i++) {
                now.updateAndGet(moment -> moment.plus(Duration.ofMinutes(60L * 24 * 60 / ACTS)));
                ledger.submit(null, acts.next(today())).join();
                if (next < builds.length && i == builds[next]) {
                    versions.add(build(store, next % 2 == 0 ? delivery : part, ledger));
                    next++;
                }
            }
            versions.add(build(store, delivery, ledger));
            versions.add(build(store, part, ledger));
            List<List<String>> known = versions.stream()
                    .map(version -> known(store, version, ledger))
                    .toList();
            for (int i = 1; i < known.size(); i++) {
                for (int line = 0; line < known.get(0).size(); line++) {
                    String what = "snapshot " + i + " of " + versions;
                    assertEquals(known.get(0).get(line), known.get(i).get(line), what);
                }
            }
            long returned = acts.persons().stream()
                    .filter(person -> acts.leftBefore(person) && acts.enrolled(person))
                    .count();
            assertTrue(returned > 0, "nobody came back");
        }
    }

    private int today() {
        return (int) now.get().atZone(Keeper.ZONE).toLocalDate().toEpochDay();
    }

    /** The city's arrears are few: here many have several, some of one day, and acts will add to these days. */
    private void owe(Path delivery) throws IOException {
        List<SceneDefinition> scenes = Fixtures.RULES.vocabulary().scenes().stream()
                .filter(scene -> !scene.arrearsSources().isEmpty())
                .toList();
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < PERSONS; i++) {
            for (int debt = random.nextInt(4); debt > 0; debt--) {
                SceneDefinition scene = scenes.get(random.nextInt(scenes.size()));
                String source =
                        scene.arrearsSources().stream().sorted().findFirst().orElseThrow();
                rows.add(scene.id() + "," + CITY.personId(i) + "," + Fixtures.DAY.minusDays(60 - random.nextInt(5))
                        + ",100,OWED-" + i + "-" + debt + "," + source);
            }
        }
        Files.write(delivery.resolve("arrears.csv"), rows, StandardOpenOption.APPEND);
    }

    /** Every other build carries over what is not delivered, from a snapshot that contains the ledger already. */
    private Path withoutPersonsAndConsents(Path delivery) throws IOException {
        Path part = Files.createDirectory(directory.resolve("part"));
        for (String file : List.of("delivery.csv", "organisations.csv")) {
            Files.copy(delivery.resolve(file), part.resolve(file));
        }
        return part;
    }

    private static String build(SnapshotStore store, Path delivery, @Nullable Ledger ledger) {
        Delivery opened = Delivery.open(delivery);
        try (SnapshotBuild build = store.begin()) {
            Snapshot former = opened.standsAlone(store) ? null : store.former(Trust.of(KEY, null, true));
            IntakeResult result = Intake.run(
                    opened,
                    Fixtures.RULES.vocabulary(),
                    KEY,
                    Fixtures.DAY,
                    build.directory(),
                    IntakeOptions.of(true, Channels.NONE).over(former).with(ledger),
                    Progress.SILENT);
            return build.publish(result.content(), null).version();
        }
    }

    /** What the acts must know of the delivery: who is enrolled, which records there are to be retracted. */
    private void learn(Path snapshot) {
        try (SnapshotReader reader = SnapshotReader.open(snapshot, Fixtures.RULES.vocabulary());
                Rows persons = reader.persons(0, PERSONS);
                Rows records = reader.records(SubjectType.PERSON, 0, PERSONS);
                Rows arrears = reader.arrears(0, PERSONS);
                Rows entries = reader.listEntries();
                Rows organisations = reader.organisations()) {
            List<Change.Subject> ordinals = new ArrayList<>();
            while (persons.next()) {
                ordinals.add(new Change.Subject(persons.number(1), persons.number(2)));
            }
            acts.delivered(new HashSet<>(ordinals));
            while (records.next()) {
                acts.record(
                        ordinals.get(records.integer(0)),
                        String.valueOf(records.text(8)),
                        reader.sources().get(records.integer(7)));
            }
            while (arrears.next()) {
                acts.arrears(ordinals.get(arrears.integer(0)), arrears.integer(1), arrears.integer(2));
            }
            List<Change.Subject> companies = new ArrayList<>();
            while (organisations.next()) {
                companies.add(new Change.Subject(organisations.number(1), organisations.number(2)));
            }
            while (entries.next()) {
                acts.entry(companies.get(entries.integer(0)), String.valueOf(entries.text(4)), entries.integer(1));
            }
        }
        Pseudonymiser cards = KEY.pseudonymiser(Scheme.CARD);
        for (int i = 0; i < PERSONS; i++) {
            cards.make(CITY.token(i).token());
            acts.token(cards.high(), cards.low(), acts.persons().get((int) CITY.owner(i)));
        }
    }

    /** What a generation of a snapshot knows at the ledger's end, line by line and without ordinals. */
    private List<String> known(SnapshotStore store, String version, Ledger ledger) {
        Snapshot snapshot = Snapshot.open(store.path(version), Trust.of(KEY, null, true));
        Departures departures = Departures.of(ledger);
        Generation generation =
                GenerationLoader.load(snapshot, Fixtures.RULES, Fixtures.DAY, 2, Progress.SILENT, departures, ACTS);
        long contained = snapshot.manifest().ledgerPosition();
        assertEquals(contained, generation.position());
        if (contained == 0) {
            assertNull(snapshot.manifest().ledgerId());
        } else {
            assertEquals(ledger.id().toString(), snapshot.manifest().ledgerId());
        }
        try (Engine engine = new Engine();
                Follower follower = new Follower(
                        ledger, engine, ledger.head().position(), 60, (of, ordinal) -> List.of(), () -> {})) {
            engine.publish(follower.catchUp(generation, departures));
            assertEquals(ledger.head().position(), generation.position());
            return lines(generation);
        }
    }

    private List<String> lines(Generation generation) {
        List<String> lines = new ArrayList<>();
        Identifiers.Lookup identifiers = generation.stores().identifiers().lookup();
        for (Change.Subject person : acts.persons()) {
            int place = identifiers.find(person.high(), person.low());
            // of one who left and came back by an act, what is delivered comes with the next delivery, not by the
            // replay
            boolean back = acts.leftBefore(person) && acts.enrolled(person);
            lines.add(person + ": "
                    + (place == Identifiers.ABSENT ? null : facts(generation, place, back ? person : null)));
        }
        for (Change.Subject token : acts.tokens()) {
            int place = identifiers.find(token.high(), token.low());
            String owner = "nobody";
            for (Change.Subject person : acts.persons()) {
                if (place != Identifiers.ABSENT && identifiers.find(person.high(), person.low()) == place) {
                    owner = person.toString();
                }
            }
            lines.add(token + " of " + owner);
        }
        for (Change.Subject organisation : organisations()) {
            lines.add(organisation + ": "
                    + facts(generation, identifiers.find(organisation.high(), organisation.low()), null));
        }
        return lines;
    }

    /** {@code returned}: of whom only what acts brought is shown. */
    private String facts(Generation generation, int place, Change.@Nullable Subject returned) {
        boolean back = returned != null;
        SubjectFacts facts = new SubjectFacts();
        generation.stores().dossiers().lookup().read(place, facts, true);
        List<String> sorted = new ArrayList<>();
        for (int i = 0; i < facts.recordCount; i++) {
            if (!back || String.valueOf(facts.recordId[i]).startsWith(RandomActs.OURS)) {
                sorted.add("record " + facts.recordId[i] + "," + facts.item[i] + "," + facts.occurredOn[i] + ","
                        + facts.endedOn[i] + "," + facts.quantityHundredths[i] + "," + facts.act[i] + ","
                        + facts.marks[i] + "," + facts.severity[i] + ","
                        + generation.sources().get(facts.source[i]));
            }
        }
        for (int i = 0; i < facts.consentCount; i++) {
            if (returned == null
                    || acts.gave(returned, facts.consentScene[i], facts.grantedOn[i], facts.expiresOn[i])) {
                sorted.add("consent " + facts.consentScene[i] + "," + facts.grantedOn[i] + "," + facts.expiresOn[i]);
            }
        }
        for (int i = 0; i < facts.arrearsCount; i++) {
            if (!back) {
                sorted.add("arrears " + facts.arrearsScene[i] + "," + facts.since[i] + "," + facts.arrearsMarks[i]);
            }
        }
        for (int i = 0; i < facts.entryCount; i++) {
            sorted.add("entry " + facts.entryId[i] + "," + facts.list[i] + "," + facts.enteredOn[i] + ","
                    + facts.leavesOn[i] + "," + facts.entryMarks[i]);
        }
        sorted.sort(String::compareTo);
        boolean organisation = (place & Identifiers.ORGANISATION) != 0;
        long word = organisation
                ? generation.stores().organisations().get(place & ~Identifiers.ORGANISATION)
                : generation.stores().persons().get(place);
        return (back ? "" : "word " + Long.toHexString(word) + " ") + sorted;
    }
}
