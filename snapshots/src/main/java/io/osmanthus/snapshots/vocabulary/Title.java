package io.osmanthus.snapshots.vocabulary;

/** A name as people read it, in Chinese and English. */
public record Title(String zh, String en) {
    /** Reads {@code {zh: …, en: …}}. */
    public static Title of(Yaml.Mapping mapping) {
        return new Title(mapping.text("zh"), mapping.text("en"));
    }
}
