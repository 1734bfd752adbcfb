package io.osmanthus.http.command;

import io.osmanthus.engine.rules.Explanation;
import io.osmanthus.http.ScoreJson;
import io.osmanthus.http.State;
import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Explains scores, offline. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = {
            "Explains scores offline, as their persons see them.",
            "One person_id a line on standard input; the body of GET /v1/me/score, or {\"enrolled\":false}, a line on",
            "standard output, in order."
        })
final class ExplainCommand implements Callable<Integer> {
    @Mixin
    private Offline offline = new Offline();

    @Override
    public Integer call() throws IOException {
        return offline.run(true, (context, out) -> {
            Pseudonymiser persons = context.key().pseudonymiser(Scheme.PERSON);
            State state = State.of(context.generation());
            return line -> {
                persons.make(Canonical.of(line));
                Explanation explanation = context.reader().explain(persons.high(), persons.low());
                context.recorder().answered(explanation != null, persons.high(), persons.low(), null, "score");
                return explanation == null
                        ? "{\"enrolled\":false}"
                        : Json.value(json -> ScoreJson.write(json, explanation, state));
            };
        });
    }
}
