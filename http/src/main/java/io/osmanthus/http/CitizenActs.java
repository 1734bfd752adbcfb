package io.osmanthus.http;

import io.osmanthus.engine.Generation;
import io.osmanthus.engine.Keeper;
import io.osmanthus.engine.Reader;
import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.PersonLookup;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.cases.Cases;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.ArrearsReferences;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Page;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What citizens do about themselves. For one request, on a worker; the reader has advanced. */
final class CitizenActs {
    private static final String SELF = "self";

    /** Who claims a token that somebody else holds, or takes it after the week: its person is told. */
    static final String REBOUND = "rebound";

    private static final int TOKEN_CHARACTERS_MAX = 128;

    /** Whoever was born before is made up: a snapshot that contains the enrolment stays a synthetic one. */
    private static final LocalDate LIVING_SINCE = LocalDate.of(1900, 1, 1);

    private final Site site;
    private final Live live;
    private final Reader reader;

    CitizenActs(Site site, Live live, Reader reader) {
        this.site = site;
        this.live = live;
        this.reader = reader;
    }

    Writes.Judged judge(Route route, Map<String, String> path, Caller.Citizen citizen, byte[] body) {
        Generation generation = reader.advance();
        if (generation == null) {
            return Writes.Judged.Refused.of(Problem.NOT_READY);
        }
        if (route == Route.ENROL) {
            return enrol(generation, citizen, body);
        }
        if (reader.person(citizen.high(), citizen.low()) < 0) {
            return Writes.Judged.Refused.of(Problem.NOT_ENROLLED);
        }
        Subject self = new Subject(citizen.high(), citizen.low());
        if (route == Route.LEAVE) {
            return leave(generation, self);
        }
        Writes.Judged judged =
                switch (route) {
                    case CONSENT -> consent(generation, self, path.get("scene"), body);
                    case WITHDRAW -> withdraw(generation, self, path.get("scene"));
                    case BIND -> bind(generation, citizen, path.get("scheme"), body);
                    case UNBIND -> unbind(generation, citizen, path.get("scheme"));
                    default -> Writes.Judged.Refused.of(Problem.NOT_FOUND);
                };
        return judged instanceof Writes.Judged.Ready ready
                ? new Writes.Judged.Ready(here(generation, citizen, self, ready.act()))
                : judged;
    }

    /** An act of somebody who was here when it was judged; whoever has left since is told that they are not enrolled. */
    private static Act here(Generation generation, Caller.Citizen citizen, Subject self, Act act) {
        long position = generation.position();
        return page -> {
            if (!page.here(self, position, enrolment(citizen, 0), SELF)) {
                throw new Writes.Refusal(Problem.NOT_ENROLLED);
            }
            return act.on(page);
        };
    }

    private Writes.Judged enrol(Generation generation, Caller.Citizen citizen, byte[] body) {
        long district = 0;
        if (body.length > 0) {
            JsonObject given = JsonObject.parse(body, Set.of("district"));
            district = given == null ? -1 : given.number("district", given.has("district") ? -1 : 0);
            if (district < 0 || district > Integer.MAX_VALUE) {
                return Writes.Judged.Refused.of(Problem.MALFORMED, "/district", "must be a division code, or absent");
            }
            if (district > 0 && site.vocabulary().district((int) district) == null) {
                return Writes.Judged.Refused.of(Problem.UNPROCESSABLE, "/district", "is not a district of this city");
            }
        }
        if (citizen.birthday() == Days.MALFORMED) {
            return Writes.Judged.Refused.of(Problem.UNPROCESSABLE, "", "the token's person_id is no citizen id");
        }
        int years = site.vocabulary().regimes().adultAgeYears(generation.day());
        LocalDate birthday = LocalDate.ofEpochDay(citizen.birthday());
        LocalDate adult = birthday.plusYears(years);
        if (birthday.getMonthValue() == 2 && birthday.getDayOfMonth() == 29 && !adult.isLeapYear()) {
            adult = adult.plusDays(1);
        }
        if (generation.day().isBefore(adult)) {
            return Writes.Judged.Refused.of(Problem.UNPROCESSABLE, "", "minors are not enrolled");
        }
        Subject self = new Subject(citizen.high(), citizen.low());
        int ordinal = reader.person(citizen.high(), citizen.low());
        boolean delivered = ordinal >= 0 && ordinal < generation.footprint().persons();
        String factsAsOf = delivered ? generation.factsAsOf().toString() : null;
        Payload payload = enrolment(citizen, district);
        return new Writes.Judged.Ready(page -> {
            if (ordinal < 0 || page.gone(self)) {
                page.appendPersonal(self, Kind.ENROLLED, payload, SELF);
            }
            return outcome(
                    page.at(),
                    List.of("enrolled", "facts_as_of", "facts_come"),
                    true,
                    factsAsOf,
                    delivered ? "now" : "with-the-next-delivery");
        });
    }

