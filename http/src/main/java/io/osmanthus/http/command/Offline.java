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
 * <p>Persons of a real snapshot are not asked about offline: each such answer belongs into the access trail, which this
 * version does not keep.
 */
final class Offline {
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

    /** What the answers are made from. */
    record Context(Reader reader, Generation generation, RuleSet rules, PseudonymKey key) {}

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
        Snapshot snapshot = Snapshot.open(store.path(store.current()), places.trust(secrets));
        if (aboutPersons && !snapshot.manifest().synthetic()) {
            throw new CommandException("snapshot " + snapshot.manifest().version()
                    + " holds real persons. Every answer about a person belongs into the access trail, and this version"
                    + " keeps none: offline answers about persons are given on synthetic snapshots only"
                    + (operator == null || caseId == null ? " (they will need --operator and --case)" : ""));
        }
        LocalDate day = asOf == null ? LocalDate.now(Keeper.ZONE) : asOf;
        Generation generation = GenerationLoader.load(
                snapshot, rules, day, Runtime.getRuntime().availableProcessors(), ConsoleProgress.onStderr());
        try (Engine engine = new Engine();
                Reader reader = engine.reader()) {
            engine.publish(generation);
            reader.advance();
            PrintWriter out = spec.commandLine().getOut();
            Answer answer = command.apply(new Context(reader, generation, generation.rules(), key), out);
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.println(answer.of(line.strip()));
            }
            out.flush();
            return 0;
        }
    }
}
