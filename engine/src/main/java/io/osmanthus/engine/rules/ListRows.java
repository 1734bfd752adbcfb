package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import io.osmanthus.snapshots.vocabulary.Yaml;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows that say something of lists: {@code lists: […]} names them, {@code others_of: <kind>} stands for every list of a
 * kind that no row of the same table names. A list has one meaning in a table.
 */
final class ListRows<T> {
    private final Vocabulary vocabulary;
    private final Map<ListDefinition, T> named = new LinkedHashMap<>();
    private final Map<ListDefinition.Kind, T> others = new EnumMap<>(ListDefinition.Kind.class);

    ListRows(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** The lists that a row may be about; of {@code others_of} all of the kind. */
    List<ListDefinition> named(Yaml.Mapping row) {
        if (row.has("lists") == row.has("others_of")) {
            throw row.fault("lists", "a row needs either 'lists' or 'others_of'");
        }
        if (row.has("others_of")) {
            ListDefinition.Kind kind = row.oneOf("others_of", ListDefinition.Kind.class);
            return vocabulary.lists().stream()
                    .filter(list -> list.kind() == kind)
                    .toList();
        }
        List<ListDefinition> lists = new ArrayList<>();
        for (String id : row.texts("lists")) {
            ListDefinition list = vocabulary.list(id);
            if (list == null) {
                throw row.fault("lists", "list '" + id + "' is not in lists.yaml");
            }
            lists.add(list);
        }
        if (lists.isEmpty()) {
            throw row.fault("lists", "'lists' needs at least one list");
        }
        return lists;
    }

    void add(Yaml.Mapping row, T meaning) {
        if (row.has("others_of")) {
            ListDefinition.Kind kind = row.oneOf("others_of", ListDefinition.Kind.class);
            if (others.putIfAbsent(kind, meaning) != null) {
                throw row.fault("others_of", "the other lists of kind '" + SchemeReader.word(kind) + "' stand twice");
            }
            return;
        }
        for (ListDefinition list : named(row)) {
            if (named.putIfAbsent(list, meaning) != null) {
                throw row.fault("lists", "list '" + list.id() + "' stands twice");
            }
        }
    }

    /** The meaning of each list that has one, in the order of {@code lists.yaml}. */
    Map<ListDefinition, T> resolve() {
        Map<ListDefinition, T> resolved = new LinkedHashMap<>();
        for (ListDefinition list : vocabulary.lists()) {
            @Nullable T meaning = named.getOrDefault(list, others.get(list.kind()));
            if (meaning != null) {
                resolved.put(list, meaning);
            }
        }
        return resolved;
    }
}
