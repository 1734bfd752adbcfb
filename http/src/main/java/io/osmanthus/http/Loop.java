package io.osmanthus.http;

import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.trail.AccessTrail;
import io.osmanthus.snapshots.trail.TrailWriter;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop owns: its reader of the engine, the encoded answers of the rules in force, pseudonymisers, open
 * bodies. Nothing of it is shared; everything is called on its event loop only.
 */
final class Loop implements AutoCloseable {
    /** A path of the hot routes. */
    record Target(String path, int scene, String id, boolean batch, boolean persons) {}

    private final ContextInternal context;
    private final Answers answers;
    private final ReaderPool readers;
    private final Body.Open open;
    private final Map<Scheme, PseudonymKey.Pseudonymiser> pseudonymisers = new EnumMap<>(Scheme.class);
    private final Map<String, Target> targets = new HashMap<>();
    private List<SceneRule> encodedFrom = List.of();
    private List<SceneAnswers> encoded = List.of();
    private final @Nullable AccessTrail trail;
    private final Turn turn;
    private final Site site;
    private AnswerCounts.Tally tally;

    /** Written on the event loop, read by publishing threads. */
    private volatile boolean closed;

    /** {@code writer} is null where nothing is answered about persons: on a management listener, in measurements. */
    Loop(Site site, ContextInternal context, @Nullable TrailWriter writer) {
        this.context = context;
        this.site = site;
        this.tally = site.meters().answers().tally(List.of());
        this.trail = writer == null ? null : site.trail();
        this.turn = new Turn(context, site.meters(), trail, writer);
        this.answers = site.source().open();
        this.readers = new ReaderPool(site.source(), site.config().limits().batchesMax());
        this.open = new Body.Open(
                TimeUnit.MILLISECONDS.toNanos(site.config().limits().requestTimeoutMs()),
                (response, failure) -> Failures.answer(response, failure, site.meters()));
        for (Scheme scheme : Scheme.values()) {
            pseudonymisers.put(scheme, site.pseudonymKey().pseudonymiser(scheme));
        }
        for (SceneRule rule : site.scenes()) {
            int scene = rule.definition().index();
            String id = rule.definition().id();
            boolean persons = rule.definition().subject() == SubjectType.PERSON;
            String path = Route.CHECK.path().replace("{scene}", id);
            for (Target target : List.of(
                    new Target(path, scene, id, false, persons),
                    new Target(path + "/batch", scene, id, true, persons))) {
                targets.put(target.path(), target);
            }
        }
        encode(site.scenes());
    }

    /** The hot route of a path, or null. */
    @Nullable
    Target target(String path) {
        return targets.get(path);
    }

    /** All hot routes. */
    Collection<Target> targets() {
        return targets.values();
    }

    Answers answers() {
        return answers;
    }

    Turn turn() {
        return turn;
    }

    /** Where answers are counted. */
    AnswerCounts.Tally tally() {
        return tally;
    }

    ReaderPool readers() {
        return readers;
    }

    Body.Open open() {
        return open;
    }

    PseudonymKey.Pseudonymiser pseudonymiser(Scheme scheme) {
        return Objects.requireNonNull(pseudonymisers.get(scheme));
    }

    /** Moves to the newest generation; null while there is none. */
    @Nullable
    State advance() {
        return answers.advance();
    }

    /** The encoded answers of a scene under the rules of a state. */
    SceneAnswers scene(State state, int scene) {
        if (state.scenes() != encodedFrom) {
            encode(state.scenes());
        }
        return encoded.get(scene);
    }

    /** After a publication: lets go of the generation before, also on a loop that nobody asks anything. */
    void onPublish() {
        if (closed) {
            return;
        }
        context.runOnContext(ignored -> {
            if (!closed) {
                advance();
                readers.advanceIdle();
            }
        });
    }

    /** Goes on here with what another thread has done. */
    void run(Runnable work) {
        context.runOnContext(ignored -> {
            if (!closed) {
                work.run();
            }
        });
    }

    /**
     * Runs the next part of long work in another turn of the event loop. Not {@code runOnContext}: tasks queued so run in
     * one turn, up to 64 of them, before the sockets are looked at again; a scheduled task waits for the next turn.
     */
    void inAnotherTurn(Runnable work) {
        var unused = context.nettyEventLoop().schedule(() -> context.dispatch(work), 0, TimeUnit.NANOSECONDS);
    }

    /** Something that is to be done later, until it is cancelled. */
    interface Timer {
        void cancel();
    }

    /** Does something here once, so many milliseconds from now. */
    Timer after(long ms, Runnable work) {
        var due = context.nettyEventLoop().schedule(() -> context.dispatch(work), ms, TimeUnit.MILLISECONDS);
        return () -> due.cancel(false);
    }

    /** Does something here again and again. */
    Timer every(long ms, Runnable work) {
        var due = context.nettyEventLoop()
                .scheduleAtFixedRate(() -> context.dispatch(work), ms, ms, TimeUnit.MILLISECONDS);
        return () -> due.cancel(false);
    }

    @Override
    public void close() {
        closed = true;
        readers.close();
        answers.close();
        turn.close();
    }

    private void encode(List<SceneRule> scenes) {
        tally.handIn(site.clock().millis());
        tally = site.meters().answers().tally(scenes);
        List<SceneAnswers> fresh = new ArrayList<>();
        scenes.forEach(rule -> fresh.add(new SceneAnswers(rule, Turn.what(trail, rule))));
        encodedFrom = scenes;
        encoded = List.copyOf(fresh);
    }
}
