package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.KeyedHash;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.Seal;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.sql.SQLException;
import java.util.List;
import org.duckdb.DuckDBAppender;

/** {@code arrears.csv}: what a person owes to the operator of a scene. */
final class ArrearsJudge extends PersonalJudge {
    static final String COLUMNS = "person INTEGER, scene INTEGER, since DATE, amount_cents BIGINT, reference BLOB,"
            + " reference_high BIGINT, reference_low BIGINT, source VARCHAR";

    /** Ten billion yuan. */
    static final int AMOUNT_DIGITS_MAX = 12;

    private static final int SCENE = 0;
    private static final int PERSON_ID = 1;
    private static final int SINCE = 2;
    private static final int AMOUNT = 3;
    private static final int REFERENCE = 4;
    private static final int SOURCE = 5;

    private final DuckDBAppender table;
    private final List<SceneDefinition> definitions;
    private final Words scenes;
    private final Seal seal;
    private final KeyedHash hash;
    private final KeySet keys = new KeySet();

    ArrearsJudge(
            Subjects subjects, PseudonymKey key, Vocabulary vocabulary, int asOf, Tally tally, DuckDBAppender table) {
        super(DeliveryFile.ARREARS, PERSON_ID, subjects, asOf, tally);
        this.table = table;
        this.definitions = vocabulary.scenes();
        this.scenes = new Words(ids(vocabulary));
        this.seal = Seal.of(key, "arrears.reference");
        this.hash = KeyedHash.of(key, "reference/1");
    }

    static String query(Vocabulary vocabulary) {
        return "SELECT " + Staging.word(ids(vocabulary), "scene") + " AS scene, person, since, amount_cents, reference,"
                + " reference_high, reference_low, source FROM arrears ORDER BY person, scene, since, reference_high";
    }

    @Override
    Verdict content(Row row) throws SQLException {
        int scene = scenes.find(row.at(SCENE));
        if (scene < 0) {
            return reject(Reason.VALUE_MALFORMED, SCENE);
        }
        long cents = Decimals.whole(row.at(AMOUNT), AMOUNT_DIGITS_MAX);
        if (cents < 0) {
            return reject(Reason.VALUE_MALFORMED, AMOUNT);
        }
        if (row.at(REFERENCE).length() > ID_CHARS_MAX) {
            return reject(Reason.VALUE_MALFORMED, REFERENCE);
        }
        int since = day(row, SINCE);
        if (since == Days.MALFORMED) {
            return reject(Reason.DATE_MALFORMED, SINCE);
        }
        if (future(since)) {
            return reject(Reason.DATE_FUTURE, SINCE);
        }
        String source = row.string(SOURCE);
        if (!definitions.get(scene).arrearsSources().contains(source)) {
            return reject(Reason.SOURCE_NOT_ALLOWED, SOURCE);
        }
        String reference = row.string(REFERENCE);
        hash.make(source, reference);
        if (keys.add(hash.high(), hash.low()) < 0) {
            return reject(Reason.DUPLICATE_KEY, REFERENCE);
        }
        table.beginRow()
                .append(person())
                .append(scene)
                .appendEpochDays(since)
                .append(cents)
                .append(seal.seal(reference))
                .append(hash.high())
                .append(hash.low())
                .append(source)
                .endRow();
        return Verdict.ACCEPTED;
    }

    private static List<String> ids(Vocabulary vocabulary) {
        return vocabulary.scenes().stream().map(SceneDefinition::id).toList();
    }
}
