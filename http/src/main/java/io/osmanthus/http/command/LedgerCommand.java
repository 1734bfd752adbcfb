package io.osmanthus.http.command;

import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.ledger.EmbeddedDatabase;
import io.osmanthus.snapshots.ledger.Ledger;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What is done with a ledger while all servers are stopped. */
@Command(
        name = "ledger",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Takes a restored ledger into service.",
        subcommands = LedgerCommand.Accept.class)
final class LedgerCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getErr());
    }

    /** Accepts the loss of a restored backup. */
    @Command(
            name = "accept",
            mixinStandardHelpOptions = true,
            description = {
                "Takes a ledger that was restored from a backup for the one to go on with, while all servers are stopped. Says",
                "which time is lost, and makes the departures of that time once more, which this store knows: who has left",
                "stays erased. Everything else of that time is lost, withdrawals of consents with it: tell those concerned",
                "before servers start again. Without --reason it says what is lost, and changes nothing."
            })
    static final class Accept implements Callable<Integer> {
        private static final String NOTES = "ledger.accepted";

        @Mixin
        private Places places = new Places();

        @Option(names = "--reason", paramLabel = "REASON", description = "Why; kept in the store, and names no person.")
        private @Nullable String reason;

        @Option(
                names = "--departures-unknown",
                description =
                        "Accept a backup that is older than departures are known (server.yaml, erasure_days): who left"
                                + " before that time is back, unless you have them leave again.")
        private boolean departuresUnknown;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() throws IOException {
            Secrets secrets = Secrets.ofEnvironment();
            PseudonymKey key = secrets.pseudonymKey();
            Path embedded = places.server().database().embedded();
            if (embedded == null) {
                Ledger.Place place = new Ledger.Place(
                        Objects.requireNonNull(places.server().database().jdbcUrl()),
                        secrets.databaseUser(),
                        secrets.databasePassword());
                return accept(place, key);
            }
            if (!EmbeddedDatabase.in(embedded)) {
                throw new CommandException("there is no ledger in " + embedded + " (server.yaml, database)");
            }
            try (EmbeddedDatabase database = EmbeddedDatabase.start(embedded)) {
                return accept(database.place(), key);
            }
        }

        private int accept(Ledger.Place place, PseudonymKey key) throws IOException {
            Path store = places.store();
            Path rolled = places.server().trail().options(store).rolled();
            Duration kept = Duration.ofDays(places.server().erasureDays());
            try (Ledger ledger = Ledger.open(place, key, InstantSource.system())) {
                Restored restored = new Restored(ledger, store, rolled, kept, Clock.systemUTC());
                Restored.Loss loss = restored.loss();
                PrintWriter out = spec.commandLine().getOut();
                if (!loss.any()) {
                    out.println(
                            "ledger " + ledger.id() + " contains all that this store has seen of it, up to position "
                                    + loss.position() + ": there is nothing to accept");
                    return 0;
                }
                say(loss, out);
                String why = BuildCommand.reason(reason);
                if (why == null) {
                    throw new CommandException("nothing is changed; to go on with this ledger, give --reason");
                }
                if (loss.unknownSince() != null && !departuresUnknown) {
                    throw new CommandException(
                            "departures before " + loss.unknownSince() + " are not known any more, and"
                                    + " the backup is older: restore a younger one, or give --departures-unknown");
                }
                restored.accept(loss);
                note(store, loss, why);
                out.println("accepted: " + loss.departures().size()
                        + " persons who had left have left again; the ledger" + " ends at "
                        + ledger.head().position() + ". Build a snapshot anew, then start the servers");
                return 0;
            }
        }

        private static void say(Restored.Loss loss, PrintWriter out) {
            if (loss.contradiction() != null) {
                out.println(loss.contradiction());
            }
            out.println("lost: what was written after " + word(loss.from(), "the ledger began") + " until "
                    + word(loss.until(), "the servers stopped") + ", positions after " + loss.position()
                    + (loss.seen() > loss.position() ? " up to " + loss.seen() : "")
                    + ": enrolments, consents given and withdrawn, tokens, reports, cases");
            out.println("departures of that time that this store knows, and that are made once more: "
                    + loss.departures().size());
            out.println("consents withdrawn and tokens unbound in that time would hold again: tell those concerned; a"
                    + " terminal's own arrears and a department's own reports are to be sent again");
        }

        private static String word(@Nullable Instant at, String otherwise) {
            return at == null ? otherwise : at.toString();
        }

        private static void note(Path store, Restored.Loss loss, String why) throws IOException {
            Files.writeString(
                    store.resolve(NOTES),
                    Instant.now() + " position " + loss.position() + " seen " + loss.seen() + " departures "
                            + loss.departures().size() + " " + why.replaceAll("\\p{Cntrl}", " ") + "\n",
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }
}
