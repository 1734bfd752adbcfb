package io.osmanthus.http.command;

import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.Signing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Secrets from the environment, or from the file that {@code NAME_FILE} names; never from arguments. */
final class Secrets {
    private final Map<String, String> environment;

    Secrets(Map<String, String> environment) {
        this.environment = environment;
    }

    static Secrets ofEnvironment() {
        return new Secrets(System.getenv());
    }

    boolean hasPseudonymKey() {
        return textOrNull("OSMANTHUS_PSEUDONYM_KEY") != null;
    }

    /** The key of the pseudonyms; without one nothing about persons can be built, served or asked. */
    PseudonymKey pseudonymKey() {
        return pseudonymKey("OSMANTHUS_PSEUDONYM_KEY");
    }

    /** The key that is to follow. */
    PseudonymKey nextPseudonymKey() {
        return pseudonymKey("OSMANTHUS_PSEUDONYM_KEY_NEXT");
    }

    private PseudonymKey pseudonymKey(String name) {
        String hex = textOrNull(name);
        if (hex == null) {
            throw new CommandException("no pseudonym key: set " + name + " (64 hexadecimal digits) or " + name
                    + "_FILE; make one with: openssl rand -hex 32");
        }
        try {
            return PseudonymKey.ofHex(hex);
        } catch (IllegalArgumentException e) {
            throw new CommandException(name + ": " + e.getMessage());
        }
    }

    /** The builder's Ed25519 key, given as PKCS#8 in base64, or null. */
    @Nullable
    PrivateKey signingKey() {
        return keyOrNull("OSMANTHUS_SIGNING_KEY", Signing::privateKey);
    }

    /** The public Ed25519 key that servers trust, given as X.509 in base64, or null. */
    @Nullable
    PublicKey verifyKey() {
        return keyOrNull("OSMANTHUS_VERIFY_KEY", Signing::publicKey);
    }

    /** Who connects to the ledger's database; empty where the JDBC URL says it. */
    String databaseUser() {
        String user = textOrNull("OSMANTHUS_DATABASE_USER");
        return user == null ? "" : user;
    }

    String databasePassword() {
        String password = textOrNull("OSMANTHUS_DATABASE_PASSWORD");
        return password == null ? "" : password;
    }

    private <K> @Nullable K keyOrNull(String name, Function<String, K> parse) {
        String text = textOrNull(name);
        try {
            return text == null ? null : parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw new CommandException(name + ": " + e.getMessage());
        }
    }

    private @Nullable String textOrNull(String name) {
        String value = environment.get(name);
        String file = environment.get(name + "_FILE");
        if (value != null && file != null) {
            throw new CommandException(name + " and " + name + "_FILE are both set; set one");
        }
        if (file == null) {
            return value == null ? null : value.strip();
        }
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw new CommandException(name + "_FILE names " + file + ", which cannot be read: " + e.getMessage());
        }
    }
}
