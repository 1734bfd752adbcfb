package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.osmanthus.engine.Generation;
import io.osmanthus.engine.Reader;
import io.osmanthus.engine.rules.Matter;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.DeliveredEntries.Organisation;
import io.osmanthus.snapshots.cases.Cases;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/*
 * A department follows its matters: who enters or leaves a list that means something there. Individual traders are found by exact
 * code only, so no department is told of one: a list of alerts would enumerate them.
 */

/** What a department or an organisation is told (提示): nothing about persons. */
final class Alerts implements Audience {
    /** Reports about one organisation that are looked through, the newest. */
    private static final int CHANGES_MAX = 2_000;

    private static final String SELVES = "alerts-self/1";
    private static final Set<Kind> OWN = Set.of(Kind.RECORD_ADDED, Kind.RECORD_MARKED, Kind.CASE_MOVED);

    private final Site site;
    private final Live live;
    private final AlertBook book;
    private final Subject self;

    /** The matters that are followed; null: those of one organisation, which follows itself. */
    private final @Nullable Set<String> matters;

    private Alerts(Site site, Live live, AlertBook book, Subject self, @Nullable Set<String> matters) {
        this.site = site;
        this.live = live;
        this.book = book;
        this.self = self;
        this.matters = matters;
    }

    /** Of a department. Its places are those of the client, whichever key it comes with. */
    static Alerts of(Site site, Live live, AlertBook book, Client department) {
        ByteBuffer hash = ByteBuffer.wrap(
                PersonCursor.hmac(site.pseudonymKey(), SELVES, department.id().getBytes(StandardCharsets.UTF_8)));
        return new Alerts(site, live, book, new Subject(hash.getLong(), hash.getLong()), department.matters());
    }

    /** Of an organisation. */
    static Alerts of(Site site, Live live, AlertBook book, Caller.Representative organisation) {
        return new Alerts(site, live, book, new Subject(organisation.high(), organisation.low()), null);
    }

    @Override
    public Subject self() {
        return self;
    }

    @Override
    public String word() {
        return "alert";
    }

    @Override
    public void shown(Turn turn, boolean found) {
        // about organisations: no trail
    }

    @Override
    public Problem absent() {
        return Problem.NOT_FOUND;
    }

    @Override
    public boolean followsEntries() {
        return matters != null;
    }

    @Override
    public Notices.@Nullable Read read() {
        try (Reader reader = live.engine().reader()) {
            Generation generation = reader.advance();
            if (generation == null) {
                throw new Writes.Refusal(Problem.NOT_READY);
            }
            if (matters == null && !reader.knowsOrganisation(self.high(), self.low())) {
                return null;
            }
            AlertBook.Page page = book.read(site, live, generation);
            List<Notice> notices = new ArrayList<>();
            entries(page, generation, notices);
            if (matters == null) {
                own(generation, page.told().position(), notices);
            }
            notices.sort(Notice.NEWEST_FIRST);
            return new Notices.Read(List.copyOf(notices), page.told());
        }
    }

    private void entries(AlertBook.Page page, Generation generation, List<Notice> notices) {
        for (AlertBook.Alert alert : page.alerts()) {
            Organisation organisation = alert.organisation();
            ListDefinition list = generation.rules().vocabulary().list(alert.list());
            List<Matter> meant = list == null ? List.of() : meant(generation, list);
            if (organisation == null ? matters != null : list != null && follows(organisation, meant)) {
                notices.add(new Notice(
                        alert.id(),
                        alert.at(),
                        alert.axis(),
                        alert.mark(),
                        alert.kind(),
                        json -> write(json, alert, list, meant)));
            }
        }
    }

    private boolean follows(Organisation organisation, List<Matter> meant) {
        return matters == null
                ? organisation.high() == self.high() && organisation.low() == self.low()
                : !meant.isEmpty() && !organisation.trader();
    }

