package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.CitizenIds;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
import io.osmanthus.snapshots.Seal;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.intake.IntakeException.Code;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Who is who under two pseudonym keys: persons and tokens as deliveries name them, organisations and references of arrears as
 * a snapshot holds them. Identities are read, hashed twice and forgotten.
 */
public final class RekeyNames {
    private static final long MEMORY_BYTES = 256L << 20;

    private final PseudonymKey from;
    private final PseudonymKey to;
    private final Progress progress;

    /** Takes a pair of pseudonyms. */
    @FunctionalInterface
    public interface Pairs {
        void pair(long highBefore, long lowBefore, long high, long low) throws SQLException;
    }

    /** Takes a pair of pseudonyms of tokens. */
    @FunctionalInterface
    public interface TokenPairs {
        void pair(String scheme, long highBefore, long lowBefore, long high, long low) throws SQLException;
    }

    /** Takes what a delivery's arrears are known by. */
    @FunctionalInterface
    public interface References {
        void reference(String scene, String reference) throws SQLException;
    }

    public RekeyNames(PseudonymKey from, PseudonymKey to, Progress progress) {
        this.from = from;
        this.to = to;
        this.progress = progress;
    }

    /** The persons of a delivery's {@code persons.csv}, judged by their shape only. */
    public void persons(Delivery delivery, Pairs pairs) throws SQLException {
        Pseudonymiser before = from.pseudonymiser(Scheme.PERSON);
        Pseudonymiser after = to.pseudonymiser(Scheme.PERSON);
        read(delivery, DeliveryFile.PERSONS, row -> {
            String id = row.complete() ? row.string(0).toUpperCase(Locale.ROOT) : "";
            if (id.length() == CitizenIds.LENGTH && CitizenIds.shaped(id, 0)) {
                before.make(id);
                after.make(id);
                pairs.pair(before.high(), before.low(), after.high(), after.low());
            }
        });
    }

    /** The tokens of a delivery's {@code tokens.csv}. */
    public void tokens(Delivery delivery, TokenPairs pairs) throws SQLException {
        Map<Scheme, Pseudonymiser> before = new EnumMap<>(Scheme.class);
        Map<Scheme, Pseudonymiser> after = new EnumMap<>(Scheme.class);
        read(delivery, DeliveryFile.TOKENS, row -> {
            String word = row.complete() ? row.string(0) : "";
            for (Scheme scheme : Scheme.values()) {
                if (scheme.bindable()
                        && scheme.word().equals(word)
                        && row.at(1).length() <= TokenJudge.TOKEN_BYTES_MAX) {
                    String token = Canonical.of(row.string(1));
                    Pseudonymiser one = before.computeIfAbsent(scheme, from::pseudonymiser);
                    Pseudonymiser other = after.computeIfAbsent(scheme, to::pseudonymiser);
                    one.make(token);
                    other.make(token);
                    pairs.pair(word, one.high(), one.low(), other.high(), other.low());
                }
            }
        });
    }

    /** The organisations of a snapshot, whose codes stand in it; under whichever key it is. */
    public void organisations(Snapshot snapshot, Pairs pairs) throws SQLException {
        Pseudonymiser before = from.pseudonymiser(Scheme.USCC);
        Pseudonymiser after = to.pseudonymiser(Scheme.USCC);
        each(snapshot, "SELECT uscc FROM ", "organisations", row -> {
            before.make(row.getString(1));
            after.make(row.getString(1));
            pairs.pair(before.high(), before.low(), after.high(), after.low());
        });
    }

    /** The references of a snapshot's arrears. */
    public void references(Snapshot snapshot, References references) throws SQLException {
        boolean former = snapshot.manifest().keyFingerprint().equals(from.fingerprint());
        Seal seal = Seal.of(former ? from : to, "arrears.reference");
        each(
                snapshot,
                "SELECT scene, reference FROM ",
                "arrears",
                row -> references.reference(String.valueOf(row.getString(1)), seal.open(row.getBytes(2))));
    }

    private void read(Delivery delivery, DeliveryFile file, RowSink sink) throws SQLException {
        Delivery.Part part = delivery.part(file);
        if (part == null) {
            throw new IntakeException(
                    Code.DELIVERY_MISSING,
                    "re-keying needs " + file.csv() + ", which " + delivery.directory() + " does not hold: pseudonyms"
                            + " cannot be turned back, so the persons and tokens must be named again");
        }
        if (part.format() == Delivery.Format.PARQUET) {
            ParquetRecords.read(part, progress, sink);
        } else {
            CsvRecords.read(part, progress, sink);
        }
    }

    private interface Each {
        void row(ResultSet row) throws SQLException;
    }

    private static void each(Snapshot snapshot, String select, String table, Each each) throws SQLException {
        try (Connection connection =
                        Staging.connect("jdbc:duckdb:", MEMORY_BYTES, "", 1, List.of(snapshot.directory()));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        select + Staging.parquet(snapshot.directory().resolve(table + ".parquet")))) {
            while (rows.next()) {
                each.row(rows);
            }
        }
    }
}