    /** What an enrolment by the person's own session says. */
    static Payload enrolment(Caller.Citizen citizen, long district) {
        Payload payload = Payload.of();
        if (district > 0) {
            payload.with("district", district);
        }
        if (citizen.birthday() != Days.MALFORMED
                && LocalDate.ofEpochDay(citizen.birthday()).isBefore(LIVING_SINCE)) {
            payload.with("synthetic", 1);
        }
        return payload;
    }

    private Writes.Judged leave(Generation generation, Subject self) {
        String erased = generation.day().plusDays(live.erasureDays()).toString();
        return new Writes.Judged.Ready(page -> {
            page.appendPersonal(self, Kind.LEFT, Payload.of(), SELF);
            ArrearsReferences.forget(page, self);
            Cases.forget(page, self);
            return outcome(page.at(), json -> {
                json.writeBooleanField("enrolled", false);
                json.writeStringField("erased_everywhere_on", erased);
                json.writeFieldName("kept_by_law");
                KeptByLaw.write(json);
            });
        });
    }

    private Writes.Judged consent(Generation generation, Subject self, @Nullable String id, byte[] body) {
        SceneDefinition scene = scene(id);
        if (scene == null) {
            return Writes.Judged.Refused.of(Problem.NOT_FOUND);
        }
        JsonObject given = JsonObject.parse(body, Set.of("expires_on", "purpose_version"));
        if (given == null) {
            return Writes.Judged.Refused.of(Problem.MALFORMED, "", "must be an object with 'purpose_version'");
        }
        if (given.number("purpose_version", 0) < 1) {
            return Writes.Judged.Refused.of(Problem.MALFORMED, "/purpose_version", "must be a whole number");
        }
        if (given.number("purpose_version", 0) != scene.purposeVersion()) {
            return Writes.Judged.Refused.of(
                    Problem.UNPROCESSABLE, "/purpose_version", "is not the scene's: read its purpose again");
        }
        LocalDate today = generation.day();
        LocalDate last = today.plusYears(site.vocabulary().regimes().consentYearsMax(today));
        int expires = given.day("expires_on");
        if (expires == Days.MALFORMED) {
            return Writes.Judged.Refused.of(Problem.MALFORMED, "/expires_on", "must be a date");
        }
        if (expires != Days.NONE && (expires <= today.toEpochDay() || expires > last.toEpochDay())) {
            return Writes.Judged.Refused.of(
                    Problem.UNPROCESSABLE,
                    "/expires_on",
                    "must be after today, and within the longest time of a consent");
        }
        int until = expires == Days.NONE ? (int) last.toEpochDay() : expires;
        Payload payload = Payload.of()
                .with("scene", scene.id())
                .with("purpose_version", scene.purposeVersion())
                .with("recipients", scene.recipients())
                .withDay("granted_on", (int) today.toEpochDay())
                .withDay("expires_on", until);
        return new Writes.Judged.Ready(page -> {
            page.appendPersonal(self, Kind.CONSENT_GIVEN, payload, SELF);
            return outcome(
                    page.at(),
                    List.of("scene", "granted_on", "expires_on"),
                    scene.id(),
                    today.toString(),
                    LocalDate.ofEpochDay(until).toString());
        });
    }

    private Writes.Judged withdraw(Generation generation, Subject self, @Nullable String id) {
        SceneDefinition scene = scene(id);
        if (scene == null) {
            return Writes.Judged.Refused.of(Problem.NOT_FOUND);
        }
        Payload payload = Payload.of().with("scene", scene.id()).withDay("on", (int)
                generation.day().toEpochDay());
        return new Writes.Judged.Ready(page -> {
            page.appendPersonal(self, Kind.CONSENT_WITHDRAWN, payload, SELF);
            return outcome(page.at(), List.of("scene", "consent"), scene.id(), null);
        });
    }

    private Writes.Judged bind(Generation generation, Caller.Citizen citizen, @Nullable String word, byte[] body) {
        Scheme scheme = scheme(word);
        if (scheme == null) {
            return Writes.Judged.Refused.of(Problem.NOT_FOUND);
        }
        JsonObject given = JsonObject.parse(body, Set.of("token"));
        String text = given == null ? null : given.text("token", TOKEN_CHARACTERS_MAX);
        String token = text == null ? "" : Canonical.of(text);
        if (token.isEmpty()) {
            return Writes.Judged.Refused.of(Problem.MALFORMED, "/token", "must be a text that is not empty");
        }
        PseudonymKey.Pseudonymiser pseudonymiser = site.pseudonymKey().pseudonymiser(scheme);
        pseudonymiser.make(token);
        PersonLookup.Token fresh = new PersonLookup.Token(scheme, pseudonymiser.high(), pseudonymiser.low());
        Set<PersonLookup.Token> mine = CitizenReads.asserted(live, reader, generation, citizen);
        Subject self = new Subject(citizen.high(), citizen.low());
        Subject holder = owner(fresh);
        return new Writes.Judged.Ready(page -> {
            boolean held = self.equals(holder);
            if (!held) {
                TokenClaims.limit(page, self, SELF);
            }
            if (held && TokenClaims.contested(page, self, fresh)) {
                // against who claims it; of one's other plates nothing is said by that
                page.appendPersonal(self, Kind.TOKEN_BOUND, payload(fresh), SELF);
            } else {
                bind(page, self, held ? null : holder, fresh, mine);
            }
            return outcome(page.at(), List.of("scheme", "bound"), scheme.word(), true);
        });
    }

