package io.osmanthus.http;

import io.osmanthus.engine.Generation;
import io.osmanthus.engine.Keeper;
import io.osmanthus.engine.OwnFacts;
import io.osmanthus.engine.Reader;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.PersonFile;
import io.osmanthus.snapshots.cases.Cases;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one person is told, as it follows from ledger, snapshots and calendar: a new adverse record, arrears, a record marked
 * anew, a token that somebody else claims or has bound, a case that moved or is due, a purpose that has changed, a consent that ends soon. On a worker, for one reading.
 */
final class Notices {
    /**
     * Changes of one kind that are told of, the newest; older ones are in the export. Each kind has its own: who can write many of one
     * must not push those of another out of sight.
     */
    static final int CHANGES_MAX = 2_000;

    /** Changes of one kind that are looked through for them: of plus records, and of marks on nothing, nobody is told. */
    static final int LOOKED_AT_MAX = 20_000;

    /** Snapshots that are looked through for the day on which a record came. */
    static final int SNAPSHOTS_MAX = 12;

    /** A consent that ends within so many days. */
    static final int ENDS_SOON_DAYS = 30;

    private static final String IDS = "notices/1";
    private static final List<Kind> KINDS = List.of(
            Kind.RECORD_ADDED,
            Kind.RECORD_MARKED,
            Kind.ARREARS_ADDED,
            Kind.ARREARS_MARKED,
            Kind.CASE_MOVED,
            Kind.TOKEN_UNBOUND,
            Kind.TOKEN_CLAIMED);

    private final Site site;
    private final Live live;
    private final OwnFile file;
    private final Caller.Citizen citizen;
    private final Generation generation;
    private final Vocabulary vocabulary;
    private final List<Notice> notices = new ArrayList<>();

    /** Adverse records that the ledger told of; of all others that are held the snapshots tell. */
    private final Set<PersonFile.Name> told = new HashSet<>();

    /** Everything to tell, newest first, and how far that reaches. */
    record Read(List<Notice> notices, Notice.Told told) {}

    private Notices(Site site, Live live, OwnFile file, Caller.Citizen citizen) {
        this.site = site;
        this.live = live;
        this.file = file;
        this.citizen = citizen;
        this.generation = file.generation();
        this.vocabulary = generation.rules().vocabulary();
    }

    /** Reads them; null where the person is not enrolled. */
    static @Nullable Read of(Site site, Live live, Caller.Citizen citizen) {
        try (Reader reader = live.engine().reader()) {
            Generation generation = reader.advance();
            if (generation == null) {
                throw new Writes.Refusal(Problem.NOT_READY);
            }
            // before anything is read: what comes meanwhile is told the next time
            long position = generation.position();
            OwnFile file = OwnFile.of(site, live, reader, generation, citizen);
            return file == null ? null : new Notices(site, live, file, citizen).read(position);
        }
    }

    private Read read(long position) {
        fromLedger();
        fromSnapshots();
        fromCalendar();
        notices.removeIf(notice -> notice.axis() == Notice.Axis.LEDGER && notice.mark() > position);
        notices.sort(Notice.NEWEST_FIRST);
        long made = live.operations().madeMs(generation.snapshot());
        return new Read(List.copyOf(notices), new Notice.Told(position, made, dayMs(generation.day())));
    }

    private void fromLedger() {
        KINDS.forEach(this::fromLedger);
    }

    private void fromLedger(Kind kind) {
        Subject self = new Subject(citizen.high(), citizen.low());
        int before = notices.size();
        int looked = 0;
        long from = Long.MAX_VALUE;
        List<Entry> page;
        do {
            page = live.ledger().about(self, Set.of(kind), from, true, CHANGES_MAX);
            for (Entry entry : page) {
                from = entry.position();
                byte[] bytes = entry.payload();
                if (bytes != null) {
                    tell(kind, entry, Payload.parse(bytes));
                }
            }
            looked += page.size();
        } while (page.size() == CHANGES_MAX && looked < LOOKED_AT_MAX && notices.size() - before < CHANGES_MAX);
    }

    private void tell(Kind kind, Entry entry, Payload payload) {
        if (kind == Kind.ARREARS_ADDED) {
            arrears(entry, payload);
        } else if (kind == Kind.ARREARS_MARKED) {
            arrearsMarked(entry, payload);
        } else if (kind == Kind.CASE_MOVED) {
            Notice moved = CaseNotices.moved(entry, payload, id("case-moved", entry.position()));
            if (moved != null) {
                notices.add(moved);
            }
        } else if (kind == Kind.TOKEN_UNBOUND) {
            taken(entry, payload);
        } else if (kind == Kind.TOKEN_CLAIMED) {
            claimed(entry, payload);
        } else if (kind == Kind.RECORD_MARKED) {
            marked(entry, payload);
        } else {
            added(entry, payload);
        }
    }

