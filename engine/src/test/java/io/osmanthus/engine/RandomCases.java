package io.osmanthus.engine;

import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.cases.Case;
import io.osmanthus.snapshots.cases.CaseKind;
import io.osmanthus.snapshots.cases.Cases;
import io.osmanthus.snapshots.cases.Filing;
import io.osmanthus.snapshots.cases.Move;
import io.osmanthus.snapshots.cases.Procedure;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.CaseLimits;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Random cases about what the subjects of {@link RandomActs} hold, and a straight-line model of them, written from the page of
 * states and not from the table: where each stands, and what it does to records, debts and entries.
 */
final class RandomCases {
    private static final Act.Outcome DONE = new Act.Outcome(200, new byte[0]);
    private static final List<Move> MOVES = List.of(Move.values());
    private static final Vocabulary VOCABULARY = Fixtures.RULES.vocabulary();
    private static final CaseLimits LIMITS =
            Objects.requireNonNull(VOCABULARY.regimes().cases());
    private static final Procedure PROCEDURE = new Procedure(LIMITS, VOCABULARY.workingDays());

    private final Random random;
    private final RandomActs acts;
    private final List<Change.Subject> companies;
    private final Map<UUID, One> cases = new LinkedHashMap<>();
    private int today = Fixtures.TODAY;

    /** What a case is about: a record (id, source), debts (scene, since), an entry (id, list), an access (id). */
    record About(CaseKind kind, Change.Subject subject, String id, String name, int scene, int since) {}

    /** A case by the page. */
    static final class One {
        final About about;
        final boolean fourEyes;
        final List<About> entries;
        final int filedAt;
        String state = "filed";
        String before = "";
        String outcome = "";
        String proposer = "";
        int version = 1;
        int reviewUntil;

        One(About about, boolean fourEyes, List<About> entries, int filedAt) {
            this.about = about;
            this.fourEyes = fourEyes;
            this.entries = entries;
            this.filedAt = filedAt;
        }

        boolean undecided() {
            String at = state.equals("suspended") || state.equals("proposed") ? before : state;
            return at.equals("filed") || at.equals("forwarded");
        }
    }

    /** Something that is tried: {@code legal} by the model, which then takes it with {@code done}. */
    record Attempt(Change.Subject subject, Act act, boolean legal, Runnable done) {}

    RandomCases(Random random, RandomActs acts, List<Change.Subject> companies) {
        this.random = random;
        this.acts = acts;
        this.companies = companies;
    }

    Map<UUID, One> cases() {
        return cases;
    }

    /** Who leaves leaves no case behind. */
    void left(Change.Subject person) {
        cases.values().removeIf(one -> one.about.subject().equals(person));
    }

    /** The next filing or move, or null where there is nothing to be filed about. */
    @Nullable
    Attempt next() {
        today += random.nextInt(30) == 0 ? random.nextInt(6) : 0;
        return cases.isEmpty() || random.nextInt(4) == 0 ? file() : move();
    }

    private @Nullable Attempt file() {
        boolean company = random.nextInt(3) == 0;
        List<Change.Subject> whom = company ? companies : acts.persons();
        Change.Subject subject = whom.get(random.nextInt(whom.size()));
        SubjectFacts held = acts.facts(subject);
        About about = held == null ? null : about(subject, held, company);
        if (held == null || about == null) {
            return null;
        }
        Payload content = Payload.of().with("id", about.id()).with("grounds", "wrong");
        switch (about.kind()) {
            case OBJECTION_ARREARS ->
                content.with("scene", VOCABULARY.scenes().get(about.scene()).id())
                        .withDay("since", about.since())
                        .with("debts", debts(held, about));
            case OBJECTION_ENTRY -> content.with("list", about.name());
            case OBJECTION_RECORD -> content.with("source", about.name());
            case REPAIR -> content.with(about.scene() < 0 ? "source" : "list", about.name());
            case OBJECTION_ACCESS -> {}
        }
        List<About> entries = new ArrayList<>();
        if (about.kind() == CaseKind.REPAIR && company && about.scene() < 0 && held.entryCount > 0) {
            entries.add(entry(CaseKind.REPAIR, subject, held, random.nextInt(held.entryCount)));
            content.with(
                    "entries", entries.get(0).name() + "\t" + entries.get(0).id() + "\t");
        }
        boolean fourEyes = random.nextInt(4) == 0;
        byte[] object = about.toString().getBytes(StandardCharsets.UTF_8);
        Filing filing = new Filing(about.kind(), ledger(subject), company, object, fourEyes, content);
        int debts = debts(held, about);
        boolean legal = free(about, debts);
        Case[] filed = new Case[1];
        Act act = page -> {
            filed[0] = Cases.file(page, filing, PROCEDURE, today, "self");
            return DONE;
        };
        return new Attempt(subject, act, legal, () -> {
            One one = new One(about, fourEyes, List.copyOf(entries), acts.debtsCome());
            cases.put(Objects.requireNonNull(filed[0]).id(), one);
            filedDebts.put(one, debts);
            if (about.kind() != CaseKind.REPAIR) {
                mark(about, marks -> marks | 1);
            }
        });
    }

