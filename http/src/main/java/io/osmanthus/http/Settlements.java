package io.osmanthus.http;

import io.osmanthus.engine.Generation;
import io.osmanthus.snapshots.KeyedHash;
import io.osmanthus.snapshots.PersonLookup;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.ArrearsReferences;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Page;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/*
 * Of delivered arrears only those of enrolled persons are held: the others were dropped unread. So whether a reference is
 * found would tell who is enrolled. Every reference is therefore settled: noted if it is not, answered with the same bytes,
 * and with as many changes each time, of the debtor or of nobody. Only what another scene has reported is refused: that it
 * was reported stands there whoever is enrolled. It is asked before what was delivered, since after it it would tell again.
 */

/** Arrears that a terminal says are settled. For one request, on a worker. */
final class Settlements {
    private static final int REFERENCE_CHARACTERS_MAX = 128;

    private final Site site;
    private final Client client;

    /** Scenes of the client that take arrears, in the order of their names; and all others that do. */
    private final List<SceneDefinition> own = new ArrayList<>();

    private final List<SceneDefinition> foreign = new ArrayList<>();

    /** What was delivered under the reference, for each own scene and each of its sources; null for nothing. */
    private final Map<String, List<PersonLookup.@Nullable Arrears>> delivered = new HashMap<>();

    Settlements(Site site, Client client) {
        this.site = site;
        this.client = client;
        site.vocabulary().scenes().stream()
                .filter(scene -> !scene.arrearsSources().isEmpty())
                .sorted(Comparator.comparing(SceneDefinition::id))
                .forEach(scene -> (client.scenes().contains(scene.id()) ? own : foreign).add(scene));
    }

    /** The keyed hash under which the ledger notes a reference of a scene. */
    static byte[] keyed(PseudonymKey key, String scene, String reference) {
        KeyedHash hash = KeyedHash.of(key, "arrears/1");
        hash.make(scene, reference);
        return ByteBuffer.allocate(16).putLong(hash.high()).putLong(hash.low()).array();
    }

    Writes.Judged settle(Live live, Generation generation, @Nullable String reference) {
        if (reference == null
                || reference.isBlank()
                || reference.length() > REFERENCE_CHARACTERS_MAX
                || own.isEmpty()) {
            return Writes.Judged.Refused.of(Problem.NOT_FOUND);
        }
        try (PersonLookup lookup = PersonLookup.open(live.snapshots().apply(generation.snapshot()))) {
            own.forEach(scene -> delivered.put(scene.id(), delivered(lookup, scene, reference)));
        }
        int today = (int) generation.day().toEpochDay();
        return new Writes.Judged.Ready(page -> settle(page, reference, today));
    }

    private List<PersonLookup.@Nullable Arrears> delivered(
            PersonLookup lookup, SceneDefinition scene, String reference) {
        KeyedHash hash = KeyedHash.of(site.pseudonymKey(), "reference/1");
        List<PersonLookup.@Nullable Arrears> found = new ArrayList<>();
        for (String source : scene.arrearsSources()) {
            hash.make(source, reference);
            PersonLookup.Arrears arrears = lookup.arrears(hash.high(), hash.low());
            found.add(arrears != null && arrears.scene().equals(scene.id()) ? arrears : null);
        }
        return found;
    }

    private Act.Outcome settle(Page page, String reference, int today) throws Exception {
        Map<String, ArrearsReferences.Named> named = named(page, own, reference);
        if (named.isEmpty() && named(page, foreign, reference).values().stream().anyMatch(one -> !one.settled())) {
            throw new Writes.Refusal(Problem.NOT_FOUND);
        }
        boolean open = named.values().stream().anyMatch(one -> !one.settled());
        for (SceneDefinition scene : own) {
            ArrearsReferences.Named known = named.get(scene.id());
            byte[] keyed = keyed(site.pseudonymKey(), scene.id(), reference);
            List<PersonLookup.@Nullable Arrears> there = delivered.getOrDefault(scene.id(), List.of());
            int changes = there.size();
            if (known != null && !known.settled()) {
                ArrearsReferences.settle(page, keyed);
                append(page, scene, known.subject(), known.since());
                changes--;
            } else if (known == null && !open) {
                note(page, scene, keyed, there, today);
                changes = 0;
            }
            for (; changes > 0; changes--) {
                append(page, scene, null, today);
            }
        }
        return new Act.Outcome(200, Reply.bytes(json -> {
            json.writeStartObject();
            json.writeBooleanField("settled", true);
            json.writeEndObject();
        }));
    }

    private Map<String, ArrearsReferences.Named> named(Page page, List<SceneDefinition> scenes, String reference)
            throws Exception {
        Map<String, ArrearsReferences.Named> named = new HashMap<>();
        for (SceneDefinition scene : scenes) {
            ArrearsReferences.Named found =
                    ArrearsReferences.find(page, keyed(site.pseudonymKey(), scene.id(), reference));
            if (found != null) {
                named.put(scene.id(), found);
            }
        }
        return named;
    }

    /** What has not been reported: settled for good, whether it was delivered or is not known at all. */
    private void note(
            Page page, SceneDefinition scene, byte[] keyed, List<PersonLookup.@Nullable Arrears> there, int today)
            throws Exception {
        Subject debtor = null;
        for (PersonLookup.@Nullable Arrears one : there) {
            Subject person = one == null ? null : new Subject(one.personHigh(), one.personLow());
            append(page, scene, person, one == null ? today : one.since());
            debtor = debtor == null ? person : debtor;
        }
        ArrearsReferences.note(page, keyed, debtor, scene.id(), today);
        ArrearsReferences.settle(page, keyed);
    }

    private void append(Page page, SceneDefinition scene, @Nullable Subject person, int since) {
        Payload payload = Payload.of().with("scene", scene.id()).withDay("since", since);
        if (person == null) {
            page.appendDecoy(Kind.ARREARS_SETTLED, payload, client.id());
        } else {
            page.appendPersonal(person, Kind.ARREARS_SETTLED, payload, client.id());
        }
    }
}
