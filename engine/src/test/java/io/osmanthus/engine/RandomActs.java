package io.osmanthus.engine;

import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.cases.Cases;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Amendment;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Page;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Random acts of persons, departments and operators, and beside them a straight-line model of what a node knows that has
 * followed from nothing. Marks come before their records, tokens change hands, people leave and come back.
 */
final class RandomActs {
    /** How ids of records and entries that the acts make begin. */
    static final String OURS = "A-";

    private static final Act.Outcome DONE = new Act.Outcome(200, new byte[0]);
    private static final int IDS = 400;
    private static final List<SceneDefinition> SCENES = Fixtures.RULES.vocabulary().scenes().stream()
            .filter(scene -> scene.subject() == SubjectType.PERSON)
            .toList();
    private static final List<ListDefinition> LISTS =
            Fixtures.RULES.vocabulary().lists();

    private final Random random;
    private final List<Change.Subject> persons;
    private final List<Change.Subject> organisations;
    private final List<Change.Subject> tokens = new ArrayList<>();
    private final Set<Change.Subject> left = new HashSet<>();
    private final Set<String> given = new HashSet<>();
    private final Map<Change.Subject, List<Named>> records = new HashMap<>();
    private final Map<Change.Subject, List<Debt>> arrears = new HashMap<>();
    private final Map<Change.Subject, List<Listed>> entries = new HashMap<>();

    /** The model: facts of the enrolled and of organisations, owners of tokens, marks that wait for their records. */
    private final Map<Change.Subject, SubjectFacts> facts = new LinkedHashMap<>();

    private final Map<Change.Subject, Change.Subject> owners = new HashMap<>();
    private final Map<Waiting, Integer> early = new HashMap<>();
    private final Map<Waiting, List<Amendment>> earlyEntries = new HashMap<>();

    /** Of the days of debts: what was marked last, of which a new debt leaves the dispute only. */
    private final Map<String, Integer> days = new HashMap<>();

    private final Map<String, Integer> debtsCame = new HashMap<>();
    private int debtsCome;
    private Change.Subject touched;

    private record Named(String id, String source) {}

    private record Debt(int scene, int since) {}

    private record Listed(String id, int list) {}

    private record Waiting(Change.Subject subject, String id, String source) {}

    RandomActs(Random random, List<Change.Subject> persons, List<Change.Subject> organisations) {
        this.random = random;
        this.persons = persons;
        this.organisations = organisations;
        this.touched = persons.get(0);
        organisations.forEach(organisation -> facts.put(organisation, empty(SubjectType.ORGANISATION)));
    }

    List<Change.Subject> persons() {
        return persons;
    }

    List<Change.Subject> tokens() {
        return tokens;
    }

    /** Whom the last act was about. */
    Change.Subject touched() {
        return touched;
    }

    boolean enrolled(Change.Subject person) {
        return facts.containsKey(person);
    }

    /** Whether a person has given a consent by an act. */
    boolean gave(Change.Subject person, int scene, int granted, int expires) {
        return given.contains(person + " " + scene + "," + granted + "," + expires);
    }

    boolean leftBefore(Change.Subject person) {
        return left.contains(person);
    }

    /** What the model holds about a subject; null where not enrolled. */
    @Nullable
    SubjectFacts facts(Change.Subject subject) {
        return facts.get(subject);
    }

    /** Whose a token is by the model. */
    Change.@Nullable Subject owner(Change.Subject token) {
        return owners.get(token);
    }

    void delivered(Collection<Change.Subject> enrolled) {
        enrolled.forEach(person -> facts.put(person, empty(SubjectType.PERSON)));
    }

    void record(Change.Subject subject, String id, String source) {
        records.computeIfAbsent(subject, key -> new ArrayList<>()).add(new Named(id, source));
    }

    void arrears(Change.Subject person, int scene, int since) {
        arrears.computeIfAbsent(person, key -> new ArrayList<>()).add(new Debt(scene, since));
    }

    void entry(Change.Subject organisation, String id, int list) {
        entries.computeIfAbsent(organisation, key -> new ArrayList<>()).add(new Listed(id, list));
    }

    void token(long high, long low, Change.@Nullable Subject owner) {
        Change.Subject token = new Change.Subject(high, low);
        tokens.add(token);
        if (owner != null) {
            owners.put(token, owner);
        }
    }

    /** What was marked last of a day's debts, as far as it is of what is there now. */
    int dayMarks(Change.Subject person, int scene, int since) {
        return days.getOrDefault(day(person, scene, since), 0);
    }

    /** How many debts have come so far, of anybody. */
    int debtsCome() {
        return debtsCome;
    }

    /** The number of the last debt of a day, or 0. */
    int lastDebt(Change.Subject person, int scene, int since) {
        return debtsCame.getOrDefault(day(person, scene, since), 0);
    }

