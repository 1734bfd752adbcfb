package io.osmanthus.http.command;

import io.osmanthus.snapshots.trail.AccessTrail;
import io.osmanthus.snapshots.trail.Asked;
import io.osmanthus.snapshots.trail.TrailOptions;
import io.osmanthus.snapshots.trail.TrailWriter;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Writes an offline command's answers about persons into the access trail, each before it is printed. */
final class Recorder implements AutoCloseable {
    private static final int NAME_CHARACTERS_MAX = 64;

    private final AccessTrail trail;
    private final TrailWriter writer;
    private final String client;

    private Recorder(AccessTrail trail, String client) {
        this.trail = trail;
        this.writer = trail.writer();
        this.client = client;
    }

    /** Opens the trail; the person reads {@code offline/<operator>/<case>} as who asked. */
    static Recorder open(TrailOptions options, @Nullable String operator, @Nullable String caseId) {
        return new Recorder(AccessTrail.start(options, Clock.systemUTC()), "offline" + part(operator) + part(caseId));
    }

    /**
     * Writes one answer.
     *
     * @param scene null outside scenes
     * @param answer the benefit, or what was shown; null for none
     * @throws CommandException if it cannot be written: then it must not be printed
     */
    void answered(boolean known, long high, long low, @Nullable String scene, @Nullable String answer) {
        writer.add(known, high, low, trail.what(Asked.OFFLINE, client, scene, answer));
        if (!writer.commit()) {
            throw new CommandException(
                    "the access trail cannot be written, so nothing about persons is answered: is its disk full?");
        }
    }

    private static String part(@Nullable String name) {
        return name == null ? "" : "/" + name.substring(0, Math.min(NAME_CHARACTERS_MAX, name.length()));
    }

    @Override
    public void close() {
        writer.close();
        trail.close();
    }
}