    /** The matters, of those followed, in which a list means something. */
    private List<Matter> meant(Generation generation, ListDefinition list) {
        Predicate<Matter> followed = matters == null ? matter -> true : matter -> matters.contains(matter.id());
        return generation.rules().matters().stream()
                .filter(followed)
                .filter(matter -> matter.effect(list.index()) != null)
                .toList();
    }

    private static void write(
            JsonGenerator json, AlertBook.Alert alert, @Nullable ListDefinition list, List<Matter> meant)
            throws IOException {
        Organisation organisation = alert.organisation();
        if (organisation == null || list == null) {
            return;
        }
        json.writeStringField("uscc", organisation.uscc());
        json.writeStringField("name", organisation.name());
        json.writeStringField("list", list.id());
        VocabularyJson.title(json, "list_title", list.title());
        json.writeStringField("entry_id", alert.entryId());
        switch (alert.kind()) {
            case "entry-entered" -> {
                json.writeStringField("entered_on", ScoreJson.day(alert.enteredOn()));
                json.writeStringField("leaves_on", ScoreJson.day(alert.leavesOn()));
            }
            case "entry-left" -> json.writeStringField("cause", alert.cause());
            default -> {
                json.writeBooleanField("disputed", alert.disputed());
                json.writeStringField("leaves_on", ScoreJson.day(alert.leavesOn()));
            }
        }
        json.writeArrayFieldStart("matters");
        for (Matter matter : meant) {
            Matter.Effect effect = matter.effect(list.index());
            if (effect != null) {
                json.writeStartObject();
                json.writeStringField("matter", matter.id());
                json.writeStringField("effect", effect.effect().name().toLowerCase(Locale.ROOT));
                VocabularyJson.title(json, "measure", effect.words());
                json.writeStringField("legal_basis", effect.legalBasis().isEmpty() ? null : effect.legalBasis());
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }

    /** Beside its entries an organisation is told of its adverse records, of marks of records, and of its cases. */
    private void own(Generation generation, long position, List<Notice> notices) {
        for (Entry entry : live.ledger().about(self, OWN, position + 1, true, CHANGES_MAX)) {
            byte[] bytes = entry.payload();
            Payload payload = Payload.parse(bytes == null ? new byte[0] : bytes);
            Notice notice = own(generation, entry, payload);
            if (notice != null) {
                notices.add(notice);
            }
        }
        CaseNotices.dated(Cases.of(live.ledger(), self), generation.day(), this::id, notices);
    }

    private @Nullable Notice own(Generation generation, Entry entry, Payload payload) {
        if (entry.kind() == Kind.CASE_MOVED) {
            return CaseNotices.moved(entry, payload, id("case-moved", entry.position()));
        }
        Item item = generation.rules().vocabulary().item(payload.text("item"));
        boolean added = entry.kind() == Kind.RECORD_ADDED;
        if (added && (item == null || !item.adverse())) {
            return null;
        }
        String kind = added ? "adverse-record" : "record-marked";
        long marks = payload.number("marks");
        return new Notice(
                id(kind, entry.position()),
                entry.at().toEpochMilli(),
                Notice.Axis.LEDGER,
                entry.position(),
                kind,
                json -> {
                    json.writeStringField("record_id", payload.text("record_id"));
                    json.writeStringField("source", payload.text("source"));
                    if (item != null) {
                        json.writeStringField("item", item.id());
                        VocabularyJson.title(json, "title", item.title());
                        json.writeStringField("repair_route", item.repairRoute());
                    } else {
                        json.writeBooleanField("disputed", (marks & SubjectFacts.DISPUTED) != 0);
                        json.writeBooleanField("repaired", (marks & SubjectFacts.REPAIRED) != 0);
                        json.writeBooleanField("retracted", (marks & SubjectFacts.RETRACTED) != 0);
                    }
                });
    }

    private long id(Object... parts) {
        StringBuilder text = new StringBuilder().append(self.high()).append(' ').append(self.low());
        for (Object part : parts) {
            text.append('\n').append(part);
        }
        return ByteBuffer.wrap(PersonCursor.hmac(
                        site.pseudonymKey(), SELVES, text.toString().getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }
}