    /** Marks a day and its debts; what was taken back stays so. */
    void markDay(Change.Subject person, int scene, int since, int marks) {
        days.put(day(person, scene, since), marks);
        SubjectFacts held = of(person);
        for (int i = 0; i < held.arrearsCount; i++) {
            if (held.arrearsScene[i] == scene && held.since[i] == since) {
                held.arrearsMarks[i] = held.arrearsMarks[i] >= 4 ? 4 + marks % 2 : marks;
            }
        }
    }

    /** The next act, done on an epoch day; the model has done it already. */
    Act next(int today) {
        if (random.nextInt(8) == 0) {
            touched = organisations.get(random.nextInt(organisations.size()));
            return organisation(touched, today);
        }
        touched = persons.get(random.nextInt(persons.size()));
        if (!enrolled(touched)) {
            return enrol(touched);
        }
        return switch (random.nextInt(24)) {
            case 0 -> leave(touched);
            case 1, 2, 3 -> withdraw(touched, today);
            case 4, 5, 6, 7, 8, 9 -> give(touched, today);
            case 10, 11 -> bind(touched);
            case 12 -> unbind(touched);
            case 13, 14, 15, 16 -> record(touched, SubjectType.PERSON, today);
            case 17, 18, 19 -> mark(touched, SubjectType.PERSON);
            case 20, 21 -> owe(touched, today);
            case 22 -> dispute(touched, today);
            default -> settle(touched, today);
        };
    }

    private Act enrol(Change.Subject person) {
        facts.put(person, empty(SubjectType.PERSON));
        return one(person, Kind.ENROLLED, Payload.of().with("synthetic", 1));
    }

    private Act leave(Change.Subject person) {
        facts.remove(person);
        left.add(person);
        owners.values().removeIf(person::equals);
        early.keySet().removeIf(waiting -> waiting.subject().equals(person));
        days.keySet().removeIf(day -> day.startsWith(person + " "));
        records.getOrDefault(person, new ArrayList<>())
                .removeIf(named -> named.id().startsWith(OURS));
        return page -> {
            page.appendPersonal(ledger(person), Kind.LEFT, Payload.of(), "self");
            Cases.forget(page, ledger(person));
            return DONE;
        };
    }

    private Act give(Change.Subject person, int today) {
        SceneDefinition scene = scene();
        int granted = today - random.nextInt(4);
        int expires = random.nextInt(3) == 0 ? SubjectFacts.NONE : today + 1 + random.nextInt(700);
        of(person).removeConsents(scene.index(), granted);
        of(person).addConsent(scene.index(), granted, expires);
        given.add(person + " " + scene.index() + "," + granted + "," + expires);
        return one(
                person,
                Kind.CONSENT_GIVEN,
                Payload.of()
                        .with("scene", scene.id())
                        .with("purpose_version", scene.purposeVersion())
                        .with("recipients", scene.recipients())
                        .withDay("granted_on", granted)
                        .withDay("expires_on", expires));
    }

    private Act withdraw(Change.Subject person, int today) {
        SceneDefinition scene = scene();
        int on = today - random.nextInt(2);
        of(person).removeConsents(scene.index(), on);
        return one(
                person,
                Kind.CONSENT_WITHDRAWN,
                Payload.of().with("scene", scene.id()).withDay("on", on));
    }

    /** As the server does it: the token is taken from its owner first. */
    private Act bind(Change.Subject person) {
        Change.Subject token = tokens.get(random.nextInt(tokens.size()));
        Change.Subject former = owners.put(token, person);
        return page -> {
            if (former != null && !former.equals(person)) {
                page.appendPersonal(ledger(former), Kind.TOKEN_UNBOUND, payload(token), "rebound");
            }
            page.appendPersonal(ledger(person), Kind.TOKEN_BOUND, payload(token), "self");
            return DONE;
        };
    }

    private Act unbind(Change.Subject person) {
        Change.Subject token = tokens.get(random.nextInt(tokens.size()));
        owners.remove(token, person);
        return one(person, Kind.TOKEN_UNBOUND, payload(token));
    }

    private Act record(Change.Subject subject, SubjectType type, int today) {
        List<Item> items = Fixtures.RULES.vocabulary().items().stream()
                .filter(item -> item.subject() == type)
                .toList();
        Item item = items.get(random.nextInt(items.size()));
        String source = Fixtures.SOURCES.get(random.nextInt(Fixtures.SOURCES.size()));
        String id = OURS + random.nextInt(IDS);
        int occurred = today - random.nextInt(700);
        int severity = random.nextInt(4);
        long quantity = random.nextInt(30_000);
        SubjectFacts held = of(subject);
        int number = Fixtures.SOURCES.indexOf(source);
        if (index(held, id, number) < 0) {
            int index = held.addRecord(item.index(), occurred, SubjectFacts.NONE, quantity, 0);
            held.recordId[index] = id;
            held.source[index] = number;
            held.severity[index] = severity;
            Integer marks = early.remove(new Waiting(subject, id, source));
            held.marks[index] = marks == null ? 0 : marks;
            held.sinkLastRecord(Fixtures.SOURCES);
            record(subject, id, source);
        }
        return one(
                subject,
                Kind.RECORD_ADDED,
                typed(type)
                        .with("record_id", id)
                        .with("item", item.id())
                        .with("source", source)
                        .withDay("occurred_on", occurred)
                        .with("quantity_hundredths", quantity)
                        .with("severity", severity)
                        .with("document_no", "D " + id));
    }

