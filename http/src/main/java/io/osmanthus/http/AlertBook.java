package io.osmanthus.http;

import io.osmanthus.engine.Generation;
import io.osmanthus.engine.Keeper;
import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.DeliveredEntries;
import io.osmanthus.snapshots.DeliveredEntries.Between;
import io.osmanthus.snapshots.DeliveredEntries.Listed;
import io.osmanthus.snapshots.DeliveredEntries.Organisation;
import io.osmanthus.snapshots.SnapshotException;
import io.osmanthus.snapshots.ledger.Amendment;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.vocabulary.Marks;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * What there is to tell follows from the ledger, the snapshots and the calendar, as notices do. It is of all lists, the same for
 * everyone at one position, so it is made once and filtered for each who asks. Two snapshots never change: what differs
 * between them is kept.
 */

/** What came about on lists of late: who entered, who left, what was marked. Thread-safe; reading it blocks. */
final class AlertBook {
    /** Entries reported or amended that are looked through, the newest. */
    static final int CHANGES_MAX = 2_000;

    /** Snapshots that are held against the one before each. */
    static final int SNAPSHOTS_MAX = 6;

    /** Entries told of one delivery; of more it is only said that there were. */
    static final int ENTRIES_MAX = 10_000;

    /** How long an end is told after its day. */
    static final int ENDED_DAYS = 30;

    private static final String IDS = "alerts/1";
    private static final Logger LOG = LoggerFactory.getLogger(AlertBook.class);

