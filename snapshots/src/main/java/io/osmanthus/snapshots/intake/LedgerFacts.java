package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.KeyedHash;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.Seal;
import io.osmanthus.snapshots.ledger.Amendment;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/**
 * What a ledger says up to one position, as tables of the staging database, one a kind of act; {@link LedgerFold} makes the
 * snapshot's files of them. Texts of persons are sealed before they get there. For one thread.
 */
final class LedgerFacts implements AutoCloseable {
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    /** The tables, and what a row of them says. {@code position} orders the acts. */
    enum Table {
        LEFT("high BIGINT, low BIGINT, left_on DATE, gone BOOLEAN, position BIGINT"),
        ENROLLED("position BIGINT, high BIGINT, low BIGINT, district INTEGER, enrolled_on DATE"),
        TOKENS("position BIGINT, high BIGINT, low BIGINT, token_high BIGINT, token_low BIGINT, scheme VARCHAR,"
                + " bound BOOLEAN"),
        CONSENTS("position BIGINT, high BIGINT, low BIGINT, scene VARCHAR, until DATE, expires_on DATE,"
                + " purpose_version INTEGER, recipients VARCHAR, given BOOLEAN"),
        RECORDS("position BIGINT, subject_type VARCHAR, high BIGINT, low BIGINT, record_id VARCHAR, item VARCHAR,"
                + " occurred_on DATE, ended_on DATE, decided_on DATE, hundredths BIGINT, severity VARCHAR, source VARCHAR,"
                + " document_no BLOB, document VARCHAR"),
        MARKS("position BIGINT, subject_type VARCHAR, high BIGINT, low BIGINT, record_id VARCHAR, source VARCHAR,"
                + " marks INTEGER, marked_on DATE"),
        ARREARS("position BIGINT, high BIGINT, low BIGINT, scene VARCHAR, since DATE, amount_cents BIGINT,"
                + " reference BLOB, reference_high BIGINT, reference_low BIGINT, source VARCHAR, added BOOLEAN"),
        ARREARS_MARKS("position BIGINT, high BIGINT, low BIGINT, scene VARCHAR, since DATE, marks INTEGER"),
        ENTRIES("position BIGINT, high BIGINT, low BIGINT, entry_id VARCHAR, list VARCHAR, entered_on DATE,"
                + " leaves_on DATE, reason VARCHAR, legal_basis VARCHAR, source VARCHAR"),
        AMENDMENTS("position BIGINT, high BIGINT, low BIGINT, entry_id VARCHAR, list VARCHAR, dated BOOLEAN,"
                + " leaves_on DATE, marks INTEGER");

        private final String columns;

        Table(String columns) {
            this.columns = columns;
        }

