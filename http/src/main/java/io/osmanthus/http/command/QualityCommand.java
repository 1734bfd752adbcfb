package io.osmanthus.http.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.osmanthus.snapshots.QualityFigure;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.intake.IntakeResult;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a snapshot's quality figures. */
@Command(
        name = "quality",
        mixinStandardHelpOptions = true,
        description = {
            "Verifies a snapshot and prints the quality figures of the delivery that it was built from: a total for each",
            "source and file, and behind it its parts by month of the decision and by district."
        })
final class QualityCommand implements Callable<Integer> {
    @Parameters(paramLabel = "SNAPSHOT", description = "The snapshot's directory: STORE/VERSION.")
    private Path snapshot = Path.of("");

    @Option(names = "--json", description = "One JSON object instead of a table.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws JsonProcessingException {
        PublicKey verifyKey = Secrets.ofEnvironment().verifyKey();
        Snapshot opened = Snapshot.open(snapshot, new Trust(null, verifyKey, verifyKey == null));
        List<QualityFigure> all = QualityFigure.read(opened);
        List<QualityFigure> figures = all.stream()
                .filter(figure -> !figure.file().equals(QualityFigure.REFERENCE) || figure.collected() != null)
                .toList();
        List<QualityFigure> listed =
                all.stream().filter(figure -> !figures.contains(figure)).toList();
        // An empty list is one that was not delivered: a list of nothing conceals nothing either.
        List<QualityFigure> concealment = listed.isEmpty() ? null : listed;
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new ObjectMapper().writeValueAsString(IntakeResult.figuresToJson(figures, concealment)));
        } else {
            QualityTable.print(out, figures, concealment);
        }
        return 0;
    }
}
