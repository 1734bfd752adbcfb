package io.osmanthus.snapshots.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Database;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.LedgerAudit;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.Marks;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random histories of cases against a straight-line model of the table of states, which was written from the page and not
 * from the table: states, outcomes, versions, marks, and at the end the audit of the whole.
 */
final class CaseModelTest {
    private static final int ACTS = Boolean.getBoolean("osmanthus.drills") ? 20_000 : 1_500;
    private static final int SUBJECTS = 8;
    private static final int OBJECTS = 4;
    private static final List<Move> MOVES = List.of(Move.values());
    private static final PseudonymKey KEY = PseudonymKey.ofHex("0f".repeat(32));
    private static final Act.Outcome DONE = new Act.Outcome(200, "{}".getBytes(StandardCharsets.UTF_8));

    private final Random random = seeded();
    private final Map<UUID, Model> model = new TreeMap<>();
    private final Map<String, Integer> marks = new HashMap<>();
    /** When the last debt of a day came, in the order of all that happened. */
    private final Map<String, Integer> owed = new HashMap<>();

    private int sequence;
    private int today = (int) LocalDate.of(2026, 9, 1).toEpochDay();

    /** A case by the page. */
    private static final class Model {
        final int subject;
        final CaseKind kind;
        final int object;
        final boolean fourEyes;
        final int filedAt;
        String state = "filed";
        String before = "";
        String outcome = "";
        String proposer = "";
        int version = 1;
        int reviewUntil;

        Model(int subject, CaseKind kind, int object, boolean fourEyes, int filedAt) {
            this.subject = subject;
            this.kind = kind;
            this.object = object;
            this.fourEyes = fourEyes;
            this.filedAt = filedAt;
        }

        boolean undecided() {
            String at = state.equals("suspended") || state.equals("proposed") ? before : state;
            return at.equals("filed") || at.equals("forwarded");
        }

        String about() {
            return subject + "/" + object;
        }
    }

