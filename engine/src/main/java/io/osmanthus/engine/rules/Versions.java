package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.Yaml;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Rules of one kind by what they are about, each in one or more versions by the first day on which it holds. The last that
 * has begun holds; before the first has, the first.
 */
final class Versions<K, T> {
    private final Map<K, TreeMap<Integer, T>> versions = new LinkedHashMap<>();

    /** Adds a version; a second one from the same day is a fault with this message. */
    void add(K about, int from, T version, Yaml.Mapping mapping, String key, String twice) {
        TreeMap<Integer, T> days = versions.computeIfAbsent(about, ignored -> new TreeMap<>());
        if (days.putIfAbsent(from, version) != null) {
            throw mapping.fault(key, twice);
        }
    }

    /** The place of what a rule is about, in the order of the files. */
    int index(K about) {
        return List.copyOf(versions.keySet()).indexOf(about);
    }

    /** The first days of all versions. */
    Set<Integer> days() {
        TreeSet<Integer> days = new TreeSet<>();
        versions.values().forEach(one -> days.addAll(one.keySet()));
        return days;
    }

    /** What holds on a day, in the order of the files. */
    Map<K, T> on(int day) {
        Map<K, T> holding = new LinkedHashMap<>();
        versions.forEach((about, days) -> {
            Map.Entry<Integer, T> begun = days.floorEntry(day);
            holding.put(about, begun == null ? days.firstEntry().getValue() : begun.getValue());
        });
        return holding;
    }

    List<T> listOn(int day) {
        return new ArrayList<>(on(day).values());
    }
}
