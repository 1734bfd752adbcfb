package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.nio.file.Path;
import java.util.List;

/** The rules in force: schemes, scenes, matters, under one version. Immutable and thread-safe. */
public final class RuleSet {
    private RuleSet() {}

    /**
     * Reads {@code rules/*.yaml} of a configuration directory.
     *
     * @throws io.osmanthus.snapshots.vocabulary.ConfigException with every finding
     */
    public static RuleSet load(Path config, Vocabulary vocabulary) {
        throw new UnsupportedOperationException();
    }

    /** Content hash of the rules and the vocabulary they refer to: 16 hexadecimal digits. */
    public String version() {
        throw new UnsupportedOperationException();
    }

    public boolean demonstration() {
        throw new UnsupportedOperationException();
    }

    public Vocabulary vocabulary() {
        throw new UnsupportedOperationException();
    }

    /** By scene index. */
    public List<SceneRule> scenes() {
        throw new UnsupportedOperationException();
    }

    /** By matter index. */
    public List<Matter> matters() {
        throw new UnsupportedOperationException();
    }

    /** A judge for one thread. */
    public Judge judge() {
        throw new UnsupportedOperationException();
    }
}
