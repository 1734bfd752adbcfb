package io.osmanthus.http.command;

import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.Trust;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Verifies one snapshot. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Verifies a snapshot: manifest, set of files, each checksum.",
            "Also its signature where OSMANTHUS_VERIFY_KEY is set, and its pseudonym key where OSMANTHUS_PSEUDONYM_KEY is."
        })
final class VerifyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "SNAPSHOT", description = "The snapshot's directory: STORE/VERSION.")
    private Path snapshot = Path.of("");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Secrets secrets = Secrets.ofEnvironment();
        PublicKey verifyKey = secrets.verifyKey();
        Trust trust = new Trust(
                secrets.hasPseudonymKey() ? secrets.pseudonymKey().fingerprint() : null, verifyKey, verifyKey == null);
        Manifest manifest =
                Snapshot.open(snapshot, trust, ConsoleProgress.onStderr()).manifest();
        spec.commandLine()
                .getOut()
                .println("snapshot " + manifest.version() + " is whole: "
                        + manifest.files().size() + " files, "
                        + manifest.files().values().stream()
                                .mapToLong(Manifest.FileEntry::bytes)
                                .sum()
                        + " bytes, signature " + (verifyKey == null ? "not checked" : "good") + ", pseudonym key "
                        + (secrets.hasPseudonymKey() ? "the one in use" : "not checked"));
        return 0;
    }
}
