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
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules: schemes, scenes, matters, each in one or more versions with the day from which it holds, all under one content
 * hash. Immutable and thread-safe.
 */
public final class RuleSet {
    /** More files than this in {@code rules/} is a wrong directory. */
    static final int FILES_MAX = 256;

    /** Every judge keeps room for each edition. */
    static final int EDITIONS_MAX = 64;

    /** The files of the vocabulary on which the meaning of the rules depends. */
    private static final List<String> VOCABULARY_FILES =
            List.of("catalogue.yaml", "lists.yaml", "scenes.yaml", "regimes.yaml");

    private final String version;
    private final boolean demonstration;
    private final Vocabulary vocabulary;
    private final Limits limits;

    /** By their first day, ascending. */
    private final List<Edition> editions;

    /** The one that {@link #scenes}, {@link #matters} and {@link #scheme} are of. */
    private final Edition held;

    private RuleSet(
            String version,
            boolean demonstration,
            Vocabulary vocabulary,
            Limits limits,
            List<Edition> editions,
            Edition held) {
        this.version = version;
        this.demonstration = demonstration;
        this.vocabulary = vocabulary;
        this.limits = limits;
        this.editions = editions;
        this.held = held;
    }

    /**
     * Reads {@code rules/*.yaml} of a configuration directory. Scenes, matters and schemes of the result are those of the
     * newest version; {@link #on} gives those of a day.
     *
     * @throws ConfigException with every finding
     */
    public static RuleSet load(Path config, Vocabulary vocabulary) {
        List<Path> files = files(config.resolve("rules"));
        Reading reading = new Reading(vocabulary);
        files.forEach(reading::read);
        List<Edition> editions = reading.findings.isEmpty() ? reading.editions() : List.of();
        if (!reading.findings.isEmpty()) {
            throw new ConfigException(reading.findings.stream().distinct().toList());
        }
        return new RuleSet(
                version(config, files),
                reading.demonstration || vocabulary.demonstration(),
                vocabulary,
                new Limits(vocabulary.regimes()),
                editions,
                editions.get(editions.size() - 1));
    }

    /** The same rules, with scenes, matters and schemes in the versions that hold on a day. */
    public RuleSet on(LocalDate day) {
        return new RuleSet(version, demonstration, vocabulary, limits, editions, edition((int) day.toEpochDay()));
    }

    /** What the rule files say, while they are read one after the other. */
    private static final class Reading {
        final List<Finding> findings = new ArrayList<>();
        final Versions<SubjectType, ScoringScheme> schemes = new Versions<>();
        final Versions<String, SceneReader.Draft> drafts = new Versions<>();
        final Versions<String, Matter> matters = new Versions<>();
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
            LocalDate date = root.dateOrNull("from");
            int from = date == null ? Integer.MIN_VALUE : (int) date.toEpochDay();
            if (root.has("scheme")) {
                ScoringScheme scheme = root.mapping("scheme", mapping -> new SchemeReader(vocabulary).read(mapping));
                String word = SchemeReader.word(scheme.subject());
                String twice = "another file has a scheme about " + word + "s already, from the same day";
                schemes.add(scheme.subject(), from, scheme, root, "scheme", twice);
            }
            root.forEach("scenes", mapping -> {
                SceneReader.Draft draft = new SceneReader(vocabulary).read(mapping);
                String id = draft.definition().id();
                drafts.add(id, from, draft, mapping, "scene", "scene '" + id + "' has its benefits already");
            });
            root.forEach("matters", mapping -> {
                Matter matter = new MatterReader(vocabulary).read(mapping);
                matters.add(matter.id(), from, matter, mapping, "id", "matter '" + matter.id() + "' stands twice");
            });
        }

        /** What holds between one first day of any version and the next; faults become findings. */
        List<Edition> editions() {
            TreeSet<Integer> days = new TreeSet<>(List.of(Integer.MIN_VALUE));
            days.addAll(schemes.days());
            days.addAll(drafts.days());
            days.addAll(matters.days());
            if (days.size() > EDITIONS_MAX) {
                findings.add(new Finding("rules", 0, "at most " + EDITIONS_MAX + " days 'from', found " + days.size()));
            }
            List<Edition> editions = new ArrayList<>();
            for (int day : days) {
                Map<SubjectType, ScoringScheme> holding = schemes.on(day);
                SceneDrafts scenes = new SceneDrafts(vocabulary, holding, findings);
                scenes.complete(drafts.listOn(day));
                for (SubjectType subject : SubjectType.values()) {
                    if (findings.isEmpty() && !holding.containsKey(subject)) {
                        String word = SchemeReader.word(subject);
                        findings.add(new Finding("rules", 0, "no scheme about " + word + "s in any file"));
                    }
                }
                List<Matter> numbered = new ArrayList<>();
                for (Matter matter : matters.listOn(day)) {
                    numbered.add(new Matter(numbered.size(), matter.id(), matter.title(), matter.effects()));
                }
                editions.add(new Edition(
                        day,
                        Map.copyOf(holding),
                        scenes.rules(),
                        scenes.tables(),
                        scenes.views(),
                        List.copyOf(numbered)));
            }
            return List.copyOf(editions);
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
        return held.scheme(subject);
    }

    /** By scene index. */
    public List<SceneRule> scenes() {
        return held.scenes();
    }

    /** By matter index, which is the same on every day. */
    public List<Matter> matters() {
        return held.matters();
    }

    /** The matter of an id, or null. */
    public @Nullable Matter matter(String id) {
        return matters().stream()
                .filter(matter -> matter.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    /** A judge for one thread. */
    public Judge judge() {
        return new Judge(this);
    }

    List<Edition> editions() {
        return editions;
    }

    private Edition edition(int day) {
        Edition begun = editions.get(0);
        for (Edition edition : editions) {
            begun = edition.from() <= day ? edition : begun;
        }
        return begun;
    }

    Limits limits() {
        return limits;
    }

    private static List<Path> files(Path rules) {
        try (Stream<Path> paths = Files.list(rules)) {
            List<Path> found = paths.filter(
                            path -> !name(path).startsWith(".") && !name(path).endsWith(".md"))
                    .limit(2L * FILES_MAX)
                    .toList();
            for (Path path : found) {
                if (!name(path).endsWith(".yaml")) {
                    throw new ConfigException(
                            "rules/" + name(path), 0, "is no file *.yaml: rules in it would silently not hold");
                }
            }
            List<Path> files = found.stream()
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
