package io.osmanthus.http.command;

import io.osmanthus.engine.Engine;
import io.osmanthus.engine.Generation;
import io.osmanthus.engine.GenerationLoader;
import io.osmanthus.engine.Keeper;
import io.osmanthus.engine.Reader;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What the offline commands share: the current snapshot as a generation of this process, subjects from standard input one
 * a line, one JSON value a line on standard output in the same order. Identities stand in neither arguments nor output.
 *
 * <p>Persons of a real snapshot are not asked about offline: these commands do not know what the ledger has changed since the
 * snapshot, a consent withdrawn today among it. Organisations of a real snapshot are, a few a call, by a named operator, for a case, today.
 */
final class Offline {
    /** Subjects of one call on a real snapshot: support looks cases up, it does not list a city. */
    static final int REAL_SUBJECTS_MAX = 20;

    @Mixin
    private Places places = new Places();

    @Option(names = "--as-of", paramLabel = "DATE", description = "The day to judge by; default: today in Shanghai.")
    private @Nullable LocalDate asOf;

    @Option(names = "--operator", paramLabel = "NAME", description = "Who asks; needed on a snapshot of real persons.")
    private @Nullable String operator;

    @Option(names = "--case", paramLabel = "ID", description = "For which case; needed on a snapshot of real persons.")
    private @Nullable String caseId;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /** Answers one subject, from its line. */
    @FunctionalInterface
    interface Answer {
        String of(String line) throws IOException;
    }

    /** What the answers are made from, and where those about persons are recorded. */
    record Context(
            Reader reader,
            Generation generation,
            RuleSet rules,
            PseudonymKey key,
            @Nullable Recorder record) {
        /** There for commands about persons. */
        Recorder recorder() {
            return Objects.requireNonNull(record, "the command said that it is about persons");
        }
    }

    /**
     * Loads the current snapshot and answers every line of standard input.
     *
     * @param aboutPersons whether the answers are about persons
     */
    int run(boolean aboutPersons, BiFunction<Context, PrintWriter, Answer> command) throws IOException {
        Secrets secrets = Secrets.ofEnvironment();
        PseudonymKey key = secrets.pseudonymKey();
        RuleSet rules = RuleSet.load(places.config(), Vocabulary.load(places.config()));
        SnapshotStore store = SnapshotStore.open(places.store());
        Snapshot snapshot =
                Snapshot.open(store.path(store.current()), places.trust(secrets), ConsoleProgress.onStderr());
        if (aboutPersons && !snapshot.manifest().synthetic()) {
            throw new CommandException("snapshot " + snapshot.manifest().version()
                    + " holds real persons. Offline it is not known what the ledger has changed since, a consent withdrawn today"
                    + " among it: offline answers about persons are given on synthetic snapshots only"
                    + (operator == null || caseId == null ? " (they will need --operator and --case)" : ""));
        }
        LocalDate today = LocalDate.now(Keeper.ZONE);
        LocalDate day = asOf == null ? today : asOf;
        boolean real = !snapshot.manifest().synthetic();
        if (real) {
            refuseUnaccounted(snapshot.manifest().version(), day.isBefore(today));
        }
        Generation generation = GenerationLoader.load(
                snapshot, rules, day, Runtime.getRuntime().availableProcessors(), ConsoleProgress.onStderr());
        try (Engine engine = new Engine();
                Reader reader = engine.reader();
                Recorder recorder = aboutPersons ? recorder() : null) {
            engine.publish(generation);
            reader.advance();
            PrintWriter out = spec.commandLine().getOut();
            Answer answer = command.apply(new Context(reader, generation, generation.rules(), key, recorder), out);
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            int answered = 0;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (real && answered == REAL_SUBJECTS_MAX) {
                    throw new CommandException("snapshot "
                            + snapshot.manifest().version() + " is real: at most " + REAL_SUBJECTS_MAX
                            + " subjects a call are answered; the first " + REAL_SUBJECTS_MAX + " have been");
                }
                out.println(answer.of((answered++ == 0 ? withoutMark(line) : line).strip()));
            }
            out.flush();
            return 0;
        }
    }

    private Recorder recorder() {
        return Recorder.open(places.server().trail().options(places.store()), operator, caseId);
    }

    private void refuseUnaccounted(String version, boolean past) {
        if (operator == null || caseId == null) {
            throw new CommandException("snapshot " + version
                    + " is real: say who asks and for which case, with --operator" + " and --case");
        }
        if (past) {
            throw new CommandException(
                    "snapshot " + version + " is real: it is not asked about a day that is over (--as-of)");
        }
    }

    /** Editors of some systems put a byte order mark before the first line. */
    private static String withoutMark(String line) {
        return line.startsWith("\uFEFF") ? line.substring(1) : line;
    }
}