    private void added(Entry entry, Payload payload) {
        Item item = vocabulary.item(payload.text("item"));
        if (item != null && item.adverse()) {
            PersonFile.Name name = name(payload);
            told.add(name);
            record(name, item, Notice.Axis.LEDGER, entry.position(), entry.at().toEpochMilli(), false);
        }
    }

    private static PersonFile.Name name(Payload payload) {
        return new PersonFile.Name(payload.text("source"), payload.text("record_id"));
    }

    /** Whether a record is, or was, one of the person's. */
    private boolean known(PersonFile.Name name) {
        return file.reported().containsKey(name)
                || file.records().containsKey(name)
                || file.held().records().stream()
                        .anyMatch(one -> one.id().equals(name.id())
                                && generation.sources().get(one.source()).equals(name.source()));
    }

    private void record(PersonFile.Name name, Item item, Notice.Axis axis, long mark, long at, boolean atTheLatest) {
        notices.add(
                new Notice(id("adverse-record", name.source(), name.id()), at, axis, mark, "adverse-record", json -> {
                    json.writeStringField("record_id", name.id());
                    json.writeStringField("source", name.source());
                    json.writeStringField("item", item.id());
                    VocabularyJson.title(json, "title", item.title());
                    json.writeBooleanField("at_the_latest", atTheLatest);
                    json.writeStringField("repair_route", item.repairRoute());
                }));
    }

    private void arrears(Entry entry, Payload payload) {
        SceneDefinition scene = vocabulary.scene(payload.text("scene"));
        notices.add(new Notice(
                id("arrears", entry.position()),
                entry.at().toEpochMilli(),
                Notice.Axis.LEDGER,
                entry.position(),
                "arrears",
                json -> {
                    json.writeStringField("scene", payload.text("scene"));
                    if (scene != null) {
                        VocabularyJson.title(json, "title", scene.title());
                    }
                    json.writeStringField("since", payload.text("since"));
                    json.writeNumberField("amount_cents", payload.number("amount_cents"));
                    json.writeStringField("reference", payload.text("reference"));
                }));
    }

    private void arrearsMarked(Entry entry, Payload payload) {
        notices.add(new Notice(
                id("arrears-marked", entry.position()),
                entry.at().toEpochMilli(),
                Notice.Axis.LEDGER,
                entry.position(),
                "arrears-marked",
                json -> {
                    json.writeStringField("scene", payload.text("scene"));
                    json.writeStringField("since", payload.text("since"));
                    json.writeBooleanField("disputed", (payload.number("marks") & SubjectFacts.DISPUTED) != 0);
                }));
    }