    /** As many changes whoever holds the token, nobody among them. {@code holder}: somebody else, or null. */
    private void bind(
            Page page, Subject self, @Nullable Subject holder, PersonLookup.Token fresh, Set<PersonLookup.Token> mine)
            throws Exception {
        String claimant = TokenClaims.claimant(site.pseudonymKey(), self, fresh);
        Payload claim = payload(fresh).with("by", claimant);
        TokenClaims.Standing standing = TokenClaims.standing(
                page, holder == null ? Subject.nobody() : holder, fresh, claimant, mine.contains(fresh));
        boolean taken = holder == null || standing == TokenClaims.Standing.RIPE;
        if (holder != null && taken) {
            // said of the former holder too: it holds also when whoever has it now leaves, and their key goes
            page.appendPersonal(holder, Kind.TOKEN_UNBOUND, payload(fresh), REBOUND);
        } else if (holder != null && standing == TokenClaims.Standing.NEW) {
            page.appendPersonal(holder, Kind.TOKEN_CLAIMED, claim, REBOUND);
        } else {
            page.appendDecoy(Kind.TOKEN_CLAIMED, claim, REBOUND);
        }
        for (PersonLookup.Token old : mine) {
            if (old.scheme() == fresh.scheme() && !old.equals(fresh)) {
                page.appendPersonal(self, Kind.TOKEN_UNBOUND, payload(old), SELF);
            }
        }
        page.appendPersonal(self, taken ? Kind.TOKEN_BOUND : Kind.TOKEN_CLAIMED, payload(fresh), SELF);
    }

    private Writes.Judged unbind(Generation generation, Caller.Citizen citizen, @Nullable String word) {
        Scheme scheme = scheme(word);
        if (scheme == null) {
            return Writes.Judged.Refused.of(Problem.NOT_FOUND);
        }
        Set<PersonLookup.Token> mine = CitizenReads.asserted(live, reader, generation, citizen);
        Subject self = new Subject(citizen.high(), citizen.low());
        return new Writes.Judged.Ready(page -> {
            for (PersonLookup.Token old : mine) {
                if (old.scheme() == scheme) {
                    page.appendPersonal(self, Kind.TOKEN_UNBOUND, payload(old), SELF);
                }
            }
            return outcome(page.at(), List.of("scheme", "bound"), scheme.word(), false);
        });
    }

    private @Nullable Subject owner(PersonLookup.Token token) {
        reader.check(0, token.high(), token.low());
        return reader.subjectKnown() ? new Subject(reader.subjectHigh(), reader.subjectLow()) : null;
    }

    private static Payload payload(PersonLookup.Token token) {
        return Payload.of().with("scheme", token.scheme().word()).with("token", TokenClaims.digits(token));
    }

    private @Nullable SceneDefinition scene(@Nullable String id) {
        SceneDefinition scene = id == null ? null : site.vocabulary().scene(id);
        return scene == null || scene.subject() != SubjectType.PERSON ? null : scene;
    }

    private static @Nullable Scheme scheme(@Nullable String word) {
        Scheme scheme = word == null ? null : Scheme.of(word);
        return scheme == null || !scheme.bindable() ? null : scheme;
    }

    /** Fields and their values, and when every node knows: the longest silence, and the longest that a terminal may keep. */
    private Act.Outcome outcome(Instant at, List<String> fields, @Nullable Object... values) {
        return outcome(at, json -> {
            for (int i = 0; i < values.length; i++) {
                Object value = values[i];
                if (value instanceof Boolean flag) {
                    json.writeBooleanField(fields.get(i), flag);
                } else {
                    json.writeStringField(fields.get(i), value == null ? null : value.toString());
                }
            }
        });
    }

    private Act.Outcome outcome(Instant at, Reply.Writer fields) {
        int ttl = site.scenes().stream().mapToInt(SceneRule::ttlSeconds).max().orElse(0);
        // its toString leaves seconds of 0 out, which RFC 3339 does not allow
        String everywhere = DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(OffsetDateTime.ofInstant(at, Keeper.ZONE)
                .plusSeconds((long) live.stalenessMaxSeconds() + ttl + 1)
                .truncatedTo(ChronoUnit.SECONDS));
        return new Act.Outcome(200, Reply.bytes(json -> {
            json.writeStartObject();
            fields.to(json);
            json.writeStringField("effective_everywhere_by", everywhere);
            json.writeEndObject();
        }));
    }
}
