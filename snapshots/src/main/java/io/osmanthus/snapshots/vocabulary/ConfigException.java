package io.osmanthus.snapshots.vocabulary;

import java.util.List;
import java.util.stream.Collectors;

/** Configuration that cannot be used: every finding, each with file and line. Thrown before anything has taken effect. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** One fault. {@code line} counts from 1; 0 means the file as a whole. */
    public record Finding(String file, int line, String message) {
        @Override
        public String toString() {
            return line == 0 ? file + ": " + message : file + ":" + line + ": " + message;
        }
    }

    private final transient List<Finding> findings;

    public ConfigException(List<Finding> findings) {
        super(findings.stream().map(Finding::toString).collect(Collectors.joining("\n")));
        this.findings = List.copyOf(findings);
    }

    public ConfigException(String file, int line, String message) {
        this(List.of(new Finding(file, line, message)));
    }

    /** All faults found, in the order of the files. */
    public List<Finding> findings() {
        return findings;
    }
}
