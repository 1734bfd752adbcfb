package io.osmanthus.http.command;

import io.osmanthus.engine.rules.Matter;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.rules.RuleTests;
import io.osmanthus.http.Clients;
import io.osmanthus.http.KeyPolicy;
import io.osmanthus.http.ServerConfig;
import io.osmanthus.snapshots.PublishingLimits;
import io.osmanthus.snapshots.intake.Channels;
import io.osmanthus.snapshots.vocabulary.ConfigException;
import io.osmanthus.snapshots.vocabulary.ConfigException.Finding;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks a configuration. */
@Command(name = "config", mixinStandardHelpOptions = true, description = "Works on a configuration directory.")
final class ConfigCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getErr());
    }

    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = {
                "Parses every file as the server would, and prints each finding with file and line.",
                "Where all can be read, the rule tests (tests/*.yaml) are run."
            })
    int check(
            @Option(
                            names = "--config",
                            paramLabel = "DIR",
                            defaultValue = "config",
                            description = "The configuration; default ${DEFAULT-VALUE}.")
                    Path config) {
        List<Finding> findings = new ArrayList<>();
        Vocabulary vocabulary = collect(findings, () -> Vocabulary.load(config));
        RuleSet rules = vocabulary == null ? null : collect(findings, () -> RuleSet.load(config, vocabulary));
        ServerConfig server = collect(findings, () -> ServerConfig.load(config));
        collect(findings, () -> Channels.load(config));
        collect(findings, () -> PublishingLimits.load(config));
        if (rules != null) {
            Set<String> matters = rules.matters().stream().map(Matter::id).collect(Collectors.toSet());
            KeyPolicy policy = server == null ? KeyPolicy.withoutCertificates(false) : server.keyPolicy();
            collect(findings, () -> Clients.load(config, rules.vocabulary(), matters, policy));
        }
        RuleTests.Report tests = rules == null ? null : collect(findings, () -> RuleTests.run(config, rules));
        if (tests != null) {
            findings.addAll(tests.failures());
        }
        findings.forEach(finding -> spec.commandLine().getOut().println(finding));
        if (!findings.isEmpty()) {
            spec.commandLine().getErr().println("config check: " + findings.size() + " finding(s) in " + config);
            return 1;
        }
        spec.commandLine()
                .getOut()
                .println("configuration " + config + " is good; rules " + (rules == null ? "none" : rules.version())
                        + ", " + (tests == null ? 0 : tests.tests()) + " rule tests passed");
        return 0;
    }

    private static <T> @Nullable T collect(List<Finding> findings, Supplier<T> read) {
        try {
            return read.get();
        } catch (ConfigException e) {
            findings.addAll(e.findings());
            return null;
        }
    }
}
