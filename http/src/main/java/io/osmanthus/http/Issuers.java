package io.osmanthus.http;

import io.osmanthus.snapshots.PseudonymKey;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Those whose tokens are taken: the issuer of citizens and representatives, and that of staff. Thread-safe; blocks. */
final class Issuers {
    private final List<TokenVerifier> verifiers;

    private Issuers(List<TokenVerifier> verifiers) {
        this.verifiers = List.copyOf(verifiers);
    }

    /**
     * Loads the keys of all. Blocks.
     *
     * @throws ServerException if those of one cannot be had; the message names the key of {@code server.yaml}
     */
    static Issuers load(ServerConfig config, PseudonymKey pseudonymKey, InstantSource clock) {
        List<TokenVerifier> verifiers = new ArrayList<>();
        add(verifiers, config.jwt(), TokenVerifier.Whose.CITIZENS, "jwt", pseudonymKey, clock);
        add(verifiers, config.jwtStaff(), TokenVerifier.Whose.STAFF, "jwt_staff", pseudonymKey, clock);
        return new Issuers(verifiers);
    }

    private static void add(
            List<TokenVerifier> into,
            ServerConfig.@Nullable Jwt issuer,
            TokenVerifier.Whose whose,
            String key,
            PseudonymKey pseudonymKey,
            InstantSource clock) {
        if (issuer == null) {
            return;
        }
        try {
            into.add(TokenVerifier.load(issuer, whose, pseudonymKey, clock));
        } catch (IOException e) {
            throw new ServerException(
                    ServerException.Reason.ISSUER,
                    "the keys of the tokens' issuer cannot be read (server.yaml, " + key + ".jwks): " + e.getMessage(),
                    e);
        }
    }

    /** Whether no token is taken at all. */
    boolean none() {
        return verifiers.isEmpty();
    }

    /** Who a token speaks for; null for every kind of fault. Each issuer makes callers of its own kind only. */
    TokenVerifier.@Nullable Verified verify(String token) {
        for (TokenVerifier verifier : verifiers) {
            TokenVerifier.Verified verified = verifier.verify(token);
            if (verified != null) {
                return verified;
            }
        }
        return null;
    }
}