    /** By the versions of two snapshots. */
    private final Map<List<String>, Between> compared = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<String>, Between> eldest) {
            return size() > 2 * SNAPSHOTS_MAX;
        }
    };

    private @Nullable Page page;

    /**
     * Something that came about on a list.
     *
     * @param cause why an entry is over: {@code ended}, {@code no-longer-delivered}, {@code repaired}, {@code retracted}
     * @param organisation null: of no single one
     * @param leavesOn epoch day, or {@link Days#NONE}
     */
    record Alert(
            long id,
            long at,
            Notice.Axis axis,
            long mark,
            String kind,
            @Nullable String cause,
            @Nullable Organisation organisation,
            String list,
            String entryId,
            int enteredOn,
            int leavesOn,
            boolean disputed) {}

    /** Everything to tell at one state, and how far that reaches. */
    record Page(String snapshot, Notice.Told told, List<Alert> alerts) {}

    /** What there is to tell at the state of a generation. */
    synchronized Page read(Site site, Live live, Generation generation) {
        long position = generation.position();
        Page last = page;
        long day = dayMs(generation.day());
        if (last != null
                && last.snapshot().equals(generation.snapshot())
                && last.told().position() == position
                && last.told().dayMs() == day) {
            return last;
        }
        Notice.Told told = new Notice.Told(position, live.operations().madeMs(generation.snapshot()), day);
        Page next = new Page(generation.snapshot(), told, new Reading(site, live, generation).read(position));
        page = next;
        return next;
    }

    private static long dayMs(LocalDate day) {
        return day.atStartOfDay(Keeper.ZONE).toInstant().toEpochMilli();
    }

    private static long dayMs(int epochDay) {
        return dayMs(LocalDate.ofEpochDay(epochDay));
    }

    /** Where on which axis something came about. */
    private record When(Notice.Axis axis, long mark, long at, int day) {}

    private final class Reading {
        private final Site site;
        private final Live live;
        private final Generation generation;
        private final int today;
        private final Map<Long, Alert> alerts = new HashMap<>();

        Reading(Site site, Live live, Generation generation) {
            this.site = site;
            this.live = live;
            this.generation = generation;
            this.today = (int) generation.day().toEpochDay();
        }

        List<Alert> read(long position) {
            try (DeliveredEntries delivered = DeliveredEntries.open()) {
                fromLedger(delivered);
                fromSnapshots(delivered);
                delivered
                        .ending(
                                path(generation.snapshot()),
                                generation.day().minusDays(ENDED_DAYS),
                                generation.day(),
                                ENTRIES_MAX)
                        .forEach(one -> ended(one.organisation(), one.list(), one.entryId(), one.leavesOn()));
            }
            alerts.values().removeIf(one -> one.axis() == Notice.Axis.LEDGER && one.mark() > position);
            return List.copyOf(alerts.values());
        }

        /** The day of a moment; in a rehearsal the clock may be ahead of the day that is answered for. */
        private int day(Instant at) {
            return Math.min((int) LocalDate.ofInstant(at, Keeper.ZONE).toEpochDay(), today);
        }

        private Path path(String version) {
            return live.snapshots().apply(version);
        }

        private void fromLedger(DeliveredEntries delivered) {
            List<Entry> entries = live.ledger().entriesBefore(Long.MAX_VALUE, CHANGES_MAX);
            Map<List<Long>, Organisation> named = delivered.named(
                    path(generation.snapshot()),
                    entries.stream()
                            .map(one -> new long[] {
                                one.subject().high(), one.subject().low()
                            })
                            .toList());
            for (Entry entry : entries) {
                byte[] bytes = entry.payload();
                Organisation organisation = named.get(
                        List.of(entry.subject().high(), entry.subject().low()));
                if (bytes == null || organisation == null) {
                    continue;
                }
                Payload payload = Payload.parse(bytes);
                int day = day(entry.at());
                When when = new When(
                        Notice.Axis.LEDGER, entry.position(), entry.at().toEpochMilli(), day);
                if (payload.has("entered_on")) {
                    Listed listed = new Listed(
                            organisation,
                            payload.text("list"),
                            payload.text("entry_id"),
                            payload.day("entered_on"),
                            payload.day("leaves_on"));
                    entered(listed, when);
                    if (listed.leavesOn() != Days.NONE && listed.leavesOn() > day) {
                        ended(organisation, listed.list(), listed.entryId(), listed.leavesOn());
                    }
                } else {
                    amended(organisation, payload, when);
                }
            }
        }

        private void amended(Organisation organisation, Payload payload, When when) {
            Amendment amendment = Amendment.of(payload);
            int marks = amendment.marks() == Amendment.KEPT ? 0 : amendment.marks();
            String cause =
                    (marks & Marks.RETRACTED) != 0 ? "retracted" : (marks & Marks.REPAIRED) != 0 ? "repaired" : null;
            String list = payload.text("list");
            String id = payload.text("entry_id");
            if (cause != null) {
                left(organisation, list, id, cause, Days.NONE, when);
                return;
            }
            int ends = amendment.endsOn() == Amendment.KEPT ? Days.NONE : amendment.endsOn();
            add(new Alert(
                    id("entry-amended", organisation, list, id, when.mark()),
                    when.at(),
                    when.axis(),
                    when.mark(),
                    "entry-amended",
                    null,
                    organisation,
                    list,
                    id,
                    Days.NONE,
                    ends,
                    (marks & Marks.DISPUTED) != 0));
        }

        /** Deliveries of late, each held against the one before. */
        private void fromSnapshots(DeliveredEntries delivered) {
            String later = generation.snapshot();
            List<String> before =
                    live.operations().before(later, site.pseudonymKey().fingerprint(), SNAPSHOTS_MAX);
            for (String earlier : before) {
                Between between;
                try {
                    between = between(delivered, earlier, later);
                } catch (SnapshotException e) {
                    // pruned meanwhile: what it brought is no longer told
                    LOG.info("{}", e.getMessage());
                    return;
                }
                long made = live.operations().madeMs(later);
                When when = new When(Notice.Axis.SNAPSHOT, made, made, day(Instant.ofEpochMilli(made)));
                between.came().forEach(one -> entered(one, when));
                for (Listed one : between.went()) {
                    if (one.leavesOn() == Days.NONE || one.leavesOn() > when.day()) {
                        left(one.organisation(), one.list(), one.entryId(), "no-longer-delivered", Days.NONE, when);
                    }
                }
                if (!between.whole()) {
                    add(new Alert(
                            id("entries-not-told", null, "", later, 0),
                            made,
                            when.axis(),
                            made,
                            "entries-not-told",
                            null,
                            null,
                            "",
                            "",
                            Days.NONE,
                            Days.NONE,
                            false));
                }
                later = earlier;
            }
        }

        private Between between(DeliveredEntries delivered, String earlier, String later) {
            List<String> pair = List.of(earlier, later);
            Between known = compared.get(pair);
            if (known == null) {
                known = delivered.between(path(earlier), path(later), ENTRIES_MAX);
                compared.put(pair, known);
            }
            return known;
        }

        /** One that begins later is told on its day; one that is over before is not told at all. */
        private void entered(Listed one, When when) {
            boolean later = one.enteredOn() > when.day();
            int from = later ? one.enteredOn() : when.day();
            if (from > today || (one.leavesOn() != Days.NONE && one.leavesOn() <= from)) {
                return;
            }
            long on = dayMs(from);
            add(new Alert(
                    id("entry-entered", one.organisation(), one.list(), one.entryId(), 0),
                    later ? on : when.at(),
                    later ? Notice.Axis.DAY : when.axis(),
                    later ? on : when.mark(),
                    "entry-entered",
                    null,
                    one.organisation(),
                    one.list(),
                    one.entryId(),
                    one.enteredOn(),
                    one.leavesOn(),
                    false));
        }

        private void ended(Organisation organisation, String list, String entryId, int leavesOn) {
            if (leavesOn <= today && leavesOn >= today - ENDED_DAYS) {
                long at = dayMs(leavesOn);
                When when = new When(Notice.Axis.DAY, at, at, leavesOn);
                left(organisation, list, entryId, "ended", leavesOn, when);
            }
        }

        private void left(
                Organisation organisation, String list, String entryId, String cause, int leavesOn, When when) {
            add(new Alert(
                    id("entry-left", organisation, list, entryId, 0),
                    when.at(),
                    when.axis(),
                    when.mark(),
                    "entry-left",
                    cause,
                    organisation,
                    list,
                    entryId,
                    Days.NONE,
                    leavesOn,
                    false));
        }

        /** What came about twice, by a report and by the delivery after it, is told once: as it was first. */
        private void add(Alert alert) {
            alerts.merge(alert.id(), alert, (known, other) -> other.at() < known.at() ? other : known);
        }

        private long id(String kind, @Nullable Organisation organisation, String list, String entryId, long nth) {
            String text = String.join(
                    "\n",
                    new ArrayList<>(List.of(
                            kind,
                            organisation == null ? "" : organisation.high() + " " + organisation.low(),
                            list,
                            entryId,
                            Long.toString(nth))));
            return ByteBuffer.wrap(PersonCursor.hmac(site.pseudonymKey(), IDS, text.getBytes(StandardCharsets.UTF_8)))
                    .getLong();
        }
    }
}
