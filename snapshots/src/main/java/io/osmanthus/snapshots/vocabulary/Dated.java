package io.osmanthus.snapshots.vocabulary;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A limit of the law, and the first day on which it holds. */
record Dated(LocalDate from, int value, String legalBasis) {
    /** The values of a key in the order of their days; there is one at the least. */
    static List<Dated> of(Yaml.Mapping root, String key, int min, int max) {
        List<Dated> values = new ArrayList<>(root.mappings(
                key,
                entry -> new Dated(entry.date("from"), entry.integer("value", min, max), entry.text("legal_basis"))));
        if (values.isEmpty()) {
            throw root.fault(key, "'" + key + "' needs at least one dated value");
        }
        values.sort(Comparator.comparing(Dated::from));
        return List.copyOf(values);
    }

    /** The value on a day; before the first day the first. */
    static int at(List<Dated> values, LocalDate day) {
        int value = values.get(0).value();
        for (Dated dated : values) {
            if (!dated.from().isAfter(day)) {
                value = dated.value();
            }
        }
        return value;
    }
}
