package io.osmanthus.snapshots.vocabulary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class YamlTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void read_values_comeAsAsked() throws IOException {
        String text = "a: x\nb: 7\nc: true\nd: 2026-02-28\ne: [1, 2]\nf: {g: h}\n";
        String read = read(
                text,
                root -> root.text("a")
                        + root.integer("b", 7, 7)
                        + root.flag("c", false)
                        + root.date("d")
                        + root.integers("e", 1, 2)
                        + root.mapping("f", f -> f.text("g"))
                        + root.text("z", "-")
                        + root.texts("y")
                        + root.integer("x", 0, 1, 5));
        assertEquals("x7true2026-02-28[1, 2]h-[]5", read);
    }

    @Test
    void read_faults_areNamedWithFileAndLine() throws IOException {
        finding("a: x\nb: y\n", root -> root.text("a"), 2, "unknown key 'b'");
        finding("a: x\na: y\n", root -> root.text("a"), 2, "'a' is repeated");
        finding("a: {b: x,\n  c: y}\n", root -> root.mapping("a", a -> a.text("b")), 2, "unknown key 'c'");
        finding("b: 1\n", root -> root.text("a"), 1, "'a' is missing");
        finding("\na: 8\n", root -> root.integer("a", 1, 7), 2, "within 1 … 7, found 8");
        finding("a: 1.5\n", root -> root.integer("a", 1, 7), 1, "whole number");
        finding("a: yes\n", root -> root.flag("a", false), 1, "true or false");
        finding("a: 2026-02-30\n", root -> root.date("a"), 1, "date");
        finding("a: ''\n", root -> root.text("a"), 1, "non-empty");
        finding("a: [1]\n", root -> root.text("a"), 1, "non-empty value");
        finding("a: x\n", root -> root.texts("a"), 1, "must be a list");
        finding("a: x\n", root -> root.mapping("a", a -> a.text("b")), 1, "must be a mapping");
        finding("- a\n", root -> root.text("a"), 1, "mapping at the top");
        finding("a: [\n", root -> root.text("a"), 0, "");
        finding("", root -> root.text("a"), 1, "mapping at the top");
    }

    @Test
    void read_severalFaults_areAllFound() throws IOException {
        Path file = Files.writeString(directory.resolve("x.yaml"), "list: [{a: 1}, {b: 1}, {a: 2, c: 3}]\nmore: 1\n");
        ConfigException refused = assertThrows(
                ConfigException.class, () -> Yaml.read(file, root -> root.mappings("list", one -> one.text("a"))));
        assertEquals(
                List.of("'a' is missing", "unknown key 'c'", "unknown key 'more'"),
                refused.findings().stream()
                        .map(ConfigException.Finding::message)
                        .sorted()
                        .toList());
    }

    @Test
    void read_missingFileOrTooLarge_isRefused() throws IOException {
        Path file = directory.resolve("x.yaml");
        assertThrows(ConfigException.class, () -> Yaml.read(file, root -> root.text("a")));
        Files.writeString(file, "a: x\n" + "\n".repeat(Yaml.FILE_BYTES_MAX - 5));
        assertEquals("x", Yaml.read(file, root -> root.text("a")));
        Files.writeString(file, "a: x\n" + "\n".repeat(Yaml.FILE_BYTES_MAX - 4));
        assertThrows(ConfigException.class, () -> Yaml.read(file, root -> root.text("a")));
        Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xFF});
        assertThrows(ConfigException.class, () -> Yaml.read(file, root -> root.text("a")));
    }

    private <T> T read(String text, Function<Yaml.Mapping, T> parse) throws IOException {
        return Yaml.read(Files.writeString(directory.resolve("x.yaml"), text), parse);
    }

    private void finding(String text, Function<Yaml.Mapping, ?> parse, int line, String message) throws IOException {
        Path file = Files.writeString(directory.resolve("x.yaml"), text);
        ConfigException refused = assertThrows(
                ConfigException.class,
                () -> Yaml.read(file, root -> {
                    return String.valueOf(parse.apply(root));
                }),
                text);
        assertEquals(1, refused.findings().size(), refused.getMessage());
        ConfigException.Finding found = refused.findings().get(0);
        assertEquals("x.yaml", found.file());
        assertTrue(found.message().contains(message), found.message());
        if (line > 0) {
            assertEquals(line, found.line(), found.message());
        }
    }
}