        /** Its name in SQL. */
        String sql() {
            return "ledger_" + name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String[] SEVERITIES = {"minor", "general", "serious"};

    private final Path directory;
    private final Vocabulary vocabulary;
    private final Seal documents;
    private final Seal references;
    private final KeyedHash referenceHash;
    private final Map<Table, Staging.Filling> fillings = new EnumMap<>(Table.class);
    private final Map<Table, Long> rows = new EnumMap<>(Table.class);
    private final FreeText freeText = new FreeText();
    private boolean synthetic = true;

    private LedgerFacts(PseudonymKey key, Vocabulary vocabulary, Path directory) {
        this.directory = directory;
        this.vocabulary = vocabulary;
        this.documents = Seal.of(key, "records.document_no");
        this.references = Seal.of(key, "arrears.reference");
        this.referenceHash = KeyedHash.of(key, "reference/1");
    }

    /**
     * What was read.
     *
     * @param head which ledger, and the position up to which everything is in the tables
     * @param rows how many rows each table has
     * @param synthetic whether nobody whom the ledger enrolled can be a living person
     */
    record Read(Ledger.Head head, Map<Table, Long> rows, boolean synthetic) {
        boolean any(Table table) {
            return rows.getOrDefault(table, 0L) > 0;
        }
    }

    /** Reads a ledger as of one moment. */
    static Read read(
            Ledger ledger, PseudonymKey key, Vocabulary vocabulary, Staging staging, Path directory, Progress.Task task)
            throws SQLException {
        for (Table table : Table.values()) {
            staging.create(table.sql(), table.columns);
        }
        try (LedgerFacts facts = new LedgerFacts(key, vocabulary, directory)) {
            for (Table table : Table.values()) {
                facts.fillings.put(table, staging.fill(table.sql()));
            }
            Ledger.Head head = ledger.everything(facts::left, entry -> {
                task.advance(1);
                return facts.taken(entry);
            });
            return new Read(head, Map.copyOf(facts.rows), facts.synthetic);
        }
    }

    @Override
    public void close() throws SQLException {
        SQLException failure = null;
        for (Staging.Filling filling : fillings.values()) {
            try {
                filling.close();
            } catch (SQLException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void left(Ledger.Departure departure) {
        try {
            DuckDBAppender table = row(Table.LEFT);
            subject(table, departure.subject());
            int day = (int) LocalDate.ofInstant(departure.at(), ZONE).toEpochDay();
            table.appendEpochDays(day)
                    .append(departure.gone())
                    .append(departure.position())
                    .endRow();
        } catch (SQLException e) {
            throw Staging.failed(directory, e);
        }
    }

    /** False for a change of a later version: who reads it must know it, and the snapshot ends before. */
    private boolean taken(Entry entry) {
        Kind kind = entry.kind();
        byte[] bytes = entry.payload();
        if (kind == null) {
            return false;
        }
        try {
            if (bytes != null) {
                change(kind, entry, Payload.parse(bytes));
            }
            return true;
        } catch (SQLException e) {
            throw Staging.failed(directory, e);
        }
    }

    /** As {@code Meaning} in the engine: what names something that the vocabulary does not know means nothing. */
    private void change(Kind kind, Entry entry, Payload payload) throws SQLException {
        switch (kind) {
            case ENROLLED -> enrolled(entry, payload);
            case LEFT, TOKEN_CLAIMED, CASE_FILED, CASE_MOVED, CONFIGURATION_ANNOUNCED, CONFIGURATION_CHANGED -> {
                // departures are read on their own; what a case does stands beside it, as changes of the other kinds;
                // and
                // a snapshot holds facts, not rules
            }
            case TOKEN_BOUND, TOKEN_UNBOUND -> token(entry, payload, kind == Kind.TOKEN_BOUND);
            case CONSENT_GIVEN, CONSENT_WITHDRAWN -> consent(entry, payload, kind == Kind.CONSENT_GIVEN);
            case RECORD_ADDED -> record(entry, payload);
            case RECORD_MARKED -> {
                DuckDBAppender table = begin(Table.MARKS, entry).append(payload.text("type"));
                subject(table, entry.subject());
                table.append(payload.text("record_id"))
                        .append(payload.text("source"))
                        .append((int) payload.number("marks"))
                        .appendEpochDays(
                                (int) LocalDate.ofInstant(entry.at(), ZONE).toEpochDay())
                        .endRow();
            }
            case ARREARS_ADDED, ARREARS_SETTLED -> arrears(entry, payload, kind == Kind.ARREARS_ADDED);
            case ARREARS_MARKED -> {
                if (vocabulary.scene(payload.text("scene")) != null) {
                    DuckDBAppender table = begin(Table.ARREARS_MARKS, entry);
                    subject(table, entry.subject());
                    table.append(payload.text("scene")).appendEpochDays(payload.day("since"));
                    table.append((int) payload.number("marks")).endRow();
                }
            }
            case ENTRY_ADDED -> entry(entry, payload);
            case ENTRY_AMENDED -> {
                if (vocabulary.list(payload.text("list")) != null) {
                    amendment(entry, payload);
                }
            }
        }
    }

    private void enrolled(Entry entry, Payload payload) throws SQLException {
        if (payload.number("delivered") == 1) {
            // a key only: they are enrolled as long as deliveries say so
            return;
        }
        Vocabulary.District district = vocabulary.district((int) payload.number("district"));
        synthetic &= payload.number("synthetic") == 1;
        DuckDBAppender table = begin(Table.ENROLLED, entry);
        subject(table, entry.subject());
        if (district == null) {
            table.appendNull();
        } else {
            table.append(district.code());
        }
        table.appendEpochDays((int) LocalDate.ofInstant(entry.at(), ZONE).toEpochDay())
                .endRow();
    }

    private void token(Entry entry, Payload payload, boolean bound) throws SQLException {
        String digits = payload.text("token");
        DuckDBAppender table = begin(Table.TOKENS, entry);
        subject(table, entry.subject());
        table.append(Long.parseUnsignedLong(digits.substring(0, 16), 16))
                .append(Long.parseUnsignedLong(digits.substring(16), 16))
                .append(payload.text("scheme"))
                .append(bound)
                .endRow();
    }

    private void consent(Entry entry, Payload payload, boolean given) throws SQLException {
        SceneDefinition scene = vocabulary.scene(payload.text("scene"));
        List<String> recipients = payload.texts("recipients");
        if (scene == null || (given && !scene.covers(payload.number("purpose_version"), recipients))) {
            return;
        }
        DuckDBAppender table = begin(Table.CONSENTS, entry);
        subject(table, entry.subject());
        table.append(scene.id()).appendEpochDays(payload.day(given ? "granted_on" : "on"));
        day(table, payload.day("expires_on"));
        table.append((int) payload.number("purpose_version"));
        text(table, String.join("\n", recipients));
        table.append(given).endRow();
    }

    private void record(Entry entry, Payload payload) throws SQLException {
        if (vocabulary.item(payload.text("item")) == null) {
            return;
        }
        boolean person = payload.text("type").equals("person");
        DuckDBAppender table = begin(Table.RECORDS, entry).append(payload.text("type"));
        subject(table, entry.subject());
        table.append(payload.text("record_id")).append(payload.text("item"));
        day(table, payload.day("occurred_on"));
        day(table, payload.day("ended_on"));
        day(table, payload.day("decided_on"));
        table.append(payload.number("quantity_hundredths"));
        int severity = (int) payload.number("severity");
        text(table, severity < 1 || severity > SEVERITIES.length ? "" : SEVERITIES[severity - 1]);
        table.append(payload.text("source"));
        String document = payload.text("document_no");
        if (person && !document.isEmpty()) {
            table.append(documents.seal(document));
        } else {
            table.appendNull();
        }
        text(table, person ? "" : freeText.mask(document));
        table.endRow();
    }

    private void arrears(Entry entry, Payload payload, boolean added) throws SQLException {
        SceneDefinition scene = vocabulary.scene(payload.text("scene"));
        if (scene == null) {
            return;
        }
        String reference = payload.text("reference");
        referenceHash.make(entry.actor(), reference);
        DuckDBAppender table = begin(Table.ARREARS, entry);
        subject(table, entry.subject());
        table.append(scene.id()).appendEpochDays(payload.day("since")).append(payload.number("amount_cents"));
        table.append(references.seal(reference))
                .append(referenceHash.high())
                .append(referenceHash.low())
                .append(entry.actor())
                .append(added)
                .endRow();
    }

    private void entry(Entry entry, Payload payload) throws SQLException {
        if (vocabulary.list(payload.text("list")) == null) {
            return;
        }
        DuckDBAppender table = begin(Table.ENTRIES, entry);
        subject(table, entry.subject());
        table.append(payload.text("entry_id")).append(payload.text("list"));
        day(table, payload.day("entered_on"));
        day(table, payload.day("leaves_on"));
        text(table, freeText.mask(payload.text("reason")));
        text(table, freeText.mask(payload.text("legal_basis")));
        String source = payload.text("source");
        table.append(source.isEmpty() ? entry.actor() : source).endRow();
    }

    private void amendment(Entry entry, Payload payload) throws SQLException {
        Amendment amendment = Amendment.of(payload);
        boolean dated = amendment.endsOn() != Amendment.KEPT;
        DuckDBAppender table = begin(Table.AMENDMENTS, entry);
        subject(table, entry.subject());
        table.append(payload.text("entry_id")).append(payload.text("list")).append(dated);
        day(table, dated ? amendment.endsOn() : Days.NONE);
        if (amendment.marks() == Amendment.KEPT) {
            table.appendNull();
        } else {
            table.append(amendment.marks());
        }
        table.endRow();
    }

    private DuckDBAppender begin(Table table, Entry entry) throws SQLException {
        return row(table).append(entry.position());
    }

    private DuckDBAppender row(Table table) throws SQLException {
        rows.merge(table, 1L, Long::sum);
        Staging.Filling filling = fillings.get(table);
        if (filling == null) {
            throw new IllegalStateException(table + " is not being filled");
        }
        return filling.appender().beginRow();
    }

    private static void subject(DuckDBAppender table, Subject subject) throws SQLException {
        table.append(subject.high()).append(subject.low());
    }

    private static void day(DuckDBAppender table, int day) throws SQLException {
        if (day == Days.NONE || day == Days.MALFORMED) {
            table.appendNull();
        } else {
            table.appendEpochDays(day);
        }
    }

    private static void text(DuckDBAppender table, @Nullable String text) throws SQLException {
        if (text == null || text.isEmpty()) {
            table.appendNull();
        } else {
            table.append(text);
        }
    }
}
