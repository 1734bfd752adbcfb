package io.osmanthus.http.command;

import io.osmanthus.http.ApiKey;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Makes keys: for clients, pseudonyms and signatures. */
@Command(
        name = "key",
        mixinStandardHelpOptions = true,
        description = "Makes keys. They are printed once and kept nowhere.")
final class KeyCommand implements Runnable {
    private static final int KEY_BYTES = 32;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getErr());
    }

    /** Thirty-two random bytes as 64 hexadecimal digits. */
    static String newPseudonymKey() {
        return HexFormat.of().formatHex(random());
    }

    private static byte[] random() {
        byte[] bytes = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    @Command(
            name = "new",
            mixinStandardHelpOptions = true,
            description = "A client's API key, and the key_sha256 that stands for it in clients.yaml.")
    void create() {
        String key = ApiKey.make();
        spec.commandLine().getOut().println("key        " + key);
        spec.commandLine().getOut().println("key_sha256 " + ApiKey.sha256(key));
    }

    @Command(
            name = "pseudonym",
            mixinStandardHelpOptions = true,
            description = "A key for OSMANTHUS_PSEUDONYM_KEY: 64 hexadecimal digits.")
    void pseudonym() {
        spec.commandLine().getOut().println(newPseudonymKey());
    }

    @Command(
            name = "signing",
            mixinStandardHelpOptions = true,
            description = "A pair for OSMANTHUS_SIGNING_KEY (builders) and OSMANTHUS_VERIFY_KEY (servers): Ed25519.")
    void signing() throws GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Base64.Encoder base64 = Base64.getEncoder();
        spec.commandLine()
                .getOut()
                .println("OSMANTHUS_SIGNING_KEY="
                        + base64.encodeToString(pair.getPrivate().getEncoded()));
        spec.commandLine()
                .getOut()
                .println("OSMANTHUS_VERIFY_KEY="
                        + base64.encodeToString(pair.getPublic().getEncoded()));
    }
}
