package io.osmanthus.http.command;

import io.osmanthus.snapshots.vocabulary.ConfigException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The program: {@code java -jar osmanthus.jar <command>}. */
@Command(
        name = "osmanthus",
        mixinStandardHelpOptions = true,
        versionProvider = Osmanthus.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "In-memory engine for public-credit checks, 桂花分 look-ups and organisation matches.",
        footer = {
            "",
            "Exit codes: 0 done, 1 the work failed, 2 wrong usage.",
            "Secrets come from the environment: OSMANTHUS_PSEUDONYM_KEY, OSMANTHUS_SIGNING_KEY, OSMANTHUS_VERIFY_KEY",
            "(each also as …_FILE naming a file); rekey also takes OSMANTHUS_PSEUDONYM_KEY_NEXT."
        },
        subcommands = {
            DemoCommand.class,
            GenerateCommand.class,
            BuildCommand.class,
            VerifyCommand.class,
            QualityCommand.class,
            SnapshotsCommand.class,
            ActivateCommand.class,
            PinCommand.class,
            UnpinCommand.class,
            PruneCommand.class,
            DiffCommand.class,
            RekeyCommand.class,
            ServeCommand.class,
            CheckCommand.class,
            ExplainCommand.class,
            MatchCommand.class,
            ConfigCommand.class,
            RulesCommand.class,
            KeyCommand.class,
            AuditCommand.class,
            LedgerCommand.class,
        })
public final class Osmanthus {
    private Osmanthus() {}

    /** Runs one command and exits with its code. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs one command in this process. */
    static int run(String... arguments) {
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        CommandLine program = new CommandLine(new Osmanthus())
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    complain(err, command.getCommandName(), e);
                    return CommandLine.ExitCode.SOFTWARE;
                });
        int exit;
        try {
            exit = program.execute(arguments);
        } catch (OutOfMemoryError e) {
            err.println("osmanthus: not enough memory: the heap may grow to "
                    + (Runtime.getRuntime().maxMemory() >> 20)
                    + " MiB here; give it more with: java -Xmx12g -jar … (" + e.getMessage() + ")");
            return CommandLine.ExitCode.SOFTWARE;
        }
        // A writer swallows its errors: half of the results must not look like all of them.
        if (out.checkError()) {
            err.println("osmanthus: standard output could not be written; what was printed is not whole");
            return exit == CommandLine.ExitCode.OK ? CommandLine.ExitCode.SOFTWARE : exit;
        }
        return exit;
    }

    /** Operating errors are said in words; anything else is a fault of ours and shows where it came from. */
    private static void complain(PrintWriter err, String command, Exception e) {
        if (e instanceof ConfigException config) {
            config.findings().forEach(finding -> err.println(finding));
            err.println("osmanthus " + command + ": the configuration has "
                    + config.findings().size() + " finding(s); nothing was done");
        } else if (Failures.expected(e)) {
            err.println("osmanthus " + command + ": " + Failures.message(e));
        } else {
            err.println("osmanthus " + command + ": unexpected failure; please report it with these lines");
            e.printStackTrace(err);
        }
    }

    /** The version of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Osmanthus.class.getPackage().getImplementationVersion();
            return new String[] {"osmanthus " + (version == null ? "development" : version)};
        }
    }
}
