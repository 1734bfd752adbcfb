package io.osmanthus.http.command;

import io.osmanthus.engine.rules.Matter;
import io.osmanthus.http.MatchJson;
import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Matches organisations in a matter, offline. */
@Command(
        name = "match",
        mixinStandardHelpOptions = true,
        description = {
            "Matches organisations against the lists of a matter: one USCC a line on standard input,",
            "one element of the match answer a line on standard output, in order."
        })
final class MatchCommand implements Callable<Integer> {
    @Option(names = "--matter", required = true, paramLabel = "M", description = "A matter of rules/matters.yaml.")
    private String matter = "";

    @Mixin
    private Offline offline = new Offline();

    @Override
    public Integer call() throws IOException {
        return offline.run(false, (context, out) -> {
            Matter chosen = context.rules().matters().stream()
                    .filter(one -> one.id().equals(matter))
                    .findFirst()
                    .orElseThrow(() -> new CommandException("there is no matter '" + matter + "'; there are "
                            + context.rules().matters().stream().map(Matter::id).toList()));
            Pseudonymiser codes = context.key().pseudonymiser(Scheme.USCC);
            return line -> {
                codes.make(Canonical.of(line));
                return Json.value(json ->
                        MatchJson.write(json, context.reader().match(chosen.index(), codes.high(), codes.low()), null));
            };
        });
    }
}
