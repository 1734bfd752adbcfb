package io.osmanthus.snapshots.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * One transaction of the ledger, which holds the counter row from its begin to its commit: no other node writes meanwhile.
 * Changes are gathered and written at the end, in order; rows of an act's own go through {@link #connection} at once.
 */
public final class Page {
    private static final int KEY_NONE = 0;
    private static final int KEY_NOBODYS = -1;

    private final Connection connection;
    private final Vault vault;
    private final Instant at;
    private final long base;
    private final byte[] head;
    private final List<Line> lines = new ArrayList<>();
    private int mark;
    private @Nullable Savepoint savepoint;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Line(Subject subject, Kind kind, byte[] payload, String actor, Form form) {}

    private enum Form {
        PERSONAL,
        OPEN,
        DECOY
    }

    private record Person(int keyNumber, @Nullable SecretKeySpec key, boolean left) {}

    private Page(Connection connection, Vault vault, Instant at, long base, byte[] head) {
        this.connection = connection;
        this.vault = vault;
        this.at = at;
        this.base = base;
        this.head = head;
    }

    /** Takes the counter row of a connection that does not commit by itself. */
    static Page begin(Connection connection, Vault vault, Instant at) throws SQLException {
        try (PreparedStatement statement =
                        connection.prepareStatement("SELECT position, head FROM ledger WHERE one FOR UPDATE");
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("the ledger has lost its counter row");
            }
            return new Page(connection, vault, at, row.getLong(1), row.getBytes(2));
        }
    }

    /** The time of everything on the page. */
    public Instant at() {
        return at;
    }

    /** The position of the change appended last, or of the one before the page. */
    public long position() {
        return base + lines.size();
    }

    /** A change about a person, sealed under the person's key. Where the person has left meanwhile it becomes a decoy. */
    public void appendPersonal(Subject person, Kind kind, Payload payload, String actor) {
        lines.add(new Line(person, kind, payload.bytes(), actor, Form.PERSONAL));
    }

    /** A change about an organisation. */
    public void appendOpen(Subject organisation, Kind kind, Payload payload, String actor) {
        lines.add(new Line(organisation, kind, payload.bytes(), actor, Form.OPEN));
    }

    /**
     * A change of nothing, of the size of the other, in place of one about somebody who is not enrolled: positions and
     * times must not tell.
     */
    public void appendDecoy(Kind kind, Payload payload, String actor) {
        lines.add(new Line(Subject.nobody(), kind, payload.bytes(), actor, Form.DECOY));
    }

    /**
     * Every change about a subject whose payload can still be read, in order, those of this page with them: what an act must
     * know for certain, since nobody writes meanwhile.
     */
    public List<Entry> about(Subject subject) throws SQLException {
        List<Entry> entries = new ChangeReader(vault).about(connection(), subject);
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            if (line.form() != Form.DECOY && line.subject().equals(subject)) {
                if (line.kind() == Kind.LEFT) {
                    entries.clear();
                }
                entries.add(new Entry(base + i + 1, subject, line.kind(), line.payload(), line.actor(), at));
            }
        }
        return entries;
    }

    /** The same of some kinds, the newest {@code max} of those committed; in order. */
    public List<Entry> about(Subject subject, Set<Kind> kinds, int max) throws SQLException {
        List<Entry> entries = new ChangeReader(vault).about(connection(), subject, kinds, Long.MAX_VALUE, true, max);
        Collections.reverse(entries);
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            if (line.form() != Form.DECOY && line.subject().equals(subject) && kinds.contains(line.kind())) {
                entries.add(new Entry(base + i + 1, subject, line.kind(), line.payload(), line.actor(), at));
            }
        }
        return entries;
    }

    /**
     * When the oldest of the last {@code count} changes of some kinds was written by an actor about a subject, whether they can
     * still be read or not, those of this page with them; null where there were fewer since a moment.
     */
    public @Nullable Instant oldestOfLast(int count, Set<Kind> kinds, String actor, Subject subject, Instant since)
            throws SQLException {
        long here = lines.stream()
                .filter(line -> kinds.contains(line.kind()) && line.form() != Form.DECOY)
                .filter(line -> line.subject().equals(subject) && line.actor().equals(actor))
                .count();
        if (here >= count) {
            return at;
        }
        String[] words = kinds.stream().map(Kind::word).toArray(String[]::new);
        try (PreparedStatement select = connection()
                .prepareStatement("SELECT at FROM change WHERE subject = ? AND kind = ANY (?) AND actor = ? AND at > ?"
                        + " ORDER BY position DESC LIMIT 1 OFFSET ?")) {
            select.setBytes(1, subject.bytes());
            select.setArray(2, connection.createArrayOf("text", words));
            select.setString(3, actor);
            select.setTimestamp(4, Timestamp.from(since));
            select.setLong(5, count - here - 1);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getTimestamp(1).toInstant() : null;
            }
        }
    }

    /**
     * Whether what is written about a person whom the caller has seen in a generation means something. Who left before that
     * generation's position came back by a delivery, and is enrolled here too, which gives them a key; who left later is gone.
     *
     * @param seenAt the position of the generation
     */
    public boolean here(Subject person, long seenAt, Payload enrolment, String actor) throws SQLException {
        if (!gone(person)) {
            return true;
        }
        if (departed(person) > seenAt) {
            return false;
        }
        appendPersonal(person, Kind.ENROLLED, enrolment, actor);
        return true;
    }

    /** The position of a person's last departure, this page's included. */
    private long departed(Subject person) throws SQLException {
        for (int i = lines.size() - 1; i >= 0; i--) {
            Line line = lines.get(i);
            if (line.form() == Form.PERSONAL
                    && line.kind() == Kind.LEFT
                    && line.subject().equals(person)) {
                return base + i + 1;
            }
        }
        try (PreparedStatement select = connection()
                .prepareStatement(
                        "SELECT coalesce(max(position), 0) FROM change WHERE subject = ? AND kind = 'left'")) {
            select.setBytes(1, person.bytes());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    /** Whether a person has left and not enrolled again: what is written about them now is a decoy. */
    public boolean gone(Subject person) throws SQLException {
        for (int i = lines.size() - 1; i >= 0; i--) {
            Line line = lines.get(i);
            if (line.form() == Form.PERSONAL && line.subject().equals(person)) {
                if (line.kind() == Kind.LEFT || line.kind() == Kind.ENROLLED) {
                    return line.kind() == Kind.LEFT;
                }
            }
        }
        try (PreparedStatement select =
                connection().prepareStatement("SELECT key IS NULL FROM person WHERE subject = ?")) {
            select.setBytes(1, person.bytes());
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** The transaction, for rows of the act's own. Neither commit it nor roll it back. */
    public Connection connection() throws SQLException {
        if (savepoint == null) {
            savepoint = connection.setSavepoint();
        }
        return connection;
    }

    /** An act begins. */
    void begin() {
        mark = lines.size();
        savepoint = null;
    }

    /** The act that began last has failed: nothing of it stays. */
    void undo() throws SQLException {
        lines.subList(mark, lines.size()).clear();
        if (savepoint != null) {
            connection.rollback(savepoint);
            savepoint = null;
        }
    }

    /** Writes the changes and moves the counter; the caller commits. */
    void write() throws SQLException {
        if (lines.isEmpty()) {
            return;
        }
        Map<Subject, Person> persons = persons();
        Map<Subject, Person> before = Map.copyOf(persons);
        Set<Subject> enrolled = lines.stream()
                .filter(line -> line.kind() == Kind.ENROLLED)
                .map(Line::subject)
                .collect(Collectors.toSet());
        Chain chain = new Chain();
        byte[] hash = head;
        long position = base;
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO change (position, subject, kind, key_number, payload, actor, at, hash)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (Line line : lines) {
                Chain.Stored row = stored(line, persons);
                hash = chain.next(hash, ++position, row);
                insert.setLong(1, position);
                insert.setBytes(2, row.subject());
                insert.setString(3, row.kind());
                insert.setInt(4, row.keyNumber());
                insert.setBytes(5, row.payload());
                insert.setString(6, row.actor());
                insert.setTimestamp(7, Timestamp.from(at));
                insert.setBytes(8, hash);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        // who left is kept as such whatever else stands on the page: also if they enrolled again on it, or had left
        // before
        Set<Subject> departed = lines.stream()
                .filter(line -> line.form() == Form.PERSONAL && line.kind() == Kind.LEFT)
                .map(Line::subject)
                .collect(Collectors.toSet());
        persons.entrySet()
                .removeIf(entry ->
                        !departed.contains(entry.getKey()) && entry.getValue().equals(before.get(entry.getKey())));
        keep(persons, enrolled, departed);
        try (PreparedStatement move =
                connection.prepareStatement("UPDATE ledger SET position = ?, head = ? WHERE one")) {
            move.setLong(1, position);
            move.setBytes(2, hash);
            move.executeUpdate();
        }
        try (PreparedStatement tell = connection.prepareStatement("SELECT pg_notify('" + Ledger.CHANNEL + "', '')")) {
            tell.execute();
        }
    }

    private Chain.Stored stored(Line line, Map<Subject, Person> persons) {
        byte[] subject = line.subject().bytes();
        String kind = line.kind().word();
        if (line.form() == Form.OPEN) {
            return new Chain.Stored(subject, kind, KEY_NONE, line.payload(), line.actor(), at);
        }
        Person person = line.form() == Form.DECOY ? null : person(line, persons);
        if (line.kind() == Kind.LEFT && person != null) {
            return new Chain.Stored(subject, kind, KEY_NONE, line.payload(), line.actor(), at);
        }
        if (person == null || person.key() == null) {
            byte[] nobody = Subject.nobody().bytes();
            byte[] sealed = vault.seal(vault.newKey(), line.payload(), nobody, kind);
            return new Chain.Stored(nobody, kind, KEY_NOBODYS, sealed, line.actor(), at);
        }
        byte[] sealed = vault.seal(person.key(), line.payload(), subject, kind);
        return new Chain.Stored(subject, kind, person.keyNumber(), sealed, line.actor(), at);
    }

    /** The person of a line, after the line. */
    private Person person(Line line, Map<Subject, Person> persons) {
        Person known = persons.get(line.subject());
        Person next;
        if (line.kind() == Kind.LEFT) {
            next = new Person(known == null ? 1 : known.keyNumber(), null, true);
        } else if (known == null || (known.left() && line.kind() == Kind.ENROLLED)) {
            next = new Person(known == null ? 1 : known.keyNumber() + 1, vault.newKey(), false);
        } else {
            next = known;
        }
        persons.put(line.subject(), next);
        return next;
    }

    private Map<Subject, Person> persons() throws SQLException {
        Map<Subject, Person> persons = new HashMap<>();
        Collection<Subject> asked = asked();
        if (asked.isEmpty()) {
            return persons;
        }
        byte[][] subjects = asked.stream().map(Subject::bytes).toArray(byte[][]::new);
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT subject, key_number, key, key IS NULL FROM person WHERE subject = ANY (?)")) {
            select.setArray(1, connection.createArrayOf("bytea", subjects));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    byte[] subject = rows.getBytes(1);
                    byte[] wrapped = rows.getBytes(3);
                    SecretKeySpec key = wrapped == null ? null : vault.unwrap(wrapped, subject);
                    persons.put(Subject.of(subject), new Person(rows.getInt(2), key, rows.getBoolean(4)));
                }
            }
        }
        for (int i = persons.size(); i < asked.size(); i++) {
            vault.unwrapNobodys();
        }
        return persons;
    }

    /** Whose keys are asked for: also those of nobody, so that a decoy takes as long. */
    private Set<Subject> asked() {
        return lines.stream()
                .filter(line -> line.form() != Form.OPEN)
                .map(Line::subject)
                .collect(Collectors.toSet());
    }

    /** For each of whom nothing is kept a statement that finds nobody: who is written about for the first time costs one. */
    private void keepNobodys(int count) throws SQLException {
        if (count <= 0) {
            return;
        }
        try (PreparedStatement nothing =
                connection.prepareStatement("UPDATE person SET key_number = key_number WHERE subject = ?")) {
            for (int i = 0; i < count; i++) {
                nothing.setBytes(1, Subject.nobody().bytes());
                nothing.addBatch();
            }
            nothing.executeBatch();
        }
    }

    private void keep(Map<Subject, Person> persons, Set<Subject> enrolled, Set<Subject> departed) throws SQLException {
        keepNobodys(asked().size() - persons.size());
        if (persons.isEmpty()) {
            return;
        }
        try (PreparedStatement upsert =
                connection.prepareStatement("INSERT INTO person (subject, key_number, key, enrolled_at, left_at)"
                        + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (subject) DO UPDATE SET key_number = excluded.key_number,"
                        + " key = excluded.key, enrolled_at = coalesce(excluded.enrolled_at, person.enrolled_at),"
                        + " left_at = coalesce(excluded.left_at, person.left_at)")) {
            for (Map.Entry<Subject, Person> entry : persons.entrySet()) {
                byte[] subject = entry.getKey().bytes();
                Person person = entry.getValue();
                Timestamp now = Timestamp.from(at);
                upsert.setBytes(1, subject);
                upsert.setInt(2, person.keyNumber());
                upsert.setBytes(3, person.key() == null ? null : vault.wrap(person.key(), subject));
                upsert.setTimestamp(4, enrolled.contains(entry.getKey()) && !person.left() ? now : null);
                upsert.setTimestamp(5, departed.contains(entry.getKey()) ? now : null);
                upsert.addBatch();
            }
            upsert.executeBatch();
        }
    }
}
