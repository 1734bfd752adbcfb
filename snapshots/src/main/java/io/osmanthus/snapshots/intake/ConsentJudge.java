package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.Seal;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.sql.SQLException;
import java.util.List;
import org.duckdb.DuckDBAppender;

/** {@code consents.csv}: which scene may ask about whom, and until when. The same consent may stand twice. */
final class ConsentJudge extends PersonalJudge {
    static final String COLUMNS = "person INTEGER, scene INTEGER, granted_on DATE, expires_on DATE, evidence BLOB";

    private static final int PERSON_ID = 0;
    private static final int SCENE = 1;
    private static final int GRANTED_ON = 2;
    private static final int EXPIRES_ON = 3;
    private static final int EVIDENCE = 4;

    private final DuckDBAppender table;
    private final Words scenes;
    private final Seal seal;

    ConsentJudge(
            Subjects subjects, PseudonymKey key, Vocabulary vocabulary, int asOf, Tally tally, DuckDBAppender table) {
        super(DeliveryFile.CONSENTS, PERSON_ID, subjects, asOf, tally);
        this.table = table;
        this.scenes = new Words(personScenes(vocabulary));
        this.seal = Seal.of(key, "consents.evidence");
    }

    static String query(Vocabulary vocabulary) {
        return "SELECT person, " + Staging.word(personScenes(vocabulary), "scene")
                + " AS scene, granted_on, expires_on, evidence FROM consents ORDER BY person, scene, granted_on, expires_on";
    }

    @Override
    Verdict content(Row row) throws SQLException {
        int scene = scenes.find(row.at(SCENE));
        if (scene < 0) {
            return reject(Reason.VALUE_MALFORMED, SCENE);
        }
        int granted = day(row, GRANTED_ON);
        if (granted == Days.MALFORMED) {
            return reject(Reason.DATE_MALFORMED, GRANTED_ON);
        }
        int expires = day(row, EXPIRES_ON);
        if (expires == Days.MALFORMED) {
            return reject(Reason.DATE_MALFORMED, EXPIRES_ON);
        }
        table.beginRow().append(person()).append(scene).appendEpochDays(granted);
        appendDay(table, expires);
        append(table, row.empty(EVIDENCE) ? null : seal.seal(row.string(EVIDENCE)));
        table.endRow();
        return Verdict.ACCEPTED;
    }

    /** A person's consent is for a scene about persons. */
    private static List<String> personScenes(Vocabulary vocabulary) {
        return vocabulary.scenes().stream()
                .filter(scene -> scene.subject() == SubjectType.PERSON)
                .map(SceneDefinition::id)
                .toList();
    }
}