    private static Random seeded() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("CaseModelTest: -Dseed=" + seed);
        return new Random(seed);
    }

    private static Subject subject(int number) {
        return new Subject(number + 1, 77);
    }

    /** Even ones are organisations. */
    private static boolean organisation(int number) {
        return number % 2 == 0;
    }

    @Test
    void histories_random_equalTheStraightLineModelAndTheAudit() {
        Ledger.Place place = Database.fresh();
        int refused = 0;
        try (Ledger ledger = Ledger.open(place, KEY, InstantSource.system())) {
            for (int i = 0; i < ACTS; i++) {
                int dice = random.nextInt(100);
                if (dice < 22) {
                    file(ledger);
                } else if (dice < 30) {
                    owe(ledger);
                } else if (dice < 95 && !model.isEmpty()) {
                    refused += move(ledger) ? 0 : 1;
                } else if (dice < 97) {
                    leave(ledger, 1 + 2 * random.nextInt(SUBJECTS / 2));
                } else {
                    today += random.nextInt(4);
                }
                if (i % 100 == 0) {
                    compare(ledger);
                }
            }
            compare(ledger);
        }
        System.out.println("cases: " + model.size() + " at the end, " + refused + " moves refused");
        CaseAudit audit = new CaseAudit();
        LedgerAudit.Report report = new LedgerAudit(KEY, null, audit).run(place);
        assertNull(report.broken(), String.valueOf(report.broken()));
        assertEquals(model.size(), audit.count());
    }

    private void file(Ledger ledger) {
        int subject = random.nextInt(SUBJECTS);
        boolean organisation = organisation(subject);
        CaseKind kind =
                switch (random.nextInt(3)) {
                    case 0 -> CaseKind.REPAIR;
                    case 1 -> organisation ? CaseKind.OBJECTION_ENTRY : CaseKind.OBJECTION_ARREARS;
                    default -> CaseKind.OBJECTION_RECORD;
                };
        int object = random.nextInt(OBJECTS);
        boolean fourEyes = object == 0;
        byte[] keyed = (kind + " " + object + " ".repeat(16)).getBytes(StandardCharsets.US_ASCII);
        Payload content = Payload.of().with("grounds", "wrong");
        switch (kind) {
            case OBJECTION_ARREARS -> content.with("scene", "parking").withDay("since", 20_000 + object);
            case OBJECTION_ENTRY -> content.with("id", "E" + object).with("list", "fire");
            case OBJECTION_RECORD, REPAIR, OBJECTION_ACCESS ->
                content.with("id", "R" + object).with("source", "法院");
        }
        Filing filing = new Filing(kind, subject(subject), organisation, keyed, fourEyes, content);
        Case[] filed = new Case[1];
        boolean accepted = submitted(ledger, page -> {
            filed[0] = Cases.file(page, filing, ProcedureTest.PROCEDURE, today, "self");
            return DONE;
        });
        String name = subject + " " + kind + " " + object;
        assertEquals(free(subject, kind, object), accepted, name);
        if (accepted) {
            Case row = Objects.requireNonNull(filed[0]);
            Model one = new Model(subject, kind, object, fourEyes, ++sequence);
            model.put(row.id(), one);
            if (kind != CaseKind.REPAIR) {
                marks.merge(kind + one.about(), Marks.DISPUTED, (a, b) -> a | b);
            }
        }
    }

    /** The page in straight lines: whether the same may be filed. */
    private boolean free(int subject, CaseKind kind, int object) {
        boolean free = true;
        int open = 0;
        for (Model one : model.values()) {
            open += one.subject == subject && !one.state.equals("closed") ? 1 : 0;
            if (one.subject == subject && one.kind == kind && one.object == object) {
                int owedAt = kind == CaseKind.OBJECTION_ARREARS ? owed.getOrDefault(one.about(), 0) : 0;
                boolean fresh = !one.undecided() && owedAt > one.filedAt;
                boolean again =
                        switch (kind) {
                            case REPAIR -> !one.outcome.equals("upheld");
                            case OBJECTION_ARREARS -> one.outcome.equals("upheld");
                            default -> false;
                        };
                free &= fresh || (one.state.equals("closed") && again);
            }
        }
        return free && open < Cases.OPEN_MAX;
    }

    /** Another debt of a day: in dispute with the others, and not taken back with them. */
    private void owe(Ledger ledger) {
        int subject = 1 + 2 * random.nextInt(SUBJECTS / 2);
        int object = random.nextInt(OBJECTS);
        Payload debt = Payload.of().with("scene", "parking").withDay("since", 20_000 + object);
        submitted(ledger, page -> {
            page.appendPersonal(subject(subject), Kind.ARREARS_ADDED, debt, "gate");
            return DONE;
        });
        String about = subject + "/" + object;
        owed.put(about, ++sequence);
        marks.computeIfPresent(CaseKind.OBJECTION_ARREARS + about, (key, bits) -> bits & Marks.DISPUTED);
    }

    private boolean move(Ledger ledger) {
        List<UUID> ids = new ArrayList<>(model.keySet());
        UUID id = ids.get(random.nextInt(ids.size()));
        Model one = Objects.requireNonNull(model.get(id));
        Move move = MOVES.get(random.nextInt(MOVES.size()));
        String actor = "desk-" + random.nextInt(2);
        int version = random.nextInt(10) == 0 ? one.version + 1 : one.version;
        boolean accepted = submitted(ledger, page -> {
            Cases.move(page, id, null, version, move, "because", actor, ProcedureTest.PROCEDURE, today);
            return DONE;
        });
        boolean expected = version == one.version && step(one, move.word(), actor);
        assertEquals(expected, accepted, one.kind + " " + one.state + " " + move + " by " + actor);
        return accepted;
    }

    /** The page in straight lines: whether the move is legal, and where it leads. */
    private boolean step(Model one, String move, String actor) {
        String from = one.state;
        boolean decision = move.equals("upheld") || move.equals("rejected") || move.equals("corrected");
        if (move.equals("corrected") && one.kind == CaseKind.REPAIR) {
            return false;
        }
        if (from.equals("closed")) {
            return false;
        }
        if (from.equals("suspended")) {
            if (!move.equals("resumed")) {
                return false;
            }
            return to(one, one.before);
        }
        if (from.equals("proposed")) {
            String came = one.before;
            if (move.equals("returned")) {
                one.outcome = came.equals("review") ? "rejected" : "";
                return to(one, came);
            }
            if (!decision || !move.equals(one.outcome) || actor.equals(one.proposer)) {
                return false;
            }
            return decide(one, move, came);
        }
        if (from.equals("decided")) {
            boolean mayAsk = !one.outcome.equals("upheld");
            if (move.equals("review")) {
                return mayAsk && today <= one.reviewUntil && to(one, "review");
            }
            return move.equals("closed") && (!mayAsk || today > one.reviewUntil) && to(one, "closed");
        }
        if (decision) {
            if (one.fourEyes) {
                one.outcome = move;
                one.proposer = actor;
                one.before = from;
                one.state = "proposed";
                one.version++;
                return true;
            }
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

    private boolean to(Model one, String state) {
        one.state = state;
        one.before = "";
        one.proposer = "";
        one.version++;
        return true;
    }

    private boolean decide(Model one, String move, String came) {
        one.outcome = move;
        if (one.kind == CaseKind.REPAIR) {
            if (move.equals("upheld")) {
                marks.merge(CaseKind.OBJECTION_RECORD + one.about(), Marks.REPAIRED, (a, b) -> a | b);
            }
        } else {
            int retracted = move.equals("rejected") ? 0 : Marks.RETRACTED;
            boolean waits = model.values().stream()
                    .anyMatch(other -> other != one
                            && other.kind == one.kind
                            && other.about().equals(one.about())
                            && other.undecided());
            int rest = waits ? 0 : Marks.DISPUTED;
            marks.merge(one.kind + one.about(), 0, (a, b) -> (a & ~rest) | retracted);
        }
        if (!came.equals("review") && !move.equals("upheld")) {
            // ten working days, counted by hand: Monday to Friday but for the holidays and make-up days of autumn 2026
            int day = today;
            for (int left = 10; left > 0; ) {
                day++;
                left -= worked(LocalDate.ofEpochDay(day)) ? 1 : 0;
            }
            one.reviewUntil = day;
        }
        return to(one, came.equals("review") ? "closed" : "decided");
    }

    private static boolean worked(LocalDate day) {
        String date = day.toString();
        boolean holiday = (date.compareTo("2026-09-25") >= 0 && date.compareTo("2026-09-27") <= 0)
                || (date.compareTo("2026-10-01") >= 0 && date.compareTo("2026-10-07") <= 0);
        boolean madeUp = date.equals("2026-09-20") || date.equals("2026-10-10");
        return madeUp || (!holiday && day.getDayOfWeek().getValue() <= 5);
    }

    private void leave(Ledger ledger, int subject) {
        submitted(ledger, page -> {
            page.appendPersonal(subject(subject), Kind.LEFT, Payload.of(), "self");
            Cases.forget(page, subject(subject));
            return DONE;
        });
        submitted(ledger, page -> {
            page.appendPersonal(subject(subject), Kind.ENROLLED, Payload.of(), "self");
            return DONE;
        });
        model.values().removeIf(one -> one.subject == subject);
        owed.keySet().removeIf(about -> about.startsWith(subject + "/"));
        marks.keySet()
                .removeIf(name ->
                        name.contains("" + "_RECORD" + subject + "/") || name.contains("_ARREARS" + subject + "/"));
    }

    private void compare(Ledger ledger) {
        Map<UUID, Case> rows = new TreeMap<>();
        Map<String, Integer> found = new HashMap<>();
        for (int i = 0; i < SUBJECTS; i++) {
            Subject subject = subject(i);
            for (Case row : ledger.read(connection -> Cases.of(connection, subject))) {
                rows.put(row.id(), row);
            }
            for (Entry entry : ledger.about(subject)) {
                mark(found, i, entry);
            }
        }
        assertEquals(model.keySet(), rows.keySet());
        rows.forEach((id, row) -> {
            Model one = Objects.requireNonNull(model.get(id));
            assertEquals(one.state, row.state().word());
            assertEquals(one.version, row.version());
            assertEquals(one.outcome, word(row.outcome()));
            assertEquals(one.proposer, row.proposer() == null ? "" : row.proposer());
            List<CaseFile.Step> steps =
                    CaseFile.of(row, ledger.about(row.subject())).steps();
            assertEquals(
                    one.state,
                    steps.isEmpty() ? "filed" : steps.get(steps.size() - 1).to());
        });
        Map<String, Integer> expected = new HashMap<>(marks);
        expected.values().removeIf(bits -> bits == 0);
        found.values().removeIf(bits -> bits == 0);
        assertEquals(expected, found);
    }

    private static String word(@Nullable Move move) {
        return move == null ? "" : move.word();
    }

    private static void mark(Map<String, Integer> found, int subject, Entry entry) {
        byte[] bytes = entry.payload();
        Kind kind = entry.kind();
        if (bytes == null || kind == null) {
            return;
        }
        Payload payload = Payload.parse(bytes);
        int bits = (int) payload.number("marks");
        switch (kind) {
            case RECORD_MARKED ->
                found.put(
                        CaseKind.OBJECTION_RECORD.toString() + subject + "/" + digits(payload.text("record_id")), bits);
            case ENTRY_AMENDED ->
                found.put(CaseKind.OBJECTION_ENTRY.toString() + subject + "/" + digits(payload.text("entry_id")), bits);
            case ARREARS_MARKED ->
                found.put(
                        CaseKind.OBJECTION_ARREARS.toString() + subject + "/" + (payload.day("since") - 20_000), bits);
            case ARREARS_ADDED ->
                found.computeIfPresent(
                        CaseKind.OBJECTION_ARREARS.toString() + subject + "/" + (payload.day("since") - 20_000),
                        (key, before) -> before & Marks.DISPUTED);
            default -> assertNotNull(kind);
        }
    }

    private static String digits(String id) {
        return id.substring(1);
    }

    /** Whether the act was accepted; what is refused is refused in words. */
    private static boolean submitted(Ledger ledger, Act act) {
        try {
            ledger.submit(null, act).join();
            return true;
        } catch (CompletionException e) {
            if (e.getCause() instanceof CaseException) {
                return false;
            }
            throw e;
        }
    }
}
