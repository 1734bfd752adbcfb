package io.osmanthus.http;

import io.osmanthus.snapshots.ledger.Subject;
import org.jspecify.annotations.Nullable;

/** A person, who is told what concerns them; that they were is in their accesses. */
final class OwnNotices implements Audience {
    private final Site site;
    private final Live live;
    private final Caller.Citizen citizen;
    private final long shown;

    /** {@code shown}: the trail's bits of it. */
    OwnNotices(Site site, Live live, Caller.Citizen citizen, long shown) {
        this.site = site;
        this.live = live;
        this.citizen = citizen;
        this.shown = shown;
    }

    @Override
    public Subject self() {
        return new Subject(citizen.high(), citizen.low());
    }

    @Override
    public String word() {
        return "notice";
    }

    @Override
    public Notices.@Nullable Read read() {
        return Notices.of(site, live, citizen);
    }

    @Override
    public void shown(Turn turn, boolean found) {
        turn.event(found, citizen.high(), citizen.low(), shown);
    }

    @Override
    public Problem absent() {
        return Problem.NOT_ENROLLED;
    }

    @Override
    public boolean followsEntries() {
        return false;
    }
}