    private final Map<One, Integer> filedDebts = new LinkedHashMap<>();

    private @Nullable About about(Change.Subject subject, SubjectFacts held, boolean company) {
        int dice = random.nextInt(company ? 4 : 6);
        if (company && dice < 2) {
            CaseKind kind = dice == 0 ? CaseKind.REPAIR : CaseKind.OBJECTION_ENTRY;
            return held.entryCount == 0 ? null : entry(kind, subject, held, random.nextInt(held.entryCount));
        }
        if (!company && dice < 3) {
            if (dice == 0) {
                return new About(CaseKind.OBJECTION_ACCESS, subject, "access-" + random.nextInt(5), "", -1, 0);
            }
            if (held.arrearsCount == 0) {
                return null;
            }
            int i = random.nextInt(held.arrearsCount);
            int scene = held.arrearsScene[i];
            return new About(
                    CaseKind.OBJECTION_ARREARS, subject, scene + ":" + held.since[i], "", scene, held.since[i]);
        }
        if (held.recordCount == 0) {
            return null;
        }
        int i = random.nextInt(held.recordCount);
        String source = Fixtures.SOURCES.get(held.source[i]);
        CaseKind kind = random.nextInt(3) == 0 ? CaseKind.REPAIR : CaseKind.OBJECTION_RECORD;
        return new About(kind, subject, String.valueOf(held.recordId[i]), source, -1, 0);
    }

    /** Of an entry, {@code scene} is its list's number. */
    private static About entry(CaseKind kind, Change.Subject subject, SubjectFacts held, int i) {
        String list = VOCABULARY.lists().get(held.list[i]).id();
        return new About(kind, subject, String.valueOf(held.entryId[i]), list, held.list[i], 0);
    }

    private static int debts(SubjectFacts held, About about) {
        int debts = 0;
        for (int i = 0; i < held.arrearsCount; i++) {
            boolean same = held.arrearsScene[i] == about.scene() && held.since[i] == about.since();
            debts += same && held.arrearsMarks[i] < 4 ? 1 : 0;
        }
        return debts;
    }

    /** The page in straight lines: whether the same may be filed. */
    private boolean free(About about, int debts) {
        boolean free = true;
        int open = 0;
        for (One one : cases.values()) {
            boolean mine = one.about.subject().equals(about.subject());
            open += mine && !one.state.equals("closed") ? 1 : 0;
            if (one.about.equals(about)) {
                boolean arrears = about.kind() == CaseKind.OBJECTION_ARREARS;
                boolean come = arrears
                        && (acts.lastDebt(about.subject(), about.scene(), about.since()) > one.filedAt
                                || debts > filedDebts.getOrDefault(one, 0));
                boolean again =
                        switch (about.kind()) {
                            case REPAIR -> !one.outcome.equals("upheld");
                            case OBJECTION_ARREARS -> one.outcome.equals("upheld");
                            case OBJECTION_RECORD, OBJECTION_ACCESS, OBJECTION_ENTRY -> false;
                        };
                free &= (come && !one.undecided()) || (one.state.equals("closed") && again);
            }
        }
        return free && open < Cases.OPEN_MAX;
    }

