package io.osmanthus.http;

import io.osmanthus.engine.Generation;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.snapshots.ledger.Act;
import io.osmanthus.snapshots.ledger.Entry;
import io.osmanthus.snapshots.ledger.Kind;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.LedgerException;
import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;
import io.osmanthus.snapshots.vocabulary.ConfigException;
import io.osmanthus.snapshots.vocabulary.ConfigException.Finding;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Files travel by the operator's deployment; the ledger carries only their hash, and order. Two rows make a change:
 *
 *   announced   the node that was asked has found its files sound. Every node that holds the same files builds a generation
 *               under the new rules beside the one it serves, and keeps it up to date.
 *   changed     that node has built its own. Whoever has one made ready publishes it exactly here: no answer of any node
 *               at or after this position goes by the rules before.
 *
 * A node without the files, or still building, says that it is not ready, goes on with what it has, and catches up by itself.
 */

/**
 * Which configuration this node serves, and which the ledger says is in force. Thread-safe. {@link #heard} is called by the
 * tail, {@link #tick} by the keeper's thread, {@link #request} by workers.
 */
public final class Reload implements AutoCloseable {
    /** An announcement that nothing follows is forgotten: what was built for it holds memory. */
    static final Duration ANNOUNCED_MAX = Duration.ofMinutes(15);

    /** From the announcement to the change at the least: other nodes look once a second, and build as long as this one. */
    private static final Duration OTHERS = Duration.ofSeconds(3);

    private static final int OTHERS_FACTOR = 2;

    private static final int SUBMIT_SECONDS_MAX = 20;
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    private final @Nullable Path directory;
    private final KeyPolicy policy;
    private final Ledger ledger;
    private final Generations generations;
    private final InstantSource clock;
    private volatile Configuration inForce;
    private volatile Consumer<Clients> clients = ignored -> {};

    /** Guarded by this, as is everything below. */
    private @Nullable Step announced;

    private @Nullable Step changed;
    private @Nullable Prepared prepared;

    /** What this node was asked to bring into force, and by whom. */
    private @Nullable Step asked;

    private boolean submitted;
    private Duration buildTook = Duration.ZERO;
    private @Nullable String trouble;

    /** A row of the ledger. {@code actor}: who asked. */
    private record Step(String hash, long position, Instant at, String actor) {}

    /** {@code over}: the hash of what was served when it was made. Without a generation: the rules are the same. */
    private record Prepared(
            Configuration configuration, @Nullable Generation generation, String over) {
        void discard() {
            if (generation != null) {
                generation.discard();
            }
        }
    }

    /** What is done with generations. */
    public interface Generations {
        /** Builds one like that in service, under other rules, and keeps it up to date; null where nothing is in service. Blocks. */
        @Nullable
        Generation build(RuleSet rules);

        /** Whether a generation is of the snapshot and the day in service. */
        boolean fits(Generation generation);

        /** Takes it into service in place of the present one, if it fits. At once. */
        boolean replace(Generation generation);

        /** Has what is served loaded anew, under the rules in force. */
        void renew();

        /** The rules of the generation in service, or null. */
        @Nullable
        RuleSet served();
    }

    /**
     * The state of a node that begins.
     *
     * @param directory where the files are; null: there are none, and nothing can be reloaded
     * @param begun what the node has read at its start
     */
    public Reload(
            @Nullable Path directory,
            KeyPolicy policy,
            Configuration begun,
            Ledger ledger,
            Generations generations,
            InstantSource clock) {
        this.directory = directory;
        this.policy = policy;
        this.inForce = begun;
        this.ledger = ledger;
        this.generations = generations;
        this.clock = clock;
        for (Entry entry : ledger.about(Subject.CONFIGURATION)) {
            Step step = step(entry);
            if (entry.kind() == Kind.CONFIGURATION_CHANGED && step != null) {
                changed = step;
            }
        }
    }

