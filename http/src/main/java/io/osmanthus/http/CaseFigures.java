package io.osmanthus.http;

import io.micrometer.core.instrument.Gauge;
import io.osmanthus.engine.Generation;
import io.osmanthus.snapshots.cases.CaseKind;
import io.osmanthus.snapshots.cases.Cases;
import io.osmanthus.snapshots.vocabulary.WorkingDays;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many open cases are how near to their date (escalation): {@code osmanthus_cases{kind, due}}. Counted in the database
 * every few seconds on a worker, read by whoever scrapes. Thread-safe.
 */
final class CaseFigures {
    /** How old the figures may be. */
    static final int INTERVAL_MS = 5_000;

    /** Due within so many working days, today with them, is near. */
    static final int NEAR_WORKING_DAYS = 1;

    private static final List<String> DUE = List.of("overdue", "near", "later", "suspended", "decided");
    private static final Logger LOG = LoggerFactory.getLogger(CaseFigures.class);

    private final Live live;
    private final WorkingDays calendar;
    private volatile Map<String, Long> counts = Map.of();

    private CaseFigures(Live live, Site site) {
        this.live = live;
        this.calendar = site.vocabulary().workingDays();
        for (CaseKind kind : CaseKind.values()) {
            for (String due : DUE) {
                Gauge.builder("osmanthus.cases", this, of -> of.counts.getOrDefault(kind.word() + " " + due, 0L))
                        .description("Open cases by kind and by how near their date is")
                        .tag("kind", kind.word())
                        .tag("due", due)
                        .register(site.meters().registry());
            }
        }
    }

    /** Counts from now on, as long as the server runs. */
    static void watch(Vertx vertx, Site site) {
        Live live = site.live();
        if (live == null) {
            return;
        }
        CaseFigures figures = new CaseFigures(live, site);
        vertx.setPeriodic(0, INTERVAL_MS, timer -> {
            var unused = vertx.<@Nullable Void>executeBlocking(() -> {
                figures.count();
                return null;
            });
        });
    }

    private void count() {
        Generation generation = live.engine().current();
        if (generation == null || !live.ledger().available()) {
            return;
        }
        int today = (int) generation.day().toEpochDay();
        try {
            Map<String, Long> fresh = new HashMap<>();
            for (Cases.Figure figure : Cases.figures(live.ledger(), today, calendar.after(today, NEAR_WORKING_DAYS))) {
                fresh.put(figure.kind().word() + " " + figure.due(), figure.count());
            }
            counts = Map.copyOf(fresh);
        } catch (RuntimeException e) {
            LOG.warn("open cases could not be counted: {}", e.getMessage());
        }
    }
}
