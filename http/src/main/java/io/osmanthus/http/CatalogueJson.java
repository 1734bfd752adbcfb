package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.rules.ScoringScheme;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Title;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The public catalogue as JSON: what may count, on what basis, and what the rules in force make of it. Stateless. */
final class CatalogueJson {
    private CatalogueJson() {}

    /** Writes one object. Without rules (no facts are loaded yet) no rule is given in words. */
    static void write(JsonGenerator json, Vocabulary vocabulary, @Nullable RuleSet rules, boolean demonstration)
            throws IOException {
        json.writeStartObject();
        json.writeBooleanField("demonstration", demonstration || vocabulary.demonstration());
        json.writeStringField("rules_version", rules == null ? null : rules.version());
        json.writeArrayFieldStart("schemes");
        if (rules != null) {
            for (SubjectType subject : SubjectType.values()) {
                scheme(json, rules.scheme(subject));
            }
        }
        json.writeEndArray();
        json.writeArrayFieldStart("items");
        for (Item item : vocabulary.items()) {
            item(json, item, rules == null ? null : rules.scheme(item.subject()).itemWords(item.index()));
        }
        json.writeEndArray();
        json.writeArrayFieldStart("lists");
        for (ListDefinition list : vocabulary.lists()) {
            json.writeStartObject();
            json.writeStringField("list", list.id());
            VocabularyJson.title(json, "title", list.title());
            json.writeStringField("kind", VocabularyJson.word(list.kind()));
            VocabularyJson.texts(
                    json, "sources", list.sources().stream().sorted().toList());
            words(
                    json,
                    rules == null
                            ? null
                            : rules.scheme(SubjectType.ORGANISATION).listWords(list.index()));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void scheme(JsonGenerator json, ScoringScheme scheme) throws IOException {
        json.writeStartObject();
        json.writeStringField("scheme", scheme.id());
        VocabularyJson.title(json, "title", scheme.title());
        json.writeStringField("subject", VocabularyJson.word(scheme.subject()));
        words(json, scheme.words());
        json.writeArrayFieldStart("grades");
        for (ScoringScheme.Grade grade : scheme.grades()) {
            json.writeStartObject();
            json.writeStringField("grade", grade.id());
            VocabularyJson.title(json, "title", grade.title());
            if (grade.atLeast() == Integer.MIN_VALUE) {
                json.writeNullField("at_least");
            } else {
                json.writeNumberField("at_least", grade.atLeast());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void item(JsonGenerator json, Item item, @Nullable Title words) throws IOException {
        json.writeStartObject();
        json.writeStringField("item", item.id());
        VocabularyJson.title(json, "title", item.title());
        json.writeStringField("subject", VocabularyJson.word(item.subject()));
        json.writeStringField("kind", VocabularyJson.word(item.kind()));
        json.writeStringField("category", item.category());
        json.writeStringField("legal_basis", item.legalBasis());
        VocabularyJson.texts(json, "sources", item.sources().stream().sorted().toList());
        json.writeNumberField("retention_months", item.retentionMonths());
        json.writeStringField("repair_route", item.repairRoute());
        VocabularyJson.texts(
                json,
                "requires",
                item.requires().stream().map(VocabularyJson::word).sorted().toList());
        words(json, words);
        json.writeEndObject();
    }

    static void words(JsonGenerator json, @Nullable Title words) throws IOException {
        if (words == null) {
            json.writeNullField("rule");
            return;
        }
        VocabularyJson.title(json, "rule", words);
    }
}
