package io.osmanthus.http.command;

import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotBuild;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.intake.Channels;
import io.osmanthus.snapshots.intake.Delivery;
import io.osmanthus.snapshots.intake.IntakeOptions;
import io.osmanthus.snapshots.intake.Rekey;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Puts the current snapshot under another pseudonym key. */
@Command(
        name = "rekey",
        mixinStandardHelpOptions = true,
        description = {
            "Puts the current snapshot of the store under the key OSMANTHUS_PSEUDONYM_KEY_NEXT, with all its facts, and",
            "publishes it. Persons and tokens are named again by persons.csv and tokens.csv of a delivery, since pseudonyms",
            "cannot be turned back; who is not named there is left behind. Where every file is at hand, 'build' with the",
            "new key does the same. Afterwards set OSMANTHUS_PSEUDONYM_KEY to the new key, and prune the old snapshots."
        })
final class RekeyCommand implements Callable<Integer> {
    @Option(
            names = "--delivery",
            required = true,
            paramLabel = "DIR",
            description = "A delivery with delivery.csv, persons.csv and tokens.csv; nothing else of it is read.")
    private Path delivery = Path.of("");

    @Mixin
    private Places places = new Places();

    @Option(
            names = "--force",
            paramLabel = "REASON",
            description = "Publish also if more than 1 in 100 persons or tokens are left behind; the manifest keeps the"
                    + " reason, which names no person.")
    private @Nullable String force;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Secrets secrets = Secrets.ofEnvironment();
        PseudonymKey from = secrets.pseudonymKey();
        PseudonymKey to = secrets.nextPseudonymKey();
        PrivateKey signingKey = secrets.signingKey();
        boolean demonstration = places.server().demonstration();
        if (signingKey == null && !demonstration) {
            throw new CommandException(
                    "no signing key: set OSMANTHUS_SIGNING_KEY; only a demonstration has unsigned snapshots");
        }
        String reason = BuildCommand.reason(force);
        SnapshotStore store = SnapshotStore.open(places.store());
        Delivery opened = Delivery.open(delivery);
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (SnapshotBuild build = store.begin()) {
            Snapshot former = Snapshot.open(store.path(store.current()), places.trust(secrets));
            Rekey.Result result = Rekey.run(
                    opened,
                    former,
                    from,
                    to,
                    build.directory(),
                    IntakeOptions.of(demonstration, Channels.NONE),
                    ConsoleProgress.onStderr());
            out.println("persons left behind: " + result.personsDropped() + " of " + result.persons());
            out.println("tokens left behind: " + result.tokensDropped() + " of " + result.tokens());
            if (result.tooManyDropped() && reason == null) {
                err.println(
                        "rekey: more than 1 in 100 would be left behind: nothing is published; take the delivery that"
                                + " the snapshot was built from, or if it is right, publish with --force REASON");
                return 1;
            }
            SnapshotBuild.Content content =
                    reason == null ? result.content() : result.content().forced(reason);
            Manifest published = build.publish(content, signingKey);
            err.println("rekey: snapshot " + published.version() + " is current in " + places.store()
                    + " under the key " + to.fingerprint() + "; set OSMANTHUS_PSEUDONYM_KEY to it, then prune "
                    + former.manifest().version() + " and what is older: they still hold the old pseudonyms");
            return 0;
        }
    }
}
