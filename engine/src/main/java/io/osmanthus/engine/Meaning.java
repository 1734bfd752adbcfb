package io.osmanthus.engine;

import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.ledger.Amendment;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.PayloadReader;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a row of the ledger means to a generation: names become its indexes. A row that cannot be read any more, or names
 * what the generation's vocabulary does not know, means nothing.
 */
final class Meaning {
    private static final Change NOTHING = new Change.Nothing();
    private static final Change DECOY = new Change.Decoy();

    /** What is read where nothing can be: a usual report. */
    private static final byte[] STAND_IN = Payload.of()
            .with("type", "person")
            .with("record_id", "R000000000-00")
            .with("item", "volunteer-hours")
            .with("source", "团市委")
            .with("occurred_on", "2026-01-01")
            .with("quantity_hundredths", 100)
            .with("severity", 0)
            .bytes();

    private final Vocabulary vocabulary;
    private final Map<String, Integer> sources = new HashMap<>();
    private final PayloadReader payloads = new PayloadReader();

    Meaning(Generation generation) {
        vocabulary = generation.rules().vocabulary();
        List<String> names = generation.sources();
        for (int i = 0; i < names.size(); i++) {
            sources.put(names.get(i), i);
        }
    }

    Change of(Entry entry) {
        Kind kind = entry.kind();
        byte[] bytes = entry.payload();
        if (kind == null) {
            return NOTHING;
        }
        if (bytes == null) {
            payloads.read(STAND_IN);
            return DECOY;
        }
        Change.Subject subject =
                new Change.Subject(entry.subject().high(), entry.subject().low());
        Change change = of(kind, subject, payloads.read(bytes));
        return change == null ? NOTHING : change;
    }

    private @Nullable Change of(Kind kind, Change.Subject subject, PayloadReader payload) {
        return switch (kind) {
            case CONFIGURATION_ANNOUNCED, CONFIGURATION_CHANGED -> null;
            // whom a delivery enrolled is here by the delivery, or not at all
            case ENROLLED ->
                payload.number("delivered") == 1
                        ? null
                        : new Change.Enrol(subject, district((int) payload.number("district")));
            case LEFT -> new Change.Leave(subject, List.of());
            case TOKEN_BOUND -> new Change.BindToken(subject, token(payload));
            case TOKEN_UNBOUND -> new Change.UnbindToken(subject, token(payload));
            case CONSENT_GIVEN -> {
                SceneDefinition scene = vocabulary.scene(payload.text("scene"));
                yield scene == null || !scene.covers(payload.number("purpose_version"), payload.texts("recipients"))
                        ? null
                        : new Change.GiveConsent(
                                subject, scene.index(), payload.day("granted_on"), payload.day("expires_on"));
            }
            case CONSENT_WITHDRAWN -> {
                SceneDefinition scene = vocabulary.scene(payload.text("scene"));
                yield scene == null ? null : new Change.WithdrawConsent(subject, scene.index(), payload.day("on"));
            }
            case RECORD_ADDED -> record(subject, payload);
            case RECORD_MARKED -> {
                Integer source = sources.get(payload.text("source"));
                yield source == null
                        ? null
                        : new Change.MarkRecord(type(payload), subject, payload.text("record_id"), source, (int)
                                payload.number("marks"));
            }
            case ARREARS_ADDED -> {
                SceneDefinition scene = vocabulary.scene(payload.text("scene"));
                yield scene == null ? null : new Change.AddArrears(subject, scene.index(), payload.day("since"));
            }
            case ARREARS_SETTLED -> {
                SceneDefinition scene = vocabulary.scene(payload.text("scene"));
                yield scene == null ? null : new Change.SettleArrears(subject, scene.index(), payload.day("since"));
            }
            case ARREARS_MARKED -> {
                SceneDefinition scene = vocabulary.scene(payload.text("scene"));
                yield scene == null
                        ? null
                        : new Change.MarkArrears(
                                subject, scene.index(), payload.day("since"), (int) payload.number("marks"));
            }
            case ENTRY_ADDED -> {
                ListDefinition list = vocabulary.list(payload.text("list"));
                yield list == null
                        ? null
                        : new Change.AddEntry(
                                subject,
                                payload.text("entry_id"),
                                list.index(),
                                payload.day("entered_on"),
                                payload.day("leaves_on"));
            }
            case ENTRY_AMENDED -> {
                ListDefinition list = vocabulary.list(payload.text("list"));
                yield list == null ? null : amendment(subject, payload.text("entry_id"), list, Amendment.of(payload));
            }
            // what a case does stands beside it, as changes of the kinds above
            case CASE_FILED, CASE_MOVED -> null;
            // its holder keeps it
            case TOKEN_CLAIMED -> null;
        };
    }

    private static Change amendment(Change.Subject subject, String entryId, ListDefinition list, Amendment amendment) {
        return new Change.AmendEntry(subject, entryId, list.index(), amendment.endsOn(), amendment.marks());
    }

    private @Nullable Change record(Change.Subject subject, PayloadReader payload) {
        Item item = vocabulary.item(payload.text("item"));
        Integer source = sources.get(payload.text("source"));
        if (item == null || source == null) {
            return null;
        }
        int ended = payload.day("ended_on");
        return new Change.AddRecord(
                type(payload),
                subject,
                payload.text("record_id"),
                item.index(),
                source,
                payload.day("occurred_on"),
                ended == Days.NONE ? SubjectFacts.NONE : ended,
                payload.number("quantity_hundredths"),
                (int) payload.number("severity"),
                0);
    }

    private static SubjectType type(PayloadReader payload) {
        return payload.text("type").equals("organisation") ? SubjectType.ORGANISATION : SubjectType.PERSON;
    }

    private static Change.Subject token(PayloadReader payload) {
        String digits = payload.text("token");
        return new Change.Subject(
                Long.parseUnsignedLong(digits.substring(0, 16), 16), Long.parseUnsignedLong(digits.substring(16), 16));
    }

    private int district(int code) {
        Vocabulary.District district = vocabulary.district(code);
        return district == null ? -1 : district.index();
    }
}
