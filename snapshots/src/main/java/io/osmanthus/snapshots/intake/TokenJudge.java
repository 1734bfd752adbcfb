package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.duckdb.DuckDBAppender;

/** {@code tokens.csv}: what a person shows to a terminal. */
final class TokenJudge extends PersonalJudge {
    static final String COLUMNS = "person INTEGER, high BIGINT, low BIGINT, scheme INTEGER";

    /** A canonical token may have so many bytes in UTF-8. */
    static final int TOKEN_BYTES_MAX = 256;

    private static final List<Scheme> SCHEMES =
            Stream.of(Scheme.values()).filter(Scheme::bindable).toList();
    private static final int SCHEME = 0;
    private static final int TOKEN = 1;
    private static final int PERSON_ID = 2;

    private final DuckDBAppender table;
    private final Words schemes = new Words(SCHEMES.stream().map(Scheme::word).toList());
    private final Map<Scheme, Pseudonymiser> pseudonymisers = new EnumMap<>(Scheme.class);
    private final KeySet keys = new KeySet();
    private final byte[] ascii = new byte[TOKEN_BYTES_MAX * 4];

    TokenJudge(Subjects subjects, PseudonymKey key, int asOf, Tally tally, DuckDBAppender table) {
        super(DeliveryFile.TOKENS, PERSON_ID, subjects, asOf, tally);
        this.table = table;
        SCHEMES.forEach(scheme -> pseudonymisers.put(scheme, key.pseudonymiser(scheme)));
    }

    static String query() {
        return "SELECT high AS token_high, low AS token_low, "
                + Staging.word(SCHEMES.stream().map(Scheme::word).toList(), "scheme")
                + " AS scheme, person FROM tokens ORDER BY token_high, token_low";
    }

    @Override
    Verdict content(Row row) throws SQLException {
        int scheme = schemes.find(row.at(SCHEME));
        if (scheme < 0) {
            return reject(Reason.VALUE_MALFORMED, SCHEME);
        }
        Pseudonymiser pseudonym = Objects.requireNonNull(pseudonymisers.get(SCHEMES.get(scheme)));
        int bytes = make(row.at(TOKEN), pseudonym);
        if (bytes == 0) {
            return reject(Reason.REQUIRED_MISSING, TOKEN);
        }
        if (bytes > TOKEN_BYTES_MAX) {
            return reject(Reason.VALUE_MALFORMED, TOKEN);
        }
        if (keys.add(pseudonym.high(), pseudonym.low()) < 0) {
            return reject(Reason.DUPLICATE_KEY, TOKEN);
        }
        table.beginRow()
                .append(person())
                .append(pseudonym.high())
                .append(pseudonym.low())
                .append(scheme)
                .endRow();
        return Verdict.ACCEPTED;
    }

    /** Makes the pseudonym of a token; the length of its canonical form in bytes. */
    private int make(CharSequence token, Pseudonymiser pseudonym) {
        int length = asciiBytes(token);
        if (length >= 0) {
            int canonical = Canonical.inPlace(ascii, 0, length, ascii.length);
            pseudonym.make(ascii, 0, canonical);
            return canonical;
        }
        byte[] canonical = utf8(Canonical.of(token.toString()));
        pseudonym.make(canonical, 0, canonical.length);
        return canonical.length;
    }

    private int asciiBytes(CharSequence text) {
        if (text.length() > ascii.length) {
            return -1;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                return -1;
            }
            ascii[i] = (byte) c;
        }
        return text.length();
    }
}