    /** Somebody else says that it is theirs. What one claims oneself is no news. */
    private void claimed(Entry entry, Payload payload) {
        if (TokenClaims.against(entry)) {
            String until = DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                    OffsetDateTime.ofInstant(entry.at().plus(TokenClaims.WAIT), Keeper.ZONE)
                            .truncatedTo(ChronoUnit.SECONDS));
            notices.add(new Notice(
                    id("token-claimed", entry.position()),
                    entry.at().toEpochMilli(),
                    Notice.Axis.LEDGER,
                    entry.position(),
                    "token-claimed",
                    json -> {
                        json.writeStringField("scheme", payload.text("scheme"));
                        json.writeStringField("yours_until", until);
                    }));
        }
    }

    /** Somebody else has bound it: sold, or not given away at all. What one unbinds oneself is no news. */
    private void taken(Entry entry, Payload payload) {
        if (entry.actor().equals(CitizenActs.REBOUND)) {
            notices.add(new Notice(
                    id("token-taken", entry.position()),
                    entry.at().toEpochMilli(),
                    Notice.Axis.LEDGER,
                    entry.position(),
                    "token-taken",
                    json -> json.writeStringField("scheme", payload.text("scheme"))));
        }
    }

    private void marked(Entry entry, Payload payload) {
        if (!known(name(payload))) {
            return;
        }
        long marks = payload.number("marks");
        notices.add(new Notice(
                id("record-marked", entry.position()),
                entry.at().toEpochMilli(),
                Notice.Axis.LEDGER,
                entry.position(),
                "record-marked",
                json -> {
                    json.writeStringField("record_id", payload.text("record_id"));
                    json.writeStringField("source", payload.text("source"));
                    json.writeBooleanField("disputed", (marks & SubjectFacts.DISPUTED) != 0);
                    json.writeBooleanField("repaired", (marks & SubjectFacts.REPAIRED) != 0);
                    json.writeBooleanField("retracted", (marks & SubjectFacts.RETRACTED) != 0);
                }));
    }

    /** Delivered adverse records, with the first of the snapshots at hand that has them. */
    private void fromSnapshots() {
        Map<PersonFile.Name, Item> left = new HashMap<>();
        for (OwnFacts.Fact record : file.held().records()) {
            Item item = vocabulary.items().get(record.item());
            PersonFile.Name name = new PersonFile.Name(generation.sources().get(record.source()), record.id());
            if (item.adverse() && !told.contains(name)) {
                left.put(name, item);
            }
        }
        String first = generation.snapshot();
        List<String> before = left.isEmpty()
                ? List.of()
                : live.operations().before(first, site.pseudonymKey().fingerprint(), SNAPSHOTS_MAX);
        for (String version : before) {
            Set<PersonFile.Name> there = left.isEmpty() ? Set.of() : names(version, left);
            long made = live.operations().madeMs(first);
            for (PersonFile.Name name : new HashSet<>(left.keySet())) {
                if (!there.contains(name)) {
                    record(name, left.remove(name), Notice.Axis.SNAPSHOT, made, made, false);
                }
            }
            first = version;
        }
        long made = live.operations().madeMs(first);
        left.forEach((name, item) -> record(name, item, Notice.Axis.SNAPSHOT, made, made, true));
    }

    private Set<PersonFile.Name> names(String version, Map<PersonFile.Name, Item> wanted) {
        Set<String> items = wanted.values().stream().map(Item::id).collect(Collectors.toSet());
        try (PersonFile there = PersonFile.open(live.snapshots().apply(version), site.pseudonymKey())) {
            int ordinal = there.ordinal(citizen.high(), citizen.low());
            return ordinal < 0 ? Set.of() : there.recordNames(ordinal, items);
        }
    }

    private void fromCalendar() {
        LocalDate today = generation.day();
        Subject self = new Subject(citizen.high(), citizen.low());
        CaseNotices.dated(Cases.of(live.ledger(), self), today, this::id, notices);
        for (Reader.Consent consent : file.held().consents()) {
            LocalDate ends = LocalDate.ofEpochDay(consent.endsOn());
            LocalDate told = ends.minusDays(ENDS_SOON_DAYS);
            if (consent.stands() && !told.isAfter(today)) {
                SceneDefinition scene = vocabulary.scenes().get(consent.scene());
                notices.add(new Notice(
                        id("consent-ends", scene.id(), ends),
                        dayMs(told),
                        Notice.Axis.DAY,
                        dayMs(told),
                        "consent-ends",
                        json -> {
                            json.writeStringField("scene", scene.id());
                            VocabularyJson.title(json, "title", scene.title());
                            json.writeStringField("ends_on", ends.toString());
                        }));
            }
        }
        for (SceneDefinition scene : vocabulary.scenes()) {
            LocalDate since = scene.purposeSince();
            if (since != null && !since.isAfter(today) && file.askedAnew(scene)) {
                notices.add(purpose(scene, since));
            }
        }
    }

    private Notice purpose(SceneDefinition scene, LocalDate since) {
        return new Notice(
                id("purpose-changed", scene.id(), scene.purposeVersion()),
                dayMs(since),
                Notice.Axis.DAY,
                dayMs(since),
                "purpose-changed",
                json -> {
                    json.writeStringField("scene", scene.id());
                    VocabularyJson.title(json, "title", scene.title());
                    json.writeNumberField("purpose_version", scene.purposeVersion());
                    VocabularyJson.title(json, "purpose", scene.purpose());
                    VocabularyJson.texts(json, "recipients", scene.recipients());
                });
    }

    private static long dayMs(LocalDate day) {
        return day.atStartOfDay(Keeper.ZONE).toInstant().toEpochMilli();
    }

    /** The person is part of it, so that ids of two persons say nothing about a record that both have. */
    private long id(Object... parts) {
        StringBuilder text =
                new StringBuilder().append(citizen.high()).append(' ').append(citizen.low());
        for (Object part : parts) {
            text.append('\n').append(part);
        }
        return ByteBuffer.wrap(PersonCursor.hmac(
                        site.pseudonymKey(), IDS, text.toString().getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }
}
