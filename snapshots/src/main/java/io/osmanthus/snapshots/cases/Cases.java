package io.osmanthus.snapshots.cases;

import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.Page;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rows of cases. Filing and moving are done in the transaction of an act, with the changes that say what was done and
 * what it does. Stateless.
 */
public final class Cases {
    /** Open cases of one subject: a desk must be able to read them. */
    public static final int OPEN_MAX = 50;

    /** Cases of one subject that are listed, the newest. */
    public static final int LISTED_MAX = 500;

    private static final int FETCH_ROWS = 5_000;

    private static final String COLUMNS = "SELECT id, kind, subject, organisation, object, state, resumes, outcome,"
            + " four_eyes, proposer, version, filed_on, due_on, remaining, review_until FROM cases";

    private Cases() {}

    /** A place in the work queue: behind the case of this id, due on this day ({@link Days#NONE}: no day). */
    public record Place(int dueOn, UUID id) {}

    /**
     * Files a case: its row, its change, and the mark that it sets at once.
     *
     * @throws CaseException GONE, CONFLICT, TOO_MANY
     */
    public static Case file(Page page, Filing filing, Procedure procedure, int today, String actor)
            throws SQLException {
        Subject subject = filing.subject();
        if (!filing.organisation() && page.gone(subject)) {
            throw new CaseException(CaseException.Code.GONE, "who files has left");
        }
        Earlier earlier = Earlier.of(page, subject);
        earlier.refuseRepetition(filing);
        Case row = procedure.filed(
                UUID.randomUUID(),
                filing.kind(),
                subject,
                filing.organisation(),
                earlier.object(filing),
                filing.fourEyes(),
                today);
        write(page, row, true);
        Effects effects = new Effects(page, row, actor, earlier);
        filing.content()
                .with("case", row.id().toString())
                .with("case_kind", row.kind().word())
                .with("version", row.version())
                .with("four_eyes", row.fourEyes() ? 1 : 0)
                .withDay("on", today)
                .withDay("due_on", row.dueOn());
        page.appendPersonal(subject, Kind.CASE_FILED, filing.content(), actor);
        effects.filed(row.kind(), filing.content());
        return row;
    }

    /**
     * Moves a case.
     *
     * @param owner whose case it must be; null: the desk's move
     * @param version the version that the mover has read; 0 for whichever
     * @throws CaseException NOT_FOUND, STALE, ILLEGAL
     */
    public static Case move(
            Page page,
            UUID id,
            @Nullable Subject owner,
            int version,
            Move move,
            String reason,
            String actor,
            Procedure procedure,
            int today)
            throws SQLException {
        Case row = find(page.connection(), id);
        if (row == null || (owner != null && !owner.equals(row.subject()))) {
            throw new CaseException(CaseException.Code.NOT_FOUND, "there is no such case");
        }
        if (version != 0 && version != row.version()) {
            throw new CaseException(CaseException.Code.STALE, "the case has moved on");
        }
        Case next = procedure.moved(row, move, actor, today);
        Earlier earlier = Earlier.of(page, row.subject());
        Payload filing = earlier.filing(row);
        write(page, next, false);
        Payload payload = Payload.of()
                .with("case", id.toString())
                .with("version", next.version())
                .with("move", move.word())
                .with("from", row.state().word())
                .with("to", next.state().word())
                .with("reason", reason)
                .withDay("on", today)
                .withDay("due_on", next.dueOn())
                .withDay("review_until", next.reviewUntil());
        page.appendPersonal(row.subject(), Kind.CASE_MOVED, payload, actor);
        if (move.decides() && next.state() != CaseState.PROPOSED) {
            new Effects(page, row, actor, earlier).decided(row, filing, move);
        }
        return next;
    }

    /** One who leaves leaves no case behind. */
    public static void forget(Page page, Subject person) throws SQLException {
        try (PreparedStatement delete =
                page.connection().prepareStatement("DELETE FROM cases WHERE subject = ? AND NOT organisation")) {
            delete.setBytes(1, person.bytes());
            delete.executeUpdate();
        }
    }

    /** The case of an id, or null; blocks, as all that takes a ledger does. */
    public static @Nullable Case find(Ledger ledger, UUID id) {
        return ledger.<@Nullable Case>read(connection -> find(connection, id));
    }

    /** The cases of a subject, newest first, at most {@value #LISTED_MAX}. */
    public static List<Case> of(Ledger ledger, Subject subject) {
        return ledger.read(connection -> of(connection, subject));
    }

    /**
     * The work queue: by due date, then id; cases without one last.
     *
     * @param state the only state wanted; null for all but closed ones
     * @param dueBefore first day that is not wanted, or {@link Days#NONE}
     * @param after where the page before ended, or null
     */
    public static List<Case> queue(
            Ledger ledger, @Nullable CaseState state, int dueBefore, @Nullable Place after, int max) {
        return ledger.read(connection -> queue(connection, state, dueBefore, after, max));
    }

    /** Counts open cases. {@code near} is due until a day; {@code overdue} before today. */
    public static List<Figure> figures(Ledger ledger, int today, int near) {
        return ledger.read(connection -> figures(connection, today, near));
    }