    /** Of a record that is there, or of one that may come. */
    private Act mark(Change.Subject subject, SubjectType type) {
        List<Named> known = records.getOrDefault(subject, List.of());
        Named named = known.isEmpty() || random.nextInt(4) == 0
                ? new Named(OURS + random.nextInt(IDS), Fixtures.SOURCES.get(random.nextInt(Fixtures.SOURCES.size())))
                : known.get(random.nextInt(known.size()));
        int marks = random.nextInt(16);
        int index = index(of(subject), named.id(), Fixtures.SOURCES.indexOf(named.source()));
        if (index >= 0) {
            of(subject).marks[index] = marks;
        } else {
            early.put(new Waiting(subject, named.id(), named.source()), marks);
        }
        return one(
                subject,
                Kind.RECORD_MARKED,
                typed(type)
                        .with("record_id", named.id())
                        .with("source", named.source())
                        .with("marks", marks));
    }

    private Act owe(Change.Subject person, int today) {
        SceneDefinition scene = scene();
        int since = today - random.nextInt(5);
        int index = of(person).addArrears(scene.index(), since);
        int disputed = dayMarks(person, scene.index(), since) & 1;
        days.put(day(person, scene.index(), since), disputed);
        of(person).arrearsMarks[index] = disputed;
        arrears(person, scene.index(), since);
        debtsCame.put(day(person, scene.index(), since), ++debtsCome);
        return one(
                person,
                Kind.ARREARS_ADDED,
                Payload.of()
                        .with("scene", scene.id())
                        .withDay("since", since)
                        .with("amount_cents", random.nextInt(1_000))
                        .with("reference", "B " + random.nextLong()));
    }

    private Act settle(Change.Subject person, int today) {
        List<Debt> known = arrears.getOrDefault(person, List.of());
        Debt debt = known.isEmpty() || random.nextInt(6) == 0
                ? new Debt(scene().index(), today)
                : known.get(random.nextInt(known.size()));
        settled(of(person), debt);
        String scene = Fixtures.RULES.vocabulary().scenes().get(debt.scene()).id();
        return one(
                person, Kind.ARREARS_SETTLED, Payload.of().with("scene", scene).withDay("since", debt.since()));
    }

    /** The first of the day that still stands, else the first that was taken back. */
    private static void settled(SubjectFacts held, Debt debt) {
        int found = -1;
        for (int i = 0; i < held.arrearsCount; i++) {
            boolean same = held.arrearsScene[i] == debt.scene() && held.since[i] == debt.since();
            if (same && (found < 0 || (held.arrearsMarks[found] >= 4 && held.arrearsMarks[i] < 4))) {
                found = i;
            }
        }
        if (found >= 0) {
            SubjectFacts rest = empty(SubjectType.PERSON);
            for (int i = 0; i < held.arrearsCount; i++) {
                if (i != found) {
                    int at = rest.addArrears(held.arrearsScene[i], held.since[i]);
                    rest.arrearsMarks[at] = held.arrearsMarks[i];
                }
            }
            held.arrearsCount = 0;
            for (int i = 0; i < rest.arrearsCount; i++) {
                int at = held.addArrears(rest.arrearsScene[i], rest.since[i]);
                held.arrearsMarks[at] = rest.arrearsMarks[i];
            }
        }
    }

    private static String day(Change.Subject person, int scene, int since) {
        return person + " " + scene + " " + since;
    }

    private Act dispute(Change.Subject person, int today) {
        List<Debt> known = arrears.getOrDefault(person, List.of());
        Debt debt = known.isEmpty() ? new Debt(scene().index(), today) : known.get(random.nextInt(known.size()));
        int marks = random.nextInt(4) == 0 ? 4 + random.nextInt(2) : random.nextInt(2);
        markDay(person, debt.scene(), debt.since(), marks);
        String scene = Fixtures.RULES.vocabulary().scenes().get(debt.scene()).id();
        return one(
                person,
                Kind.ARREARS_MARKED,
                Payload.of().with("scene", scene).withDay("since", debt.since()).with("marks", marks));
    }

