package io.osmanthus.http;

import io.osmanthus.engine.rules.Matter;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.rules.RuleTests;
import io.osmanthus.snapshots.vocabulary.ConfigException;
import io.osmanthus.snapshots.vocabulary.ConfigException.Finding;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What nodes must agree on to answer alike: the rules with their vocabulary, and the clients, under one content hash.
 * Immutable. {@code server.yaml} is not part of it: it is of one node, and read at its start.
 *
 * @param hash 64 hexadecimal digits, over names and bytes of the files
 * @param rulesHash the same without {@code clients.yaml}
 */
public record Configuration(String hash, String rulesHash, RuleSet rules, Clients clients) {
    /** Beside {@code rules/*.yaml} and {@code holidays/*.json}. */
    private static final List<String> FILES =
            List.of("catalogue.yaml", "districts.yaml", "lists.yaml", "regimes.yaml", "scenes.yaml");

    private static final String CLIENTS = "clients.yaml";

    private static final int TRIES = 3;

    /**
     * Reads a directory whole: every file, and the rule tests.
     *
     * @param policy what {@code server.yaml} says about keys
     * @throws ConfigException with every finding in any of them; nothing has taken effect then
     */
    public static Configuration load(Path directory, KeyPolicy policy) {
        for (int tried = 1; ; tried++) {
            String before = hash(directory);
            Configuration read = read(before, directory, policy);
            if (before.equals(hash(directory))) {
                return read;
            }
            if (tried == TRIES) {
                throw new ConfigException(
                        directory.toString(), 0, "the files are being changed: ask again when they are all in place");
            }
        }
    }

    /** Of a configuration that was made, not read: by {@code demo}, by tests. It has no files to be reloaded from. */
    public static Configuration of(RuleSet rules, Clients clients) {
        return new Configuration("", rules.version(), rules, clients);
    }

    /** The hash of what a directory holds, sound or not. */
    static String hash(Path directory) {
        return hash(directory, true);
    }

    private static String hash(Path directory, boolean withClients) {
        List<Path> files = new ArrayList<>();
        FILES.forEach(name -> files.add(directory.resolve(name)));
        files.addAll(in(directory.resolve("rules"), ".yaml"));
        files.addAll(in(directory.resolve("holidays"), ".json"));
        if (withClients) {
            files.add(directory.resolve(CLIENTS));
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files) {
                byte[] name = directory.relativize(file).toString().getBytes(StandardCharsets.UTF_8);
                byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
                digest.update(ByteBuffer.allocate(8)
                        .putInt(name.length)
                        .putInt(bytes.length)
                        .flip());
                digest.update(name);
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new ConfigException(directory.toString(), 0, "the files cannot be read: " + e.getMessage());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static List<Path> in(Path directory, String suffix) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> list = Files.list(directory)) {
            return list.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new ConfigException(directory.toString(), 0, "the directory cannot be read: " + e.getMessage());
        }
    }

    private static Configuration read(String hash, Path directory, KeyPolicy policy) {
        List<Finding> findings = new ArrayList<>();
        Vocabulary vocabulary = collect(findings, () -> Vocabulary.load(directory));
        RuleSet rules = vocabulary == null ? null : collect(findings, () -> RuleSet.load(directory, vocabulary));
        Clients clients = rules == null
                ? null
                : collect(findings, () -> Clients.load(directory, rules.vocabulary(), matters(rules), policy));
        RuleTests.Report tests = rules == null ? null : collect(findings, () -> RuleTests.run(directory, rules));
        if (tests != null) {
            findings.addAll(tests.failures());
        }
        if (!findings.isEmpty() || rules == null || clients == null) {
            throw new ConfigException(findings);
        }
        return new Configuration(hash, hash(directory, false), rules, clients);
    }

    private static Set<String> matters(RuleSet rules) {
        return rules.matters().stream().map(Matter::id).collect(Collectors.toSet());
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
