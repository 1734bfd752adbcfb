package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.Regimes;
import io.osmanthus.snapshots.vocabulary.Yaml;
import java.util.Locale;
import java.util.Set;

/**
 * What the charter forbids a rule to say. Most of it the language has no word for; where someone may look for the word, the
 * refusal says why there is none instead of "unknown key".
 */
final class Charter {
    private static final Set<String> NOT_READ = Set.of(
            "district",
            "districts",
            "residence",
            "hukou",
            "age",
            "ages",
            "birth",
            "birth_year",
            "sex",
            "gender",
            "source",
            "sources",
            "ethnicity",
            "religion",
            "health",
            "family");

    private static final Set<String> NOT_ANSWERED = Set.of(
            "deny",
            "denies",
            "denial",
            "refuse",
            "refuses",
            "refusal",
            "restrict",
            "worse",
            "penalty",
            "surcharge",
            "price_increase",
            "score_at_most",
            "score_below",
            "score_less_than",
            "below",
            "at_most",
            "unless_score");

    private Charter() {}

    /** Charter 5: a rule about persons never looks at who or where they are, or who delivered the fact. */
    static void readsFactsOnly(Yaml.Mapping mapping) {
        for (String key : mapping.keys()) {
            if (NOT_READ.contains(key.toLowerCase(Locale.ROOT))) {
                throw mapping.fault(
                        key,
                        "a rule about persons reads records, dates, consents and own arrears, never '" + key
                                + "' (charter 5)");
            }
        }
    }

    /** Charter 2: a scene answers a benefit or none. */
    static void answersBenefitsOnly(Yaml.Mapping mapping) {
        for (String key : mapping.keys()) {
            if (NOT_ANSWERED.contains(key.toLowerCase(Locale.ROOT))) {
                throw mapping.fault(
                        key,
                        "a scene answers a benefit or none, and a higher score never gets less: '" + key
                                + "' cannot be said (charter 2)");
            }
        }
    }

    /** Charter 6: an item counts no longer than the law lets its records be kept, and no longer than they are kept. */
    static void expires(Yaml.Mapping mapping, String key, Item item, int months, Regimes regimes) {
        if (item.adverse()) {
            int max = adverseMonthsMax(regimes);
            if (months > max) {
                throw mapping.fault(
                        key,
                        "'" + item.id() + "' counts for " + months + " months; an adverse record ends after " + max
                                + " at the latest (charter 6)");
            }
        }
        if (months > item.retentionMonths()) {
            throw mapping.fault(
                    key,
                    "'" + item.id() + "' counts for " + months + " months but the catalogue keeps it for "
                            + item.retentionMonths());
        }
    }

    /** The least of all dated values: a rule set holds on any day. */
    private static int adverseMonthsMax(Regimes regimes) {
        return regimes.changes().stream()
                .mapToInt(regimes::adverseRetentionMonthsMax)
                .min()
                .orElseThrow();
    }
}
