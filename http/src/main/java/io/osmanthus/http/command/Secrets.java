package io.osmanthus.http.command;

import io.osmanthus.snapshots.PseudonymKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
        String hex = textOrNull("OSMANTHUS_PSEUDONYM_KEY");
        if (hex == null) {
            throw new CommandException("no pseudonym key: set OSMANTHUS_PSEUDONYM_KEY (64 hexadecimal digits) or"
                    + " OSMANTHUS_PSEUDONYM_KEY_FILE; make one with: openssl rand -hex 32");
        }
        try {
            return PseudonymKey.ofHex(hex);
        } catch (IllegalArgumentException e) {
            throw new CommandException("OSMANTHUS_PSEUDONYM_KEY: " + e.getMessage());
        }
    }

    /** PKCS#8 in base64 of the builder's Ed25519 key, or null. */
    @Nullable
    String signingKey() {
        return textOrNull("OSMANTHUS_SIGNING_KEY");
    }

    /** X.509 in base64 of the public Ed25519 key that servers trust, or null. */
    @Nullable
    String verifyKey() {
        return textOrNull("OSMANTHUS_VERIFY_KEY");
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