    static @Nullable Case find(Connection connection, UUID id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(COLUMNS + " WHERE id = ?")) {
            select.setObject(1, id);
            List<Case> found = read(select);
            return found.isEmpty() ? null : found.get(0);
        }
    }

    static List<Case> of(Connection connection, Subject subject) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(COLUMNS + " WHERE subject = ? ORDER BY at DESC, id LIMIT " + LISTED_MAX)) {
            select.setBytes(1, subject.bytes());
            return read(select);
        }
    }

    /** Every case of a subject. */
    static List<Case> every(Connection connection, Subject subject) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(COLUMNS + " WHERE subject = ?")) {
            select.setBytes(1, subject.bytes());
            return read(select);
        }
    }

    private static List<Case> queue(
            Connection connection, @Nullable CaseState state, int dueBefore, @Nullable Place after, int max)
            throws SQLException {
        String due = "coalesce(due_on, 'infinity'::date)";
        String sql = COLUMNS + " WHERE " + (state == null ? "state <> 'closed'" : "state = ?")
                + (dueBefore == Days.NONE ? "" : " AND due_on < ?")
                + (after == null ? "" : " AND (" + due + ", id) > (coalesce(?, 'infinity'::date), ?)")
                + " ORDER BY " + due + ", id LIMIT " + max;
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            int at = 1;
            if (state != null) {
                select.setString(at++, state.word());
            }
            if (dueBefore != Days.NONE) {
                select.setDate(at++, date(dueBefore));
            }
            if (after != null) {
                select.setDate(at++, date(after.dueOn()));
                select.setObject(at, after.id());
            }
            return read(select);
        }
    }

    /**
     * How many cases of a kind are how near to their date.
     *
     * @param due {@code overdue, near, later, suspended} or {@code decided} (waiting to be closed)
     */
    public record Figure(CaseKind kind, String due, long count) {}

    private static List<Figure> figures(Connection connection, int today, int near) throws SQLException {
        String sql =
                "SELECT kind, CASE WHEN state IN ('suspended', 'decided') THEN state WHEN due_on < ? THEN 'overdue'"
                        + " WHEN due_on <= ? THEN 'near' ELSE 'later' END AS due, count(*) FROM cases WHERE state <> 'closed'"
                        + " GROUP BY 1, 2";
        List<Figure> figures = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setDate(1, date(today));
            select.setDate(2, date(near));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    CaseKind kind = CaseKind.of(rows.getString(1));
                    if (kind != null) {
                        figures.add(new Figure(kind, rows.getString(2), rows.getLong(3)));
                    }
                }
            }
        }
        return List.copyOf(figures);
    }

    /** Hands on every row, streamed where the connection does not commit by itself. */
    static void forEach(Connection connection, Consumer<Case> each) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(COLUMNS + " ORDER BY at, id")) {
            select.setFetchSize(FETCH_ROWS);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    each.accept(one(rows));
                }
            }
        }
    }

    private static void write(Page page, Case row, boolean fresh) throws SQLException {
        String sql = fresh
                ? "INSERT INTO cases (state, resumes, outcome, proposer, version, due_on, remaining, review_until, at,"
                        + " id, kind, subject, organisation, object, four_eyes, filed_on)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                : "UPDATE cases SET state = ?, resumes = ?, outcome = ?, proposer = ?, version = ?, due_on = ?,"
                        + " remaining = ?, review_until = ? WHERE id = ?";
        try (PreparedStatement write = page.connection().prepareStatement(sql)) {
            CaseState resumes = row.resumes();
            Move outcome = row.outcome();
            write.setString(1, row.state().word());
            write.setString(2, resumes == null ? null : resumes.word());
            write.setString(3, outcome == null ? null : outcome.word());
            write.setString(4, row.proposer());
            write.setInt(5, row.version());
            write.setDate(6, date(row.dueOn()));
            if (row.remaining() == Days.NONE) {
                write.setNull(7, Types.INTEGER);
            } else {
                write.setInt(7, row.remaining());
            }
            write.setDate(8, date(row.reviewUntil()));
            if (fresh) {
                write.setTimestamp(9, Timestamp.from(page.at()));
                write.setObject(10, row.id());
                write.setString(11, row.kind().word());
                write.setBytes(12, row.subject().bytes());
                write.setBoolean(13, row.organisation());
                write.setBytes(14, row.object());
                write.setBoolean(15, row.fourEyes());
                write.setDate(16, date(row.filedOn()));
            } else {
                write.setObject(9, row.id());
            }
            write.executeUpdate();
        }
    }

    private static List<Case> read(PreparedStatement select) throws SQLException {
        List<Case> cases = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                cases.add(one(rows));
            }
        }
        return cases;
    }

    private static Case one(ResultSet rows) throws SQLException {
        CaseKind kind = CaseKind.of(rows.getString(2));
        CaseState state = CaseState.of(rows.getString(6));
        if (kind == null || state == null) {
            throw new SQLException("a case of a kind or state that this version does not know");
        }
        String resumes = rows.getString(7);
        String outcome = rows.getString(8);
        int remaining = rows.getInt(14);
        boolean none = rows.wasNull();
        return new Case(
                rows.getObject(1, UUID.class),
                kind,
                Subject.of(rows.getBytes(3)),
                rows.getBoolean(4),
                rows.getBytes(5),
                state,
                resumes == null ? null : CaseState.of(resumes),
                outcome == null ? null : Move.of(outcome),
                rows.getBoolean(9),
                rows.getString(10),
                rows.getInt(11),
                day(rows, 12),
                day(rows, 13),
                none ? Days.NONE : remaining,
                day(rows, 15));
    }

    private static int day(ResultSet rows, int column) throws SQLException {
        LocalDate day = rows.getObject(column, LocalDate.class);
        return day == null ? Days.NONE : (int) day.toEpochDay();
    }

    private static @Nullable Date date(int day) {
        return day == Days.NONE ? null : Date.valueOf(LocalDate.ofEpochDay(day));
    }
}