    /** What this node serves. */
    public Configuration inForce() {
        return inForce;
    }

    /** Who is told of other clients: at once, on the thread that changes. */
    void onClients(Consumer<Clients> told) {
        clients = told;
    }

    /** Whether this node serves what the ledger says is in force. */
    synchronized boolean agrees() {
        RuleSet served = generations.served();
        return (changed == null || changed.hash().equals(inForce.hash()))
                && (served == null || served.version().equals(inForce.rules().version()));
    }

    /** A row about the configuration is about to be applied. On the tail's thread. */
    public void heard(Entry entry) {
        Step step = step(entry);
        if (step == null) {
            return;
        }
        Prepared ready = null;
        synchronized (this) {
            if (asked != null
                    && entry.kind() == Kind.CONFIGURATION_ANNOUNCED
                    && !step.hash().equals(asked.hash())) {
                asked = null;
            }
            if (entry.kind() == Kind.CONFIGURATION_ANNOUNCED) {
                announced = step;
                return;
            }
            changed = step;
            if (announced != null && announced.hash().equals(step.hash())) {
                announced = null;
            }
            if (asked != null && asked.hash().equals(step.hash())) {
                asked = null;
                submitted = false;
            }
            if (prepared != null
                    && prepared.configuration().hash().equals(step.hash())
                    && prepared.over().equals(inForce.hash())) {
                ready = prepared;
                prepared = null;
            }
        }
        if (ready != null) {
            take(ready, step.position());
        }
    }

    /** Prepares what was announced, and catches up with what is in force. Blocks while a generation is built. */
    public void tick() {
        Path files = directory;
        Step next;
        Step missed;
        synchronized (this) {
            forget();
            next = announced;
            missed = changed != null && !changed.hash().equals(inForce.hash()) ? changed : null;
        }
        if (files == null || (next == null && missed == null)) {
            return;
        }
        try {
            String found = Configuration.hash(files);
            if (next != null && found.equals(next.hash())) {
                bringUp(next, files);
            } else if (missed != null && found.equals(missed.hash())) {
                catchUp(missed, files);
            } else {
                String wanted = missed == null ? Objects.requireNonNull(next).hash() : missed.hash();
                say("the directory holds configuration " + found + ", not " + wanted + ": deploy that one here");
            }
        } catch (ConfigException e) {
            say("the directory's configuration cannot be used: " + e.getMessage());
        }
    }

    private void bringUp(Step next, Path files) {
        if (!ready(next)) {
            Configuration read = read(files, next.hash());
            if (read == null) {
                return;
            }
            prepare(read);
        }
        if (ready(next) && clock.instant().isAfter(next.at().plus(others()))) {
            submitChange(next);
        }
    }

    /** How long the others are given: there is no list of nodes, but they have the same work. */
    private synchronized Duration others() {
        Duration built = buildTook.multipliedBy(OTHERS_FACTOR);
        return built.compareTo(OTHERS) < 0 ? OTHERS : built;
    }

    /** It came into force while this node could not follow. */
    private void catchUp(Step missed, Path files) {
        Configuration read = read(files, missed.hash());
        if (read != null) {
            LOG.warn("configuration {} came into force before this node had it ready; it follows now", missed.hash());
            take(new Prepared(read, null, ""), missed.position());
            generations.renew();
        }
    }

    /** Reads the directory as an operator asked: refused with every finding, announced, or in force already. Blocks. */
    Answer request(String actor) {
        Path files = directory;
        if (files == null) {
            throw new Writes.Refusal(Problem.NOT_READY);
        }
        Configuration read;
        try {
            read = Configuration.load(files, policy);
            refuseOtherScenes(files, read);
        } catch (ConfigException e) {
            LOG.warn(
                    "a configuration was refused with {} finding(s)",
                    e.findings().size());
            return new Refused(e.findings().stream().map(Reload::fault).toList());
        }
        synchronized (this) {
            if (changed != null
                    && changed.hash().equals(read.hash())
                    && inForce.hash().equals(read.hash())) {
                return new Taken(200, read, changed.position());
            }
            asked = new Step(read.hash(), 0, clock.instant(), actor);
            submitted = false;
        }
        long position =
                append(Kind.CONFIGURATION_ANNOUNCED, read.hash(), read.rules().version(), actor);
        LOG.info("configuration {} is announced at position {}", read.hash(), position);
        return new Taken(202, read, position);
    }

