package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.Title;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import io.osmanthus.snapshots.vocabulary.Yaml;
import java.util.ArrayList;
import java.util.List;

/** Reads an element of {@code matters:} of a rule file. */
final class MatterReader {
    private record Meaning(MatchReport.Effect effect, Title words, String legalBasis) {}

    private final Vocabulary vocabulary;

    MatterReader(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** The matter, not numbered yet. */
    Matter read(Yaml.Mapping mapping) {
        String id = SchemeReader.id(mapping);
        Title title = mapping.mapping("title", Title::of);
        ListRows<Meaning> rows = new ListRows<>(vocabulary);
        rows(mapping, "measures", MatchReport.Effect.MEASURE, rows);
        rows(mapping, "prompts", MatchReport.Effect.PROMPT, rows);
        rows(mapping, "recommends", MatchReport.Effect.RECOMMEND, rows);
        List<Matter.Effect> effects = new ArrayList<>();
        rows.resolve()
                .forEach((list, meaning) ->
                        effects.add(new Matter.Effect(list, meaning.effect(), meaning.words(), meaning.legalBasis())));
        return new Matter(0, id, title, List.copyOf(effects));
    }

    private static void rows(Yaml.Mapping matter, String key, MatchReport.Effect effect, ListRows<Meaning> rows) {
        boolean recommends = effect == MatchReport.Effect.RECOMMEND;
        matter.forEach(key, row -> {
            for (ListDefinition list : rows.named(row)) {
                if (recommends != (list.kind() == ListDefinition.Kind.RED)) {
                    throw row.fault(
                            "lists",
                            "red lists recommend and never count against anyone, the others never recommend: '"
                                    + list.id() + "' under '" + key + "'");
                }
            }
            if (!recommends && !row.has("legal_basis")) {
                throw row.fault(
                        "lists",
                        "without a legal basis there is no " + SchemeReader.word(effect)
                                + ": 'legal_basis' is missing");
            }
            rows.add(
                    row,
                    new Meaning(effect, row.mapping("words", Title::of), recommends ? "" : row.text("legal_basis")));
        });
    }
}
