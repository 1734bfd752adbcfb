package io.osmanthus.http;

import io.osmanthus.snapshots.PseudonymKey;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/*
 * Two phases, each in slices of one turn: the body is read into pseudonyms; then, once its subjects are counted and paid
 * for, they are looked up on the one generation that the reader held from the start. So a broken or unaffordable batch asks
 * nothing, and a swap of generations half way changes nothing.
 */

/** One batch at a time, reused from batch to batch. Belongs to its event loop. */
final class BatchCheck {
    /** Subjects of one turn, about 0.1 ms of work: what others may have to wait for. */
    static final int SLICE_SUBJECTS = 256;

    /** Subjects whose look-ups go to memory together: some eleven lines each, which the first cache holds. */
    private static final int TOUCHED_SUBJECTS = 32;

    private static final int FIRST_CAPACITY = 1024;
    private static final byte MALFORMED = -1;

    private final Site site;
    private final Loop loop;
    private final Checks owner;
    private final SubjectParser parser = new SubjectParser();
    private long[] high = new long[FIRST_CAPACITY];
    private long[] low = new long[FIRST_CAPACITY];

    /** {@link #MALFORMED} or 0 while reading; the answer's code afterwards. */
    private byte[] codes = new byte[FIRST_CAPACITY];

    private final int[] places = new int[TOUCHED_SUBJECTS];
    private int count;
    private int malformed;
    private int answered;
    private long startedNanos;
    private Loop.@Nullable Target target;
    private @Nullable KnownClient client;
    private @Nullable HttpServerResponse response;
    private @Nullable Answers answers;
    private @Nullable SceneAnswers scene;

    BatchCheck(Site site, Loop loop, Checks owner) {
        this.site = site;
        this.loop = loop;
        this.owner = owner;
    }

    void start(
            HttpServerResponse to, Answers reader, Body body, Loop.Target asked, KnownClient asker, long sinceNanos) {
        response = to;
        answers = reader;
        target = asked;
        client = asker;
        startedNanos = sinceNanos;
        count = 0;
        malformed = 0;
        answered = 0;
        turn(() -> begin(to, reader, body, asked));
    }

    private void begin(HttpServerResponse to, Answers reader, Body body, Loop.Target asked) {
        State state = reader.advance();
        if (state == null) {
            Reply.later(to, Problem.NOT_READY, 1);
            finish();
            return;
        }
        scene = loop.scene(state, asked.scene());
        if (scene.aboutPersons() && !loop.turn().accepting()) {
            Reply.later(to, Problem.NO_TRAIL, 1);
            finish();
            return;
        }
        SubjectParser.Outcome outcome = parser.batch(body.bytes(new byte[body.length()]), 0, body.length());
        if (outcome != SubjectParser.Outcome.OK) {
            refuse(Problem.MALFORMED, outcome.fault());
            return;
        }
        read();
    }

    /** One slice. A failure of ours ends the batch with 500, and its reader goes back. */
    private void turn(Runnable slice) {
        try {
            slice.run();
        } catch (RuntimeException e) {
            if (response != null) {
                Failures.answer(response, e, site.meters());
            }
            finish();
        }
    }

    private void read() {
        HttpServerResponse to = response;
        SceneAnswers scene = this.scene;
        if (to == null || scene == null || to.closed()) {
            finish();
            return;
        }
        int most = site.config().limits().batchSubjectsMax();
        for (int i = 0; i < SLICE_SUBJECTS; i++) {
            SubjectParser.Outcome outcome = parser.next();
            switch (outcome) {
                case END_OF_BATCH -> {
                    pay();
                    return;
                }
                case BROKEN, NOT_A_BATCH -> {
                    refuse(Problem.MALFORMED, outcome.fault());
                    return;
                }
                case OK, NOT_A_SUBJECT, UNKNOWN_KEY, REPEATED_KEY, SCHEME, TOKEN -> {
                    if (count == most) {
                        refuse(
                                Problem.UNPROCESSABLE,
                                new Problem.Fault("/subjects", "must be at most " + most + " subjects"));
                        return;
                    }
                    add(outcome == SubjectParser.Outcome.OK && scene.takes(parser.scheme()));
                }
            }
        }
        loop.inAnotherTurn(() -> turn(this::read));
    }