    private Act organisation(Change.Subject organisation, int today) {
        return switch (random.nextInt(5)) {
            case 0 -> record(organisation, SubjectType.ORGANISATION, today);
            case 1 -> mark(organisation, SubjectType.ORGANISATION);
            case 2, 3 -> enter(organisation, today);
            default -> amend(organisation, today);
        };
    }

    private Act enter(Change.Subject organisation, int today) {
        ListDefinition list = LISTS.get(random.nextInt(LISTS.size()));
        String id = OURS + random.nextInt(IDS / 10);
        int leaves = random.nextBoolean() ? SubjectFacts.NONE : today + random.nextInt(900);
        SubjectFacts held = of(organisation);
        Listed listed = new Listed(id, list.index());
        boolean there = false;
        for (int i = 0; i < held.entryCount; i++) {
            there |= held.list[i] == list.index() && id.equals(held.entryId[i]);
        }
        if (!there) {
            int index = held.addEntry(list.index(), today, leaves);
            held.entryId[index] = id;
            List<Amendment> waited = earlyEntries.remove(new Waiting(organisation, id, list.id()));
            if (waited != null) {
                waited.forEach(amendment -> amend(held, index, amendment));
            }
        }
        entry(organisation, listed.id(), listed.list());
        return one(
                organisation,
                Kind.ENTRY_ADDED,
                Payload.of()
                        .with("entry_id", id)
                        .with("list", list.id())
                        .withDay("entered_on", today)
                        .withDay("leaves_on", leaves));
    }

    private Act amend(Change.Subject organisation, int today) {
        List<Listed> known = entries.getOrDefault(organisation, List.of());
        Listed listed = known.isEmpty() || random.nextInt(4) == 0
                ? new Listed(OURS + random.nextInt(IDS / 10), random.nextInt(LISTS.size()))
                : known.get(random.nextInt(known.size()));
        // an objection marks only, an office may move the last day only, and a decision both
        int says = random.nextInt(4);
        int leaves = random.nextBoolean() ? SubjectFacts.NONE : today + random.nextInt(100);
        int marks = random.nextInt(8);
        Amendment amendment = new Amendment(says < 2 ? Amendment.KEPT : leaves, says == 2 ? Amendment.KEPT : marks);
        SubjectFacts held = of(organisation);
        boolean there = false;
        for (int i = 0; i < held.entryCount; i++) {
            if (held.list[i] == listed.list() && listed.id().equals(held.entryId[i])) {
                amend(held, i, amendment);
                there = true;
            }
        }
        if (!there) {
            String list = LISTS.get(listed.list()).id();
            earlyEntries
                    .computeIfAbsent(new Waiting(organisation, listed.id(), list), key -> new ArrayList<>())
                    .add(amendment);
        }
        return one(
                organisation,
                Kind.ENTRY_AMENDED,
                amendment.in(Payload.of()
                        .with("entry_id", listed.id())
                        .with("list", LISTS.get(listed.list()).id())));
    }

    private static void amend(SubjectFacts held, int index, Amendment amendment) {
        if (amendment.endsOn() != Amendment.KEPT) {
            held.leavesOn[index] = amendment.endsOn();
        }
        if (amendment.marks() != Amendment.KEPT) {
            held.entryMarks[index] = amendment.marks();
        }
    }

    private Act one(Change.Subject subject, Kind kind, Payload payload) {
        boolean organisation = organisations.contains(subject);
        Consumer<Page> append = organisation
                ? page -> page.appendOpen(ledger(subject), kind, payload, "office")
                : page -> page.appendPersonal(ledger(subject), kind, payload, "self");
        return page -> {
            append.accept(page);
            return DONE;
        };
    }

    private static Payload typed(SubjectType type) {
        return Payload.of().with("type", type == SubjectType.PERSON ? "person" : "organisation");
    }

    private static Payload payload(Change.Subject token) {
        HexFormat hex = HexFormat.of();
        return Payload.of()
                .with("scheme", "card")
                .with("token", hex.toHexDigits(token.high()) + hex.toHexDigits(token.low()));
    }

    private SceneDefinition scene() {
        return SCENES.get(random.nextInt(SCENES.size()));
    }

    private SubjectFacts of(Change.Subject subject) {
        SubjectFacts held = facts.get(subject);
        if (held == null) {
            throw new IllegalStateException(subject + " is not enrolled");
        }
        return held;
    }

    private static int index(SubjectFacts facts, String id, int source) {
        for (int i = 0; i < facts.recordCount; i++) {
            if (id.equals(facts.recordId[i]) && facts.source[i] == source) {
                return i;
            }
        }
        return -1;
    }

    private static Subject ledger(Change.Subject subject) {
        return new Subject(subject.high(), subject.low());
    }

    private static SubjectFacts empty(SubjectType type) {
        SubjectFacts facts = new SubjectFacts();
        facts.clear(type);
        return facts;
    }
}
