package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.ConfigException;
import io.osmanthus.snapshots.vocabulary.ConfigException.Finding;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import io.osmanthus.snapshots.vocabulary.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rules in force: schemes, scenes, matters, under one version. Immutable and thread-safe. */
public final class RuleSet {
    /** More files than this in {@code rules/} is a wrong directory. */
    static final int FILES_MAX = 256;

    /** The files of the vocabulary on which the meaning of the rules depends. */
    private static final List<String> VOCABULARY_FILES =
            List.of("catalogue.yaml", "lists.yaml", "scenes.yaml", "regimes.yaml");

    private final String version;
    private final boolean demonstration;
    private final Vocabulary vocabulary;
    private final Map<SubjectType, ScoringScheme> schemes;
    private final List<SceneRule> scenes;
    private final List<SceneTable> tables;
    private final List<boolean[]> views;
    private final List<Matter> matters;
    private final Limits limits;

    private RuleSet(String version, Vocabulary vocabulary, Reading reading, SceneDrafts drafts) {
        this.version = version;
        this.demonstration = reading.demonstration || vocabulary.demonstration();
        this.vocabulary = vocabulary;
        this.schemes = reading.schemes;
        this.scenes = drafts.rules();
        this.tables = drafts.tables();
        this.views = drafts.views();
        this.matters = List.copyOf(reading.matters);
        this.limits = new Limits(vocabulary.regimes());
    }

    /**
     * Reads {@code rules/*.yaml} of a configuration directory.
     *
     * @throws ConfigException with every finding
     */
    public static RuleSet load(Path config, Vocabulary vocabulary) {
        List<Path> files = files(config.resolve("rules"));
        Reading reading = new Reading(vocabulary);
        files.forEach(reading::read);
        SceneDrafts drafts = new SceneDrafts(vocabulary, reading.schemes, reading.findings);
        if (reading.findings.isEmpty()) {
            drafts.complete(reading.drafts);
        }
        for (SubjectType subject : SubjectType.values()) {
            if (reading.findings.isEmpty() && !reading.schemes.containsKey(subject)) {
                reading.findings.add(
                        new Finding("rules", 0, "no scheme about " + SchemeReader.word(subject) + "s in any file"));
            }
        }
        if (!reading.findings.isEmpty()) {
            throw new ConfigException(reading.findings);
        }
        return new RuleSet(version(config, files), vocabulary, reading, drafts);
    }

    /** What the rule files say, while they are read one after the other. */
    private static final class Reading {
        final List<Finding> findings = new ArrayList<>();
        final Map<SubjectType, ScoringScheme> schemes = new EnumMap<>(SubjectType.class);
        final List<SceneReader.Draft> drafts = new ArrayList<>();
        final List<Matter> matters = new ArrayList<>();
        final Vocabulary vocabulary;
        boolean demonstration;

        Reading(Vocabulary vocabulary) {
            this.vocabulary = vocabulary;
        }

        void read(Path file) {
            try {
                Yaml.read(file, root -> {
                    root(root);
                    return this;
                });
            } catch (ConfigException e) {
                findings.addAll(e.findings());
            }
        }

        private void root(Yaml.Mapping root) {
            demonstration |= root.flag("demonstration", false);
            long tables =
                    Stream.of("scheme", "scenes", "matters").filter(root::has).count();
            if (tables != 1) {
                throw new ConfigException(
                        root.file(), 1, "a rule file has one of 'scheme', 'scenes', 'matters'; found " + tables);
            }
            if (root.has("scheme")) {
                ScoringScheme scheme = root.mapping("scheme", mapping -> new SchemeReader(vocabulary).read(mapping));
                if (schemes.putIfAbsent(scheme.subject(), scheme) != null) {
                    throw root.fault(
                            "scheme",
                            "another file has a scheme about " + SchemeReader.word(scheme.subject()) + "s already");
                }
            }
            root.forEach("scenes", mapping -> drafts.add(new SceneReader(vocabulary).read(mapping)));
            root.forEach("matters", mapping -> {
                Matter matter = new MatterReader(vocabulary).read(mapping, matters.size());
                if (matters.stream().anyMatch(one -> one.id().equals(matter.id()))) {
                    throw mapping.fault("id", "matter '" + matter.id() + "' stands twice");
                }
                matters.add(matter);
            });
        }
    }

    /** Content hash of the rules and the vocabulary they refer to: 16 hexadecimal digits. */
    public String version() {
        return version;
    }

    public boolean demonstration() {
        return demonstration;
    }

    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** The scheme by which subjects of a type are scored. */
    public ScoringScheme scheme(SubjectType subject) {
        ScoringScheme scheme = schemes.get(subject);
        if (scheme == null) {
            throw new IllegalStateException("no scheme about " + subject);
        }
        return scheme;
    }

    /** By scene index. */
    public List<SceneRule> scenes() {
        return scenes;
    }

    /** By matter index. */
    public List<Matter> matters() {
        return matters;
    }

    /** The matter of an id, or null. */
    public @Nullable Matter matter(String id) {
        return matters.stream()
                .filter(matter -> matter.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    /** A judge for one thread. */
    public Judge judge() {
        return new Judge(this);
    }

    List<SceneTable> tables() {
        return tables;
    }

    /** What adverse items the scenes see: by item index. {@link SceneTable#view} is a place in it. */
    List<boolean[]> views() {
        return views;
    }

    Limits limits() {
        return limits;
    }

    private static List<Path> files(Path rules) {
        try (Stream<Path> paths = Files.list(rules)) {
            List<Path> files = paths.filter(path -> path.toString().endsWith(".yaml"))
                    .sorted((a, b) -> name(a).compareTo(name(b)))
                    .limit(FILES_MAX + 1L)
                    .toList();
            if (files.isEmpty() || files.size() > FILES_MAX) {
                throw new ConfigException("rules", 0, "1 … " + FILES_MAX + " files *.yaml expected in " + rules);
            }
            return files;
        } catch (IOException e) {
            throw new ConfigException("rules", 0, "missing; a directory with *.yaml is expected at " + rules);
        }
    }

    /** SHA-256 over name, length and bytes of each file in the order of the names, vocabulary first. */
    private static String version(Path config, List<Path> rules) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String name : VOCABULARY_FILES.stream().sorted().toList()) {
                update(digest, name, config.resolve(name));
            }
            for (Path file : rules) {
                update(digest, "rules/" + name(file), file);
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void update(MessageDigest digest, String name, Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, bytes.length));
        digest.update(bytes);
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
