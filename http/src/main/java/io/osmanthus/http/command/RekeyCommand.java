package io.osmanthus.http.command;

import io.osmanthus.http.ServerConfig;
import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.PublishingLimits;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotBuild;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.intake.Channels;
import io.osmanthus.snapshots.intake.Delivery;
import io.osmanthus.snapshots.intake.IntakeOptions;
import io.osmanthus.snapshots.intake.Rekey;
import io.osmanthus.snapshots.intake.RekeyNames;
import io.osmanthus.snapshots.ledger.EmbeddedDatabase;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.LedgerLeft;
import io.osmanthus.snapshots.ledger.LedgerSeen;
import io.osmanthus.snapshots.ledger.RekeyLedger;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.trail.RekeyTrail;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Puts snapshot, ledger and access trail under another pseudonym key. */
@Command(
        name = "rekey",
        mixinStandardHelpOptions = true,
        description = {
            "Puts the current snapshot of the store, the ledger and the access trail under the key",
            "OSMANTHUS_PSEUDONYM_KEY_NEXT, while all servers are stopped. Persons and tokens are named again by persons.csv",
            "and tokens.csv of deliveries, since pseudonyms cannot be turned back: the first --delivery is the one that the",
            "snapshot was built from, further ones name who is in the ledger or the trail only (the issuer of the",
            "citizens' tokens knows them). Whoever is not named is left behind. What one run has done the next does not",
            "repeat, so a run that was cut off is begun again. Afterwards set OSMANTHUS_PSEUDONYM_KEY to the new key, prune",
            "the old snapshots, and destroy dumps of the database and copies of the trail, with the old key."
        })
final class RekeyCommand implements Callable<Integer> {
    @Option(
            names = "--delivery",
            required = true,
            paramLabel = "DIR",
            description = "A delivery with delivery.csv, persons.csv and tokens.csv; nothing else of it is read. May be"
                    + " given again.")
    private List<Path> deliveries = List.of();

    @Mixin
    private Places places = new Places();

    @Mixin
    private MemoryBudget memory = new MemoryBudget();

    @Option(
            names = "--force",
            paramLabel = "REASON",
            description = "Publish also if more than 1 in 100 persons or tokens are left behind; the manifest keeps the"
                    + " reason, which names no person.")
    private @Nullable String force;

    @Option(
            names = "--leave-out",
            description =
                    "Drop who is in the ledger or the trail and is not named: they may enrol again, and their bound"
                            + " tokens must be bound again. Not those about whom something lasts, such as a departure or a"
                            + " withdrawal: these must be named.")
    private boolean leaveOut;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private @Nullable Work work;

    /** Both keys, who is who, and where to. */
    private record Work(
            long memoryBytes,
            Secrets secrets,
            PseudonymKey from,
            PseudonymKey to,
            SnapshotStore store,
            List<Delivery> deliveries,
            RekeyNames names,
            PrintWriter out,
            PrintWriter err) {}

    @Override
    public Integer call() {
        Secrets secrets = Secrets.ofEnvironment();
        PseudonymKey from = secrets.pseudonymKey();
        PseudonymKey to = secrets.nextPseudonymKey();
        if (from.fingerprint().equals(to.fingerprint())) {
            throw new CommandException("the next pseudonym key is the one in use: make another");
        }
        PrivateKey signingKey = secrets.signingKey();
        if (signingKey == null && !places.server().demonstration()) {
            throw new CommandException(
                    "no signing key: set OSMANTHUS_SIGNING_KEY; only a demonstration has unsigned snapshots");
        }
        Work now = new Work(
                memory.bytes(PublishingLimits.load(places.config()).memoryMib()),
                secrets,
                from,
                to,
                SnapshotStore.open(places.store()),
                deliveries.stream().map(Delivery::open).toList(),
                new RekeyNames(from, to, ConsoleProgress.onStderr()),
                spec.commandLine().getOut(),
                spec.commandLine().getErr());
        work = now;
        String reason = BuildCommand.reason(force);
        try (SnapshotBuild build = now.store().begin()) {
            Snapshot former = current();
            boolean already = former.manifest().keyFingerprint().equals(to.fingerprint());
            SnapshotBuild.Content content = already ? null : snapshot(build, former, reason);
            // Published last: servers take up nothing before ledger and trail are ready for it.
            if ((content == null && !already) || !trail(true) || !ledger() || !trail(false)) {
                return 1;
            }
            if (content == null) {
                now.out().println("snapshot: " + former.manifest().version() + " is under the new key already");
                return 0;
            }
            Manifest published = build.publish(content, signingKey, ConsoleProgress.onStderr());
            now.err()
                    .println("rekey: snapshot " + published.version() + " is current in " + places.store()
                            + " under the key " + to.fingerprint() + "; set OSMANTHUS_PSEUDONYM_KEY to it, then prune "
                            + former.manifest().version() + " and what is older: they still hold the old pseudonyms");
            return 0;
        }
    }

    private Work work() {
        return Objects.requireNonNull(work);
    }

    /** Whether it is done, or with {@code count} may be. */
    private boolean trail(boolean count) {
        Work now = work();
        Path rolled = places.server().trail().options(now.store().directory()).rolled();
        RekeyTrail.Result result = RekeyTrail.run(
                rolled, now.to().fingerprint(), this::namePersons, leaveOut, count, ConsoleProgress.onStderr());
        if (result.leftOut() > 0 && !leaveOut) {
            now.err()
                    .println("rekey: " + result.leftOut() + " of " + result.events() + " events of the access trail are"
                            + " about persons whom no delivery names; nothing is changed: name them by a further"
                            + " --delivery, or drop the events with --leave-out");
            return false;
        }
        if (!count) {
            now.out()
                    .println("access trail: events re-keyed: " + (result.events() - result.leftOut()) + ", dropped: "
                            + result.leftOut());
        }
        return true;
    }

