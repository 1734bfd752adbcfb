package io.osmanthus.http.command;

import io.osmanthus.engine.Reader;
import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks tokens in a scene, offline. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Answers checks offline, as a terminal would get them.",
            "Lines 'scheme,token' on standard input, one {\"benefit\":…} a line on standard output, in order."
        })
final class CheckCommand implements Callable<Integer> {
    @Option(names = "--scene", required = true, paramLabel = "S", description = "A scene of scenes.yaml.")
    private String scene = "";

    private int malformed;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Offline offline = new Offline();

    @Override
    public Integer call() throws IOException {
        int exit = offline.run(true, (context, out) -> {
            SceneDefinition definition = context.rules().vocabulary().scene(scene);
            if (definition == null) {
                throw new CommandException("there is no scene '" + scene + "'; there are "
                        + context.rules().vocabulary().scenes().stream()
                                .map(SceneDefinition::id)
                                .toList());
            }
            SceneRule rule = context.rules().scenes().get(definition.index());
            Map<Scheme, Pseudonymiser> pseudonymisers = pseudonymisers(context, definition.subject());
            return line -> {
                int malformedBefore = malformed;
                int code = code(context, definition.index(), pseudonymisers, line);
                String benefit =
                        code == 0 ? null : rule.benefits().get(code - 1).id();
                if (malformed == malformedBefore && definition.subject() == SubjectType.PERSON) {
                    Reader reader = context.reader();
                    context.recorder()
                            .answered(reader.subjectKnown(), reader.subjectHigh(), reader.subjectLow(), scene, benefit);
                }
                return Json.line(json -> json.writeStringField("benefit", benefit));
            };
        });
        if (malformed > 0) {
            spec.commandLine()
                    .getErr()
                    .println("check: " + malformed
                            + " lines were not 'scheme,token' with a scheme of the scene; their answer is none");
        }
        return exit;
    }

    /** A malformed line is answered as an unknown token, and counted: the lines of output stay those of input. */
    private int code(Offline.Context context, int scene, Map<Scheme, Pseudonymiser> pseudonymisers, String line) {
        int comma = line.indexOf(',');
        Scheme scheme = comma < 0 ? null : Scheme.of(line.substring(0, comma).strip());
        Pseudonymiser pseudonymiser = scheme == null ? null : pseudonymisers.get(scheme);
        String token = pseudonymiser == null ? "" : Canonical.of(line.substring(comma + 1));
        if (pseudonymiser == null || token.isEmpty()) {
            malformed++;
            return 0;
        }
        pseudonymiser.make(token);
        return context.reader().check(scene, pseudonymiser.high(), pseudonymiser.low());
    }

    private static Map<Scheme, Pseudonymiser> pseudonymisers(Offline.Context context, SubjectType subject) {
        Map<Scheme, Pseudonymiser> pseudonymisers = new EnumMap<>(Scheme.class);
        for (Scheme scheme : Scheme.values()) {
            if (subject == SubjectType.PERSON ? scheme.bindable() : scheme == Scheme.USCC) {
                pseudonymisers.put(scheme, context.key().pseudonymiser(scheme));
            }
        }
        return pseudonymisers;
    }
}
