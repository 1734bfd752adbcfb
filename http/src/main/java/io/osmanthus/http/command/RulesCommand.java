package io.osmanthus.http.command;

import io.osmanthus.engine.Keeper;
import io.osmanthus.engine.RulesDiff;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Works on rules. */
@Command(name = "rules", mixinStandardHelpOptions = true, description = "Shows what a change of rules would do.")
final class RulesCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getErr());
    }

    @Command(
            name = "diff",
            mixinStandardHelpOptions = true,
            description = {
                "Judges everybody of the current snapshot by two configurations and counts what moves.",
                "Counts of persons are rounded to ten and shown from twenty on ('<20' below); nobody is named."
            })
    int diff(
            @Option(names = "--from", required = true, paramLabel = "DIR", description = "The configuration in force.")
                    Path from,
            @Option(names = "--to", required = true, paramLabel = "DIR", description = "The configuration proposed.")
                    Path to,
            @Option(
                            names = "--as-of",
                            paramLabel = "DATE",
                            description = "The day to judge by; default: today in Shanghai.")
                    @Nullable
                    LocalDate asOf,
            @Option(names = "--json", description = "One JSON object a line.") boolean json,
            @Mixin Places places) {
        RuleSet before = RuleSet.load(from, Vocabulary.load(from));
        RuleSet after = RuleSet.load(to, Vocabulary.load(to));
        SnapshotStore store = SnapshotStore.open(places.store());
        Snapshot snapshot = Snapshot.open(
                store.path(store.current()), places.trust(Secrets.ofEnvironment()), ConsoleProgress.onStderr());
        RulesDiff.Report report =
                RulesDiff.of(snapshot.directory(), before, after, asOf == null ? LocalDate.now(Keeper.ZONE) : asOf);
        PrintWriter out = spec.commandLine().getOut();
        if (!json) {
            out.println("rules " + report.before() + " → " + report.after() + " on " + report.day() + ": "
                    + count(report.persons()) + " persons, " + report.organisations() + " organisations judged");
            out.printf("%-13s %-12s %-18s %-18s %-9s %10s%n", "subjects", "what", "from", "to", "district", "count");
        }
        for (RulesDiff.Move move : report.moves()) {
            String subject = move.subject().name().toLowerCase(Locale.ROOT);
            Integer district = move.district();
            if (json) {
                out.println(Json.line(generator -> {
                    generator.writeStringField("subject", subject);
                    generator.writeStringField("what", move.what());
                    generator.writeStringField("from", move.from());
                    generator.writeStringField("to", move.to());
                    generator.writeStringField("district", district == null ? null : district.toString());
                    generator.writeFieldName("count");
                    generator.writeObject(move.subjects());
                }));
            } else {
                out.printf(
                        "%-13s %-12s %-18s %-18s %-9s %10s%n",
                        subject,
                        move.what(),
                        move.from(),
                        move.to(),
                        district == null ? "all" : district,
                        count(move.subjects()));
            }
        }
        return 0;
    }

    private static String count(@Nullable Long subjects) {
        return subjects == null ? "<20" : subjects.toString();
    }
}