    /** What {@link #request} answers. */
    sealed interface Answer {}

    /** Nothing has changed. */
    record Refused(List<Problem.Fault> faults) implements Answer {}

    /** 202: announced at a position. 200: in force since a position. */
    record Taken(int status, Configuration configuration, long position) implements Answer {
        byte[] body() {
            return Reply.bytes(json -> {
                json.writeStartObject();
                json.writeStringField("state", status == 200 ? "in_force" : "announced");
                json.writeStringField("configuration", configuration.hash());
                json.writeStringField("rules_version", configuration.rules().version());
                json.writeNumberField("clients", configuration.clients().all().size());
                json.writeNumberField("position", position);
                json.writeEndObject();
            });
        }
    }

    /** A finding as a fault: file and line. The files are the operator's own: their words may be told. */
    private static Problem.Fault fault(Finding finding) {
        String line = finding.line() == 0 ? "" : "/" + finding.line();
        return new Problem.Fault("/" + Path.of(finding.file()).getFileName() + line, finding.message());
    }

    /** What is served here, what is in force, what is announced, and what stands in the way. */
    synchronized byte[] describe() {
        boolean agrees = agrees();
        return Reply.bytes(json -> {
            json.writeStartObject();
            json.writeObjectFieldStart("served");
            json.writeStringField("configuration", inForce.hash());
            json.writeStringField("rules_version", inForce.rules().version());
            json.writeNumberField("clients", inForce.clients().all().size());
            json.writeEndObject();
            write(json, "in_force", changed);
            write(json, "announced", announced);
            json.writeBooleanField("prepared", prepared != null);
            json.writeBooleanField("agrees", agrees);
            json.writeStringField("trouble", trouble);
            json.writeEndObject();
        });
    }

    private static void write(com.fasterxml.jackson.core.JsonGenerator json, String field, @Nullable Step step)
            throws java.io.IOException {
        if (step == null) {
            json.writeNullField(field);
            return;
        }
        json.writeObjectFieldStart(field);
        json.writeStringField("configuration", step.hash());
        json.writeNumberField("position", step.position());
        json.writeStringField("at", step.at().toString());
        json.writeStringField("by", step.actor());
        json.writeEndObject();
    }

    private void take(Prepared ready, long position) {
        Configuration next = ready.configuration();
        // first: what is loaded from now on is loaded under these rules
        inForce = next;
        Generation generation = ready.generation();
        if (generation != null && !generations.replace(generation)) {
            generation.discard();
            generations.renew();
        }
        clients.accept(next.clients());
        synchronized (this) {
            trouble = null;
        }
        LOG.info(
                "configuration {} (rules {}) is in force from position {}",
                next.hash(),
                next.rules().version(),
                position);
    }

    private synchronized boolean ready(Step next) {
        Prepared one = prepared;
        return one != null
                && one.configuration().hash().equals(next.hash())
                && one.over().equals(inForce.hash())
                && (one.generation() == null || generations.fits(one.generation()));
    }

    private void prepare(Configuration next) {
        boolean sameRules = next.rulesHash().equals(inForce.rulesHash());
        Generation generation = null;
        Instant began = clock.instant();
        if (!sameRules) {
            discardPrepared();
            try {
                generation = generations.build(next.rules());
            } catch (RuntimeException | Error e) {
                say("a generation under the rules " + next.rules().version() + " could not be built: "
                        + e.getMessage());
                return;
            }
            if (generation == null) {
                return;
            }
        }
        synchronized (this) {
            trouble = null;
            buildTook = Duration.between(began, clock.instant());
            prepared = new Prepared(next, generation, inForce.hash());
        }
    }