    private void namePersons(RekeyTrail.Names.Listener to) throws Exception {
        for (Delivery delivery : work().deliveries()) {
            work().names().persons(delivery, to::person);
        }
    }

    private boolean ledger() {
        Work now = work();
        ServerConfig.Database wanted = places.server().database();
        Path embedded = wanted.embedded();
        if (embedded != null && !Files.isDirectory(embedded)) {
            now.out().println("ledger: there is none in " + embedded);
            return true;
        }
        if (embedded != null) {
            try (EmbeddedDatabase database = EmbeddedDatabase.start(embedded)) {
                return ledger(database.place());
            }
        }
        return ledger(new Ledger.Place(
                Objects.requireNonNull(wanted.jdbcUrl()),
                now.secrets().databaseUser(),
                now.secrets().databasePassword()));
    }

    /** What was seen of the ledger is held against it before its hashes change, and written with the new one after. */
    private boolean ledger(Ledger.Place place) {
        Path file = work().store().directory().resolve(LedgerSeen.FILE);
        try {
            LedgerSeen seen = LedgerSeen.read(file);
            LedgerLeft left = new LedgerLeft(work().store().directory());
            if (seen == null) {
                left.clear();
                return rekeyed(place);
            }
            String wrong = seen.contradiction(place);
            if (wrong == null && !left.lacking(place).isEmpty()) {
                wrong = "the ledger lacks departures that this store knows: an older database was restored";
            }
            if (wrong != null) {
                throw new CommandException(wrong + "; nothing is re-keyed (README, 'A restored ledger')");
            }
            seen.withoutHash().write(file);
            // under the old names; the next server to start takes those of the ledger
            left.clear();
            boolean done = rekeyed(place);
            seen.rehashed(place, Instant.now()).write(file);
            return done;
        } catch (IOException e) {
            throw new CommandException(file + " cannot be read or written: " + e.getMessage());
        }
    }

    private boolean rekeyed(Ledger.Place place) {
        Work now = work();
        RekeyLedger.Result result =
                RekeyLedger.run(place, now.from(), now.to(), this::nameAll, leaveOut, ConsoleProgress.onStderr());
        if (result.already()) {
            now.out().println("ledger: it is under the new key already");
            return true;
        }
        if (result.done()) {
            now.out()
                    .println("ledger: changes re-keyed: " + result.changes() + ", persons and organisations left out: "
                            + result.leftOut() + ", tokens left out: " + result.tokensLeftOut());
            return true;
        }
        now.err()
                .println("rekey: the ledger holds " + result.leftOut() + " persons and organisations and "
                        + (result.tokensLeftOut() + result.lastingTokens())
                        + " tokens that no delivery names, among them " + (result.lasting() + result.lastingTokens())
                        + " about whom something lasts, such as a departure or a withdrawal; the ledger is as it was: "
                        + (result.forbidden()
                                ? "name these by a further --delivery, a later delivery could undo it otherwise"
                                : "name them by a further --delivery, or drop them with --leave-out"));
        return false;
    }

    private void nameAll(RekeyLedger.Names.Listener to) throws Exception {
        Work now = work();
        for (Delivery delivery : now.deliveries()) {
            now.names()
                    .persons(
                            delivery,
                            (highBefore, lowBefore, high, low) ->
                                    to.subject(new Subject(highBefore, lowBefore), new Subject(high, low)));
            now.names()
                    .tokens(
                            delivery,
                            (scheme, highBefore, lowBefore, high, low) ->
                                    to.token(scheme, new Subject(highBefore, lowBefore), new Subject(high, low)));
        }
        Snapshot current = current();
        now.names()
                .organisations(
                        current,
                        (highBefore, lowBefore, high, low) ->
                                to.subject(new Subject(highBefore, lowBefore), new Subject(high, low)));
        now.names().references(current, to::reference);
    }

    /** Verified under whichever of the two keys it is. */
    private Snapshot current() {
        Work now = work();
        String version = now.store().current();
        boolean done =
                now.store().manifest(version).keyFingerprint().equals(now.to().fingerprint());
        Trust trust = done
                ? Trust.of(now.to(), now.secrets().verifyKey(), places.server().demonstration())
                : places.trust(now.secrets());
        return Snapshot.open(now.store().path(version), trust, ConsoleProgress.onStderr());
    }

    /** The re-keyed snapshot, not yet published; null where too much would be left behind. */
    private SnapshotBuild.@Nullable Content snapshot(SnapshotBuild build, Snapshot former, @Nullable String reason) {
        Work now = work();
        Rekey.Result result = Rekey.run(
                now.deliveries().get(0),
                former,
                now.from(),
                now.to(),
                build.directory(),
                IntakeOptions.of(places.server().demonstration(), Channels.NONE).within(now.memoryBytes()),
                ConsoleProgress.onStderr());
        now.out().println("persons left behind: " + result.personsDropped() + " of " + result.persons());
        now.out().println("tokens left behind: " + result.tokensDropped() + " of " + result.tokens());
        if (result.tooManyDropped() && reason == null) {
            now.err()
                    .println("rekey: more than 1 in 100 would be left behind: nothing is published; take the delivery"
                            + " that the snapshot was built from, or if it is right, publish with --force REASON");
            return null;
        }
        return reason == null ? result.content() : result.content().forced(reason);
    }
}