    private void add(boolean sound) {
        if (count == codes.length) {
            high = Arrays.copyOf(high, count * 2);
            low = Arrays.copyOf(low, count * 2);
            codes = Arrays.copyOf(codes, count * 2);
        }
        if (sound) {
            PseudonymKey.Pseudonymiser pseudonymiser = loop.pseudonymiser(parser.scheme());
            pseudonymiser.make(parser.token(), 0, parser.tokenLength());
            high[count] = pseudonymiser.high();
            low[count] = pseudonymiser.low();
            codes[count] = 0;
        } else {
            codes[count] = MALFORMED;
            malformed++;
        }
        count++;
    }

    private void pay() {
        HttpServerResponse to = response;
        KnownClient asker = client;
        if (to == null || asker == null) {
            finish();
            return;
        }
        if (count == 0) {
            refuse(Problem.UNPROCESSABLE, new Problem.Fault("/subjects", "must be at least one subject"));
            return;
        }
        long nowNanos = System.nanoTime();
        int wait = asker.budget().take(count, nowNanos, site.clock().millis());
        if (wait != SubjectBudget.ADMITTED) {
            Checks.refuse(to, wait);
            finish();
            return;
        }
        site.admission().take(count, nowNanos);
        look();
    }

    private void look() {
        HttpServerResponse to = response;
        Answers reader = answers;
        Loop.Target asked = target;
        KnownClient asker = client;
        SceneAnswers scene = this.scene;
        if (to == null || reader == null || asked == null || asker == null || scene == null || to.closed()) {
            finish();
            return;
        }
        int end = Math.min(count, answered + SLICE_SUBJECTS);
        for (int i = answered; i < end; i += TOUCHED_SUBJECTS) {
            look(reader, asked.scene(), scene, asker, i, Math.min(end, i + TOUCHED_SUBJECTS));
        }
        answered = end;
        loop.turn().after(written -> turn(() -> looked(to, asked, written)));
    }

    /** In steps that each go to memory for all of them at once. */
    private void look(Answers reader, int index, SceneAnswers scene, KnownClient asker, int from, int to) {
        for (int i = from; i < to; i++) {
            if (codes[i] != MALFORMED) {
                reader.touch(high[i]);
            }
        }
        for (int i = from; i < to; i++) {
            if (codes[i] != MALFORMED) {
                places[i - from] = reader.find(high[i], low[i]);
            }
        }
        for (int i = from; i < to; i++) {
            if (codes[i] != MALFORMED) {
                reader.touchPlace(places[i - from], low[i]);
            }
        }
        for (int i = from; i < to; i++) {
            if (codes[i] == MALFORMED) {
                codes[i] = 0;
            } else {
                answer(reader, index, scene, asker, i, reader.checkPlace(index, places[i - from], low[i]));
            }
        }
    }

    private void answer(Answers reader, int index, SceneAnswers scene, KnownClient asker, int i, int code) {
        codes[i] = (byte) code;
        loop.tally().answered(index, code);
        if (scene.aboutPersons()) {
            loop.turn()
                    .event(
                            reader.subjectKnown(),
                            reader.subjectHigh(),
                            reader.subjectLow(),
                            asker.trail() | scene.trail(code));
        }
    }

    /** The slice's events are written, or the batch is not answered. */
    private void looked(HttpServerResponse to, Loop.Target asked, boolean written) {
        if (!written) {
            Reply.later(to, Problem.NO_TRAIL, 1);
            finish();
            return;
        }
        if (answered < count) {
            loop.inAnotherTurn(() -> turn(this::look));
            return;
        }
        answer(to, asked);
        finish();
    }

    private void answer(HttpServerResponse to, Loop.Target asked) {
        SceneAnswers scene = this.scene;
        KnownClient asker = client;
        if (scene == null || asker == null) {
            return;
        }
        to.headers().add(HttpHeaders.CONTENT_TYPE, Reply.JSON).add(HttpHeaders.CACHE_CONTROL, Reply.NO_STORE);
        to.headers().add(Reply.MALFORMED_COUNT, Integer.toString(malformed));
        if (malformed > 0) {
            asker.malformed().increment(malformed);
        }
        to.end(scene.batch(codes, count));
        site.meters().subjects(asked.scene()).increment(count);
        site.meters().batches(asked.scene()).record(System.nanoTime() - startedNanos, TimeUnit.NANOSECONDS);
    }

    private void refuse(Problem problem, Problem.Fault fault) {
        if (response != null) {
            Reply.problem(response, problem, List.of(fault));
        }
        finish();
    }

    private void finish() {
        if (target == null) {
            return;
        }
        Answers reader = answers;
        response = null;
        client = null;
        target = null;
        answers = null;
        scene = null;
        owner.done(this, reader);
    }
}