    /** The directory's configuration, or null where it is another by now. */
    private @Nullable Configuration read(Path files, String hash) {
        Configuration read = Configuration.load(files, policy);
        refuseOtherScenes(files, read);
        return read.hash().equals(hash) ? read : null;
    }

    private synchronized void say(String words) {
        if (!words.equals(trouble)) {
            LOG.warn("{}", words);
        }
        trouble = words;
    }

    /**
     * Paths, metrics and answer words go by the place of a scene, and delivered consents by its purpose: a start of every node
     * judges whether those may change.
     */
    private void refuseOtherScenes(Path files, Configuration read) {
        List<SceneRule> now = inForce.rules().scenes();
        List<SceneRule> next = read.rules().scenes();
        boolean same = now.size() == next.size();
        for (int i = 0; same && i < now.size(); i++) {
            SceneDefinition before = now.get(i).definition();
            SceneDefinition after = next.get(i).definition();
            same = before.id().equals(after.id())
                    && before.subject() == after.subject()
                    && before.purposeVersion() == after.purposeVersion()
                    && Set.copyOf(before.recipients()).equals(Set.copyOf(after.recipients()));
        }
        if (!same) {
            throw new ConfigException(List.of(new Finding(
                    files.resolve("scenes.yaml").toString(),
                    0,
                    "a scene, a purpose or a recipient has come, gone or moved: that takes a restart of every node")));
        }
    }

    private void submitChange(Step next) {
        synchronized (this) {
            if (asked == null || !asked.hash().equals(next.hash()) || submitted) {
                return;
            }
            submitted = true;
        }
        try {
            append(
                    Kind.CONFIGURATION_CHANGED,
                    next.hash(),
                    Objects.requireNonNullElse(rulesOf(next), ""),
                    next.actor());
        } catch (RuntimeException e) {
            synchronized (this) {
                submitted = false;
            }
            say("the change could not be written to the ledger, and is tried again: " + e.getMessage());
        }
    }

    private synchronized @Nullable String rulesOf(Step next) {
        Prepared one = prepared;
        return one != null && one.configuration().hash().equals(next.hash())
                ? one.configuration().rules().version()
                : null;
    }

    private long append(Kind kind, String hash, String rules, String actor) {
        Payload payload = Payload.of().with("configuration", hash).with("rules_version", rules);
        try {
            return ledger.submit(null, page -> {
                        page.appendOpen(Subject.CONFIGURATION, kind, payload, actor);
                        return new Act.Outcome(200, new byte[0]);
                    })
                    .orTimeout(SUBMIT_SECONDS_MAX, TimeUnit.SECONDS)
                    .join()
                    .position();
        } catch (CompletionException e) {
            throw e.getCause() instanceof LedgerException away ? away : e;
        }
    }

    /** Guarded by this. */
    private void forget() {
        Step step = announced;
        if (step != null && step.at().plus(ANNOUNCED_MAX).isBefore(clock.instant())) {
            LOG.warn("configuration {} was announced and never came into force; it is forgotten", step.hash());
            announced = null;
            asked = null;
        }
        if (announced == null) {
            discardPrepared();
        }
    }

    private synchronized void discardPrepared() {
        Prepared one = prepared;
        prepared = null;
        if (one != null) {
            one.discard();
        }
    }

    /** Lets go of what was made ready. */
    @Override
    public void close() {
        discardPrepared();
    }

    private static @Nullable Step step(Entry entry) {
        byte[] payload = entry.payload();
        if (payload == null) {
            return null;
        }
        return new Step(Payload.parse(payload).text("configuration"), entry.position(), entry.at(), entry.actor());
    }
}
