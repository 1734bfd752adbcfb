package io.osmanthus.snapshots.vocabulary;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One strictly read YAML file. A key that nobody asked for, a repeated key, a value of the wrong kind or out of range is
 * a finding with file and line; reading goes on where it can, so that one run names every fault.
 *
 * <p>Read with {@link #read}: the function receives the root mapping, and findings collected by then are thrown together.
 * Not thread-safe; nothing of it survives the read.
 */
public final class Yaml {
    /** No configuration file of ours is larger; a bound on what a stray path can make us read, below the parser's own. */
    static final int FILE_BYTES_MAX = 2 << 20;

    /** As a person writes it: no other digits than ASCII's, no plus, no leading zero (an octal to some readers). */
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]{0,17})");

    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    private static final int YEAR_MIN = 1900;
    private static final int YEAR_MAX = 9999;

    /** What a plain value may be; anything else has been tagged by hand. */
    private static final Set<Tag> SCALAR_TAGS = Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL);

    private final String file;
    private final List<ConfigException.Finding> findings = new ArrayList<>();

    private Yaml(String file) {
        this.file = file;
    }

    /**
     * Reads the file and maps its root. Anchors and aliases are expanded; merge keys are not understood.
     *
     * @throws ConfigException with every finding, also when the file is missing or is not YAML
     */
    public static <T> T read(Path path, Function<Mapping, T> parse) {
        String name = String.valueOf(path.getFileName());
        Yaml yaml = new Yaml(name);
        T value = null;
        try {
            Mapping root = yaml.root(path);
            value = parse.apply(root);
            root.close();
        } catch (ConfigException e) {
            yaml.findings.addAll(e.findings());
        }
        if (value == null || !yaml.findings.isEmpty()) {
            throw new ConfigException(yaml.findings);
        }
        return value;
    }

    private Mapping root(Path path) {
        String text;
        try {
            if (Files.size(path) > FILE_BYTES_MAX) {
                throw new ConfigException(file, 0, "larger than " + FILE_BYTES_MAX + " bytes");
            }
            text = Files.readString(path, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new ConfigException(file, 0, "missing; expected at " + path);
        } catch (IOException e) {
            throw new ConfigException(file, 0, "cannot be read as UTF-8: " + e.getMessage());
        }
        try {
            Optional<Node> node =
                    new Compose(LoadSettings.builder().setLabel(file).build()).composeString(text);
            if (!(node.orElse(null) instanceof MappingNode mapping)) {
                throw new ConfigException(file, 1, "expected a mapping at the top");
            }
            return new Mapping(mapping);
        } catch (StackOverflowError e) {
            throw new ConfigException(file, 0, "nested too deep");
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            throw new ConfigException(file, line, e.getProblem());
        } catch (YamlEngineException e) {
            throw new ConfigException(file, 0, "not YAML: " + e.getMessage());
        }
    }

    static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(-1) + 1;
    }

    /** A mapping being read. Every key that was not asked for by {@link #close} is a finding. */
    public final class Mapping {
        private final MappingNode node;
        private final Map<String, Node> values = new LinkedHashMap<>();
        private final Map<String, Integer> unread = new LinkedHashMap<>();

        private Mapping(MappingNode node) {
            this.node = node;
            for (NodeTuple tuple : node.getValue()) {
                int line = Yaml.line(tuple.getKeyNode());
                if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                    finding(line, "a key must be a plain word");
                    continue;
                }
                if (key.getValue().equals("<<")) {
                    finding(line, "merge keys ('<<') are not understood: say it in 'every' of a table");
                }
                if (values.putIfAbsent(key.getValue(), tuple.getValueNode()) != null) {
                    finding(line, "key '" + key.getValue() + "' is repeated");
                }
                unread.put(key.getValue(), line);
            }
        }

        /** The file's name, for findings that are made elsewhere. */
        public String file() {
            return file;
        }

        /** The line where this mapping begins, from 1. */
        public int line() {
            return Yaml.line(node);
        }

        /** The line of a key's value, or of the mapping where the key is absent. */
        public int line(String key) {
            Node value = values.get(key);
            return value == null ? line() : Yaml.line(value);
        }

        /** Records a fault and goes on. */
        public void finding(int line, String message) {
            findings.add(new ConfigException.Finding(file, line, message));
        }

        /** A fault after which this mapping cannot be read further. */
        public ConfigException fault(String key, String message) {
            return new ConfigException(file, line(key), message);
        }

        public boolean has(String key) {
            return values.containsKey(key);
        }

        /** The keys, in the file's order. Asking for them does not count as reading their values. */
        public List<String> keys() {
            return List.copyOf(values.keySet());
        }

        /** A non-empty text. */
        public String text(String key) {
            return scalar(key, require(key));
        }

        public @Nullable String textOrNull(String key) {
            Node value = take(key);
            return value == null ? null : scalar(key, value);
        }

        public String text(String key, String absent) {
            String value = textOrNull(key);
            return value == null ? absent : value;
        }

        public boolean flag(String key, boolean absent) {
            Node value = take(key);
            if (value == null) {
                return absent;
            }
            String text = scalar(key, value);
            if (!text.equals("true") && !text.equals("false")) {
                throw fault(key, "'" + key + "' must be true or false, found '" + text + "'");
            }
            return text.equals("true");
        }

        /** A whole number within {@code min … max}. */
        public int integer(String key, int min, int max) {
            return (int) number(key, text(key), min, max);
        }

        public int integer(String key, int min, int max, int absent) {
            return has(key) ? integer(key, min, max) : absent;
        }

        /** A date as {@code YYYY-MM-DD}, of 1900 to 9999: days of rules are counted as ints. */
        public LocalDate date(String key) {
            String text = text(key);
            try {
                LocalDate date = LocalDate.parse(text);
                if (DATE.matcher(text).matches() && date.getYear() >= YEAR_MIN && date.getYear() <= YEAR_MAX) {
                    return date;
                }
            } catch (DateTimeParseException e) {
                // said below
            }
            throw fault(
                    key,
                    "'" + key + "' must be a date YYYY-MM-DD of the years " + YEAR_MIN + " … " + YEAR_MAX + ", found '"
                            + text + "'");
        }

        public @Nullable LocalDate dateOrNull(String key) {
            return has(key) ? date(key) : null;
        }

        /** One of the constants, written in lower case with hyphens or underscores. */
        public <E extends Enum<E>> E oneOf(String key, Class<E> type) {
            String text = text(key);
            for (E constant : type.getEnumConstants()) {
                if (word(constant).equals(text.replace('-', '_'))) {
                    return constant;
                }
            }
            List<String> words = new ArrayList<>();
            for (E constant : type.getEnumConstants()) {
                words.add(word(constant));
            }
            throw fault(key, "'" + key + "' must be one of " + words + ", found '" + text + "'");
        }

        /** A list of texts; absent is empty. */
        public List<String> texts(String key) {
            List<String> texts = new ArrayList<>();
            for (Node element : sequence(key)) {
                texts.add(scalar(key, element));
            }
            return texts;
        }

        /** A list of whole numbers within {@code min … max}; absent is empty. */
        public List<Integer> integers(String key, int min, int max) {
            List<Integer> integers = new ArrayList<>();
            for (Node element : sequence(key)) {
                integers.add((int) number(key, scalar(key, element), min, max));
            }
            return integers;
        }

        /** A nested mapping. The consumer need not close it. */
        public <T> T mapping(String key, Function<Mapping, T> parse) {
            return parsed(key, require(key), parse);
        }

        public <T> @Nullable T mappingOrNull(String key, Function<Mapping, T> parse) {
            Node value = take(key);
            return value == null ? null : parsed(key, value, parse);
        }

        /** A list of mappings; absent is empty. An element with a fault is left out and its finding kept. */
        public <T> List<T> mappings(String key, Function<Mapping, T> parse) {
            List<T> parsed = new ArrayList<>();
            forEach(key, mapping -> parsed.add(parse.apply(mapping)));
            return parsed;
        }

        /** Each mapping of a list; a fault in one is kept as a finding and the next is read. */
        public void forEach(String key, Consumer<Mapping> consumer) {
            for (Node element : sequence(key)) {
                try {
                    parsed(key, element, mapping -> {
                        consumer.accept(mapping);
                        return mapping;
                    });
                } catch (ConfigException e) {
                    findings.addAll(e.findings());
                }
            }
        }

        /**
         * Each element of a list and, under {@code tables}, each row of a table: both are read as mappings by the same
         * consumer. A table is {@code {every: {…}, columns: […], rows: [[…], …]}}: a row is a mapping of what stands in
         * {@code every} and of its cells under the columns' names. A column {@code a.b} is key {@code b} of a nested
         * mapping {@code a}; {@code ~}, or a cell left off at the end, is a key not given.
         */
        public void forEachRow(String key, Consumer<Mapping> consumer) {
            forEach(key, consumer);
            forEach("tables", table -> {
                Node every = table.take("every");
                if (every != null && !(every instanceof MappingNode)) {
                    throw table.fault("every", "'every' must be a mapping");
                }
                List<String> columns = table.texts("columns");
                List<Node> rows = table.sequence("rows");
                if (columns.isEmpty() || rows.isEmpty()) {
                    throw table.fault("columns", "a table needs 'columns' and 'rows'");
                }
                for (Node row : rows) {
                    try {
                        parsed("rows", YamlRows.row(file, every, columns, row), mapping -> {
                            consumer.accept(mapping);
                            return mapping;
                        });
                    } catch (ConfigException e) {
                        findings.addAll(e.findings());
                    }
                }
            });
        }

        /** Refuses the keys that nobody asked for. Called by the reader itself for every mapping. */
        void close() {
            unread.forEach((key, line) -> finding(line, "unknown key '" + key + "'"));
            unread.clear();
        }

        private <T> T parsed(String key, Node value, Function<Mapping, T> parse) {
            if (!(value instanceof MappingNode child)) {
                throw new ConfigException(file, Yaml.line(value), "'" + key + "' must be a mapping");
            }
            untagged(key, child, Tag.MAP);
            Mapping mapping = new Mapping(child);
            T parsed = parse.apply(mapping);
            mapping.close();
            return parsed;
        }

        private List<Node> sequence(String key) {
            Node value = take(key);
            if (value == null) {
                return List.of();
            }
            if (!(value instanceof SequenceNode list)) {
                throw fault(key, "'" + key + "' must be a list");
            }
            untagged(key, list, Tag.SEQ);
            return list.getValue();
        }

        private String scalar(String key, Node value) {
            if (!(value instanceof ScalarNode scalar) || !visible(scalar.getValue())) {
                throw new ConfigException(file, Yaml.line(value), "'" + key + "' must be a non-empty value");
            }
            if (!SCALAR_TAGS.contains(scalar.getTag())) {
                untagged(key, scalar, Tag.STR);
            }
            return scalar.getValue();
        }

        private void untagged(String key, Node value, Tag expected) {
            if (!value.getTag().equals(expected)) {
                throw new ConfigException(
                        file,
                        Yaml.line(value),
                        "'" + key + "' has a tag, '" + value.getTag() + "'; none is understood");
            }
        }

        /** Whether a reader sees something: blanks of any width and marks of format alone are nothing. */
        private static boolean visible(String text) {
            return text.codePoints()
                    .anyMatch(c -> !Character.isWhitespace(c)
                            && !Character.isSpaceChar(c)
                            && Character.getType(c) != Character.FORMAT
                            && !Character.isISOControl(c));
        }

        private long number(String key, String text, int min, int max) {
            if (!NUMBER.matcher(text).matches()) {
                throw fault(key, "'" + key + "' must be a whole number, found '" + text + "'");
            }
            long value = Long.parseLong(text);
            if (value < min || value > max) {
                throw fault(key, "'" + key + "' must be within " + min + " … " + max + ", found " + value);
            }
            return value;
        }

        private Node require(String key) {
            Node value = take(key);
            if (value == null) {
                throw new ConfigException(file, line(), "'" + key + "' is missing");
            }
            return value;
        }

        private @Nullable Node take(String key) {
            unread.remove(key);
            return values.get(key);
        }

        private String word(Enum<?> constant) {
            return constant.name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