    private Attempt move() {
        List<UUID> ids = new ArrayList<>(cases.keySet());
        UUID id = ids.get(random.nextInt(ids.size()));
        One one = Objects.requireNonNull(cases.get(id));
        Move move = MOVES.get(random.nextInt(MOVES.size()));
        String actor = "desk-" + random.nextInt(2);
        int version = random.nextInt(10) == 0 ? one.version + 1 : one.version;
        int day = today;
        Act act = page -> {
            Cases.move(page, id, null, version, move, "because", actor, PROCEDURE, day);
            return DONE;
        };
        // the model moves now: whether the move is legal is its answer
        boolean legal = version == one.version && step(one, move.word(), actor);
        return new Attempt(one.about.subject(), act, legal, () -> {});
    }

    /** The page in straight lines: whether the move is legal, and where it leads. */
    private boolean step(One one, String move, String actor) {
        String from = one.state;
        boolean decision = move.equals("upheld") || move.equals("rejected") || move.equals("corrected");
        boolean correctable = one.about.kind() != CaseKind.REPAIR && one.about.kind() != CaseKind.OBJECTION_ACCESS;
        if ((move.equals("corrected") && !correctable) || from.equals("closed")) {
            return false;
        }
        if (from.equals("suspended")) {
            return move.equals("resumed") && to(one, one.before);
        }
        if (from.equals("proposed")) {
            String came = one.before;
            if (move.equals("returned")) {
                one.outcome = came.equals("review") ? "rejected" : "";
                return to(one, came);
            }
            return decision && move.equals(one.outcome) && !actor.equals(one.proposer) && decide(one, move, came);
        }
        if (from.equals("decided")) {
            boolean mayAsk = !one.outcome.equals("upheld");
            return move.equals("review")
                    ? mayAsk && today <= one.reviewUntil && to(one, "review")
                    : move.equals("closed") && (!mayAsk || today > one.reviewUntil) && to(one, "closed");
        }
        if (decision && one.fourEyes) {
            one.outcome = move;
            one.proposer = actor;
            one.before = from;
            one.state = "proposed";
            one.version++;
            return true;
        }
        if (decision) {
            return decide(one, move, from);
        }
        if (move.equals("suspended")) {
            one.before = from;
            one.state = "suspended";
            one.version++;
            return true;
        }
        return move.equals("forwarded") && from.equals("filed") && to(one, "forwarded");
    }

    private static boolean to(One one, String state) {
        one.state = state;
        one.before = "";
        one.proposer = "";
        one.version++;
        return true;
    }

    private boolean decide(One one, String move, String came) {
        one.outcome = move;
        boolean review = came.equals("review");
        to(one, review ? "closed" : "decided");
        if (one.about.kind() == CaseKind.REPAIR) {
            if (move.equals("upheld")) {
                mark(one.about, marks -> marks | 2);
                one.entries.forEach(entry -> mark(entry, marks -> marks | 2));
            }
        } else {
            boolean waits =
                    cases.values().stream().anyMatch(other -> other.about.equals(one.about) && other.undecided());
            int found = move.equals("rejected") ? 0 : 4;
            mark(one.about, marks -> (waits ? marks : marks & ~1) | found);
        }
        if (!review && !move.equals("upheld")) {
            LocalDate day = LocalDate.ofEpochDay(today);
            one.reviewUntil = VOCABULARY.workingDays().after(today, LIMITS.reviewRequestWorkingDays(day));
        }
        return true;
    }

    private void mark(About about, IntUnaryOperator change) {
        SubjectFacts held = acts.facts(about.subject());
        if (held == null || about.kind() == CaseKind.OBJECTION_ACCESS) {
            return;
        }
        if (about.kind() == CaseKind.OBJECTION_ARREARS) {
            int before = acts.dayMarks(about.subject(), about.scene(), about.since());
            int marks = change.applyAsInt(before);
            if (marks != before) {
                acts.markDay(about.subject(), about.scene(), about.since(), marks);
            }
            return;
        }
        boolean entry = about.scene() >= 0;
        for (int i = 0; i < (entry ? held.entryCount : held.recordCount); i++) {
            if (entry && held.list[i] == about.scene() && about.id().equals(held.entryId[i])) {
                held.entryMarks[i] = change.applyAsInt(held.entryMarks[i]);
            }
            boolean source = !entry && Fixtures.SOURCES.get(held.source[i]).equals(about.name());
            if (source && about.id().equals(held.recordId[i])) {
                held.marks[i] = change.applyAsInt(held.marks[i]);
            }
        }
    }

    private static Subject ledger(Change.Subject subject) {
        return new Subject(subject.high(), subject.low());
    }
}
