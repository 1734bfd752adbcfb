package io.osmanthus.http;

import io.osmanthus.engine.Generation;
import io.osmanthus.engine.Reader;
import io.osmanthus.snapshots.PersonLookup;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is held about a citizen beyond the score. For one request, on a worker. */
final class CitizenReads {
    private final Site site;
    private final Live live;

    CitizenReads(Site site, Live live) {
        this.site = site;
        this.live = live;
    }

    /** What is answered; no body where the caller is not enrolled and the route needs it. */
    static final class Shown {
        final boolean enrolled;
        final byte @Nullable [] body;

        private Shown(boolean enrolled, byte @Nullable [] body) {
            this.enrolled = enrolled;
            this.body = body;
        }
    }

    /** What is held now. */
    Shown read(Route route, Caller.Citizen citizen) {
        try (Reader reader = live.engine().reader()) {
            Generation generation = reader.advance();
            if (generation == null) {
                throw new Writes.Refusal(Problem.NOT_READY);
            }
            boolean enrolled = reader.person(citizen.high(), citizen.low()) != Reader.NOBODY;
            byte[] body =
                    switch (route) {
                        case CONSENTS -> consents(reader, citizen);
                        case TOKENS -> tokens(reader, generation, citizen);
                        case RECORDS -> records(reader, generation, citizen);
                        case OWN_SCENES -> scenes(reader, generation, citizen);
                        default -> me(reader, generation, citizen);
                    };
            return new Shown(enrolled, body);
        }
    }

    private static byte[] me(Reader reader, Generation generation, Caller.Citizen citizen) {
        int ordinal = reader.person(citizen.high(), citizen.low());
        boolean delivered = ordinal >= 0 && ordinal < generation.footprint().persons();
        return Reply.bytes(json -> {
            json.writeStartObject();
            json.writeBooleanField("enrolled", ordinal >= 0);
            json.writeStringField(
                    "facts_as_of", delivered ? generation.factsAsOf().toString() : null);
            json.writeNumberField("position", generation.position());
            json.writeEndObject();
        });
    }

    private byte @Nullable [] consents(Reader reader, Caller.Citizen citizen) {
        List<Reader.Consent> consents = reader.consents(citizen.high(), citizen.low());
        if (consents == null) {
            return null;
        }
        List<SceneDefinition> scenes = site.vocabulary().scenes();
        return Reply.bytes(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("consents");
            for (Reader.Consent consent : consents) {
                SceneDefinition scene = scenes.get(consent.scene());
                json.writeStartObject();
                json.writeStringField("scene", scene.id());
                json.writeNumberField("purpose_version", scene.purposeVersion());
                json.writeStringField("granted_on", ScoreJson.day(consent.grantedOn()));
                json.writeStringField("expires_on", ScoreJson.day(consent.expiresOn()));
                json.writeBooleanField("stands", consent.stands());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private byte @Nullable [] tokens(Reader reader, Generation generation, Caller.Citizen citizen) {
        int ordinal = reader.person(citizen.high(), citizen.low());
        if (ordinal < 0) {
            return null;
        }
        Set<PersonLookup.Token> tokens = asserted(live, reader, generation, citizen);
        return Reply.bytes(json -> {
            json.writeStartObject();
            ExportJson.tokens(json, tokens);
            json.writeEndObject();
        });
    }

    private byte @Nullable [] records(Reader reader, Generation generation, Caller.Citizen citizen) {
        OwnFile file = OwnFile.of(site, live, reader, generation, citizen);
        if (file == null) {
            return null;
        }
        return Reply.bytes(json -> {
            OwnFileJson lists = new OwnFileJson(file);
            json.writeStartObject();
            lists.origin(json);
            lists.lists(json);
            json.writeEndObject();
        });
    }

    private byte @Nullable [] scenes(Reader reader, Generation generation, Caller.Citizen citizen) {
        OwnFile file = OwnFile.of(site, live, reader, generation, citizen);
        if (file == null) {
            return null;
        }
        int tokens = asserted(live, reader, generation, citizen).size();
        return Reply.bytes(json -> OwnScenesJson.write(json, file, tokens));
    }

    /** The tokens that are a person's now: delivered or bound by themselves, and nobody else's since. */
    static Set<PersonLookup.Token> bound(Live live, Reader reader, Generation generation, Caller.Citizen citizen) {
        int ordinal = reader.person(citizen.high(), citizen.low());
        Set<PersonLookup.Token> tokens = new LinkedHashSet<>();
        if (ordinal >= 0 && ordinal < generation.footprint().persons()) {
            try (PersonLookup lookup = PersonLookup.open(live.snapshots().apply(generation.snapshot()))) {
                tokens.addAll(lookup.tokens(ordinal));
            }
        }
        for (Entry entry : live.ledger().about(new Subject(citizen.high(), citizen.low()))) {
            PersonLookup.Token token = token(entry);
            if (entry.kind() == Kind.TOKEN_BOUND && token != null) {
                tokens.add(token);
            }
        }
        tokens.removeIf(token -> reader.person(token.high(), token.low()) != ordinal);
        return tokens;
    }

    /** The same, and those that somebody else holds whom the person has not been told of: they are not to be told apart. */
    static Set<PersonLookup.Token> asserted(Live live, Reader reader, Generation generation, Caller.Citizen citizen) {
        Set<PersonLookup.Token> claimed = new LinkedHashSet<>();
        for (Entry entry : live.ledger().about(new Subject(citizen.high(), citizen.low()))) {
            PersonLookup.Token token = token(entry);
            boolean own = entry.actor().equals(citizen.actor());
            if (token != null && own && entry.kind() == Kind.TOKEN_CLAIMED) {
                claimed.add(token);
            } else if (token != null && own) {
                claimed.remove(token);
            }
        }
        claimed.addAll(bound(live, reader, generation, citizen));
        return claimed;
    }

    /** The token that a change names, or null. */
    private static PersonLookup.@Nullable Token token(Entry entry) {
        byte[] payload = entry.payload();
        if (payload == null
                || (entry.kind() != Kind.TOKEN_BOUND
                        && entry.kind() != Kind.TOKEN_UNBOUND
                        && entry.kind() != Kind.TOKEN_CLAIMED)) {
            return null;
        }
        Payload read = Payload.parse(payload);
        Scheme scheme = Scheme.of(read.text("scheme"));
        String digits = read.text("token");
        return scheme == null || digits.length() != 32
                ? null
                : new PersonLookup.Token(
                        scheme,
                        Long.parseUnsignedLong(digits.substring(0, 16), 16),
                        Long.parseUnsignedLong(digits.substring(16), 16));
    }
}
