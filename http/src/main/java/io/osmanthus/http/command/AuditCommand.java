package io.osmanthus.http.command;

import io.osmanthus.http.ServerConfig;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.cases.CaseAudit;
import io.osmanthus.snapshots.ledger.EmbeddedDatabase;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.LedgerAudit;
import io.osmanthus.snapshots.ledger.LedgerException;
import io.osmanthus.snapshots.ledger.LedgerSeen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Audits of the ledger. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Audits the ledger.",
        subcommands = AuditCommand.Verify.class)
final class AuditCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getErr());
    }

    /** Verifies the whole ledger. */
    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = {
                "Reads the whole ledger, while servers run, and changes nothing: positions without a gap, the chain of hashes,",
                "every case's state against its transitions, the position that this store has seen. Exit 1 names the first",
                "position that is not as it was written.",
                "Keep the head that is printed elsewhere: --head asks later whether the ledger still contains it."
            })
    static final class Verify implements Callable<Integer> {
        private static final Pattern HEAD = Pattern.compile("([0-9]{1,18}):([0-9a-fA-F]{64})");

        @Mixin
        private Places places = new Places();

        @Option(
                names = "--head",
                paramLabel = "POSITION:HASH",
                description = "The head that an earlier audit has printed.")
        private @Nullable String head;

        @Option(names = "--json", description = "One JSON object.")
        private boolean json;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() throws IOException {
            LedgerAudit.Head kept = kept();
            PseudonymKey key = Secrets.ofEnvironment().pseudonymKey();
            CaseAudit cases = new CaseAudit();
            Found found = run(new LedgerAudit(key, kept, cases));
            LedgerAudit.Report report = found.report();
            String broken = words(found);
            if (json) {
                spec.commandLine().getOut().println(Json.line(generator -> {
                    generator.writeStringField("ledger", report.id().toString());
                    generator.writeNumberField("changes", report.head().position());
                    generator.writeNumberField("cases", cases.count());
                    generator.writeStringField("head", text(report.head()));
                    generator.writeBooleanField("whole", broken == null);
                    LedgerAudit.Broken first = report.broken();
                    if (first != null && first.position() > 0) {
                        generator.writeNumberField("broken_at", first.position());
                    }
                    generator.writeStringField("broken", broken);
                }));
            }
            if (broken != null) {
                throw new CommandException("ledger " + report.id() + ": " + broken);
            }
            if (!json) {
                spec.commandLine()
                        .getOut()
                        .println("ledger " + report.id() + " is whole: "
                                + report.head().position() + " changes, " + cases.count() + " cases; head "
                                + text(report.head()));
            }
            return 0;
        }

        /** What the audit says, and what contradicts what this store has seen, or null. */
        private record Found(
                LedgerAudit.Report report, @Nullable String contradiction) {}

        private Found audited(LedgerAudit audit, Ledger.Place place) throws IOException {
            LedgerSeen seen = LedgerSeen.read(places.store().resolve(LedgerSeen.FILE));
            return new Found(
                    audit.run(place, ConsoleProgress.onStderr()), seen == null ? null : seen.contradiction(place));
        }

        private Found run(LedgerAudit audit) throws IOException {
            ServerConfig.Database wanted = places.server().database();
            Path embedded = wanted.embedded();
            if (embedded == null) {
                Secrets secrets = Secrets.ofEnvironment();
                return audited(
                        audit,
                        new Ledger.Place(
                                Objects.requireNonNull(wanted.jdbcUrl()),
                                secrets.databaseUser(),
                                secrets.databasePassword()));
            }
            if (!Files.isDirectory(embedded)) {
                throw new CommandException("there is no ledger in " + embedded + " (server.yaml, database)");
            }
            try (EmbeddedDatabase database = EmbeddedDatabase.start(embedded)) {
                return audited(audit, database.place());
            } catch (LedgerException e) {
                if (e.code() != LedgerException.Code.EMBEDDED) {
                    throw e;
                }
                // a server runs it: it can be read all the same
                return audited(audit, EmbeddedDatabase.running(embedded));
            }
        }

        private static @Nullable String words(Found found) {
            LedgerAudit.Broken broken = found.report().broken();
            if (broken == null) {
                return found.contradiction();
            }
            return broken.position() == 0
                    ? broken.words()
                    : "the change at position " + broken.position() + " " + broken.words();
        }

        private LedgerAudit.@Nullable Head kept() {
            if (head == null) {
                return null;
            }
            Matcher parts = HEAD.matcher(head);
            if (!parts.matches()) {
                throw new ParameterException(
                        spec.commandLine(), "--head is a position, a colon and 64 hexadecimal digits");
            }
            return new LedgerAudit.Head(Long.parseLong(parts.group(1)), parts.group(2));
        }

        private static String text(LedgerAudit.Head head) {
            return head.position() + ":" + head.hash();
        }
    }
}
