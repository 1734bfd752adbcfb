package io.osmanthus.engine;

import io.osmanthus.engine.rules.Judge;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.engine.store.Dossiers;
import io.osmanthus.engine.store.Identifiers;
import io.osmanthus.engine.store.Population;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * The single writer of a generation: applies live changes in the order of their positions. A change is one dossier, one
 * re-score and one answer word; readers see the word at once, the populations with the next {@link #publishPopulation}.
 *
 * <p>Belongs to one thread, as does the {@link Population} it keeps. It holds the generation until {@link #close}.
 */
public final class Writer implements AutoCloseable {
    /** So often somebody is looked for who has not left. */
    private static final int STAND_INS_MAX = 16;

    private final Generation generation;
    private final RuleSet rules;
    private final int day;
    private final Judge judge;
    private final Identifiers.Lookup identifiers;
    private final Dossiers.Lookup dossiers;
    private final Population population;
    private final SubjectFacts facts = new SubjectFacts();
    private final int[] sceneScores;
    /** Marks of records that are not here yet: what was retracted stays so when it comes. */
    private final EarlyMarks early = new EarlyMarks();

    /** Tokens bound since the snapshot, by whom: leaving takes them along. */
    private final Map<Integer, Set<Change.Subject>> bound = new HashMap<>();

    private int nextPerson;
    private long identifierCount;
    private boolean populationChanged;
    private long scored;

    /** Amendments of list entries that are not here yet: what was taken back is not added again. */
    private final Map<EarlyEntry, Change.AmendEntry> earlyEntries = new HashMap<>();

    private record EarlyEntry(Change.Subject organisation, int list, String entryId) {}

    /** Days of a scene of which arrears are objected to: what comes of them is in dispute too, until it is decided. */
    private final Set<DisputedDay> disputedDays = new HashSet<>();

    private record DisputedDay(Change.Subject person, int scene, int since) {}

    private Writer(Generation generation) {
        Generation.Stores stores = generation.stores();
        this.generation = generation;
        this.rules = generation.rules();
        this.day = (int) generation.day().toEpochDay();
        this.judge = rules.judge();
        this.identifiers = stores.identifiers().lookup();
        this.dossiers = stores.dossiers().lookup();
        this.population = generation.population().copy();
        this.sceneScores = new int[rules.scenes().size()];
        this.nextPerson = stores.personCount();
        this.identifierCount = stores.identifiers().count();
    }

    /**
     * Takes the writer's place at a generation. The caller sees to it that there is one.
     *
     * @throws IllegalStateException if the generation is already closed
     */
    public static Writer of(Generation generation) {
        if (!generation.retain()) {
            throw new IllegalStateException(generation + " is closed");
        }
        return new Writer(generation);
    }

    /**
     * Applies one change. A change of a subject that is not here (not enrolled, erased) is a change of nothing.
     *
     * @param position greater than the generation's
     * @throws EngineException FULL where a new person or token does not fit any more: build the next generation; nothing has
     *     been changed then
     * @throws IllegalArgumentException if the position does not advance
     */
    public void apply(long position, Change change) {
        if (position <= generation.position()) {
            throw new IllegalArgumentException(
                    "position " + position + " is not after " + generation.position() + ", which is applied");
        }
        if (change instanceof Change.Enrol enrol) {
            enrol(enrol);
        } else if (change instanceof Change.Leave leave) {
            leave(leave);
        } else if (change instanceof Change.BindToken bind) {
            bind(bind);
        } else if (change instanceof Change.UnbindToken unbind) {
            int place = place(unbind.person());
            if (place != Identifiers.ABSENT) {
                unbindFrom(place, unbind.token());
            }
        } else if (change instanceof Change.GiveConsent give) {
            amend(SubjectType.PERSON, give.person(), ignored -> {
                facts.removeConsents(give.scene(), give.grantedOn());
                facts.addConsent(give.scene(), give.grantedOn(), give.expiresOn());
                return true;
            });
        } else if (change instanceof Change.WithdrawConsent withdraw) {
            amend(
                    SubjectType.PERSON,
                    withdraw.person(),
                    ignored -> facts.removeConsents(withdraw.scene(), withdraw.on()));
        } else if (change instanceof Change.AddRecord add) {
            amend(add.type(), add.subject(), ignored -> addRecord(add));
        } else if (change instanceof Change.MarkRecord mark) {
            amend(mark.type(), mark.subject(), ignored -> mark(mark));
        } else if (change instanceof Change.AddArrears add) {
            amend(SubjectType.PERSON, add.person(), ignored -> {
                int index = facts.addArrears(add.scene(), add.since());
                boolean disputed = disputedDays.contains(new DisputedDay(add.person(), add.scene(), add.since()));
                facts.arrearsMarks[index] = disputed ? SubjectFacts.DISPUTED : 0;
                return true;
            });
        } else if (change instanceof Change.SettleArrears settle) {
            amend(SubjectType.PERSON, settle.person(), ignored -> facts.removeArrears(settle.scene(), settle.since()));
        } else if (change instanceof Change.MarkArrears mark) {
            amend(SubjectType.PERSON, mark.person(), ignored -> {
                disputed(mark);
                return facts.markArrears(mark.scene(), mark.since(), mark.marks());
            });
        } else if (change instanceof Change.AddEntry add) {
            amend(SubjectType.ORGANISATION, add.organisation(), ignored -> addEntry(add));
        } else if (change instanceof Change.AmendEntry amend) {
            amend(SubjectType.ORGANISATION, amend.organisation(), ignored -> amendEntry(amend));
        } else if (change instanceof Change.Decoy) {
            decoy();
        }
        boolean nothing = change instanceof Change.Nothing || change instanceof Change.Decoy;
        populationChanged |= !nothing;
        generation.advanceTo(position);
    }

    /**
     * Somebody else is read and scored as they are: whoever reports about one who is not enrolled waits for the answer as long
     * as about one who is.
     */
    private void decoy() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        identifiers.find(random.nextLong(), random.nextLong());
        for (int i = 0; i < STAND_INS_MAX && nextPerson > 0; i++) {
            int place = random.nextInt(nextPerson);
            // of one who has left there is nothing to read, and nothing to bring back
            if ((generation.stores().pseudonyms().high(place)
                            | generation.stores().pseudonyms().low(place))
                    != 0) {
                dossiers.read(place, facts, true);
                settle(place, -1);
                return;
            }
        }
    }

    /** How many subjects have been scored. */
    long scored() {
        return scored;
    }

    /** Copies the populations for readers: every few seconds, not per change. */
    public void publishPopulation() {
        if (populationChanged) {
            populationChanged = false;
            generation.publish(population.copy());
        }
    }

    /** What was said before the snapshot's position of records, entries and arrears that are not here waits for them. */
    void remember(Change change) {
        if (change instanceof Change.MarkRecord mark && read(mark.type(), mark.subject()) != Identifiers.ABSENT) {
            if (recordIndex(mark.recordId(), mark.source()) < 0) {
                early(mark);
            }
        } else if (change instanceof Change.AmendEntry amend
                && read(SubjectType.ORGANISATION, amend.organisation()) != Identifiers.ABSENT) {
            if (!lists(amend.list(), amend.entryId())) {
                early(amend);
            }
        } else if (change instanceof Change.MarkArrears mark
                && read(SubjectType.PERSON, mark.person()) != Identifiers.ABSENT) {
            disputed(mark);
        }
    }

    private void disputed(Change.MarkArrears mark) {
        DisputedDay day = new DisputedDay(mark.person(), mark.scene(), mark.since());
        if ((mark.marks() & SubjectFacts.DISPUTED) != 0) {
            disputedDays.add(day);
        } else {
            disputedDays.remove(day);
        }
    }

    /** Reads what is held about a subject; where it is, or {@link Identifiers#ABSENT}. */
    private int read(SubjectType type, Change.Subject subject) {
        int place = identifiers.find(subject.high(), subject.low());
        boolean organisation = type == SubjectType.ORGANISATION;
        if (place == Identifiers.ABSENT || organisation != ((place & Identifiers.ORGANISATION) != 0)) {
            return Identifiers.ABSENT;
        }
        dossiers.read(place, facts, true);
        return place;
    }

    Generation generation() {
        return generation;
    }

    /** Removes tokens of a person who has left, where they are still the person's; a token bound again is not. */
    void forget(int place, List<Change.Subject> tokens) {
        tokens.forEach(token -> unbindFrom(place, token));
    }

    /** Where a person is, or {@link Identifiers#ABSENT}. */
    int place(Change.Subject person) {
        return identifiers.find(person.high(), person.low());
    }

    /** Lets go of the generation. */
    @Override
    public void close() {
        generation.release();
    }

    private void enrol(Change.Enrol enrol) {
        Change.Subject person = enrol.person();
        if (identifiers.find(person.high(), person.low()) != Identifiers.ABSENT) {
            return;
        }
        if (nextPerson == generation.stores().persons().capacity()) {
            throw new EngineException(
                    EngineException.Code.FULL,
                    "no room for another person: " + nextPerson + " of " + nextPerson
                            + " ordinals are taken; build the next generation");
        }
        room();
        int place = nextPerson++;
        generation.tookPerson();
        facts.clear(SubjectType.PERSON);
        dossiers.write(place, facts);
        settle(place, enrol.district());
        generation.stores().pseudonyms().set(place, person.high(), person.low());
        identifiers.put(person.high(), person.low(), place);
        identifierCount++;
    }

    /** Asked before anything is changed: the map itself would take a few more and then fail half way. */
    private void room() {
        long capacity = generation.stores().identifiers().capacity();
        if (identifierCount >= capacity) {
            throw new EngineException(
                    EngineException.Code.FULL,
                    "no room for another identifier: " + identifierCount + " of " + capacity
                            + " are taken; build the next generation");
        }
    }

    /** The word goes first: from then on no token of the person answers anything, wherever the rest has got to. */
    private void leave(Change.Leave leave) {
        int place = identifiers.find(leave.person().high(), leave.person().low());
        if (place == Identifiers.ABSENT) {
            return;
        }
        generation.stores().persons().set(place, 0);
        leave.tokens().forEach(token -> unbindFrom(place, token));
        bound.getOrDefault(place, Set.of()).forEach(token -> unbindFrom(place, token));
        bound.remove(place);
        early.forget(leave.person());
        generation.marksWait(early.count());
        disputedDays.removeIf(day -> day.person().equals(leave.person()));
        unbind(leave.person());
        generation.stores().pseudonyms().set(place, 0, 0);
        facts.clear(SubjectType.PERSON);
        dossiers.write(place, facts);
        population.remove(place);
    }

    private void bind(Change.BindToken bind) {
        int place = identifiers.find(bind.person().high(), bind.person().low());
        if (place == Identifiers.ABSENT) {
            return;
        }
        if (identifiers.find(bind.token().high(), bind.token().low()) == Identifiers.ABSENT) {
            room();
            identifierCount++;
        }
        identifiers.put(bind.token().high(), bind.token().low(), place);
        bound.computeIfAbsent(place, ignored -> new HashSet<>()).add(bind.token());
    }

    /** A token that was sold is somebody else's by now. */
    private void unbindFrom(int place, Change.Subject token) {
        if (identifiers.find(token.high(), token.low()) == place) {
            unbind(token);
        }
    }

    private void unbind(Change.Subject identifier) {
        if (identifiers.find(identifier.high(), identifier.low()) != Identifiers.ABSENT) {
            identifiers.remove(identifier.high(), identifier.low());
            identifierCount--;
        }
    }

    private void amend(SubjectType type, Change.Subject subject, Predicate<SubjectFacts> amendment) {
        int place = read(type, subject);
        if (place != Identifiers.ABSENT && amendment.test(facts)) {
            dossiers.write(place, facts);
            settle(place, -1);
        }
    }

    /** A record that is there already, from a delivery or an earlier change, stays as it is. */
    private boolean addRecord(Change.AddRecord add) {
        if (recordIndex(add.recordId(), add.source()) >= 0) {
            return false;
        }
        int index = facts.addRecord(add.item(), add.occurredOn(), add.endedOn(), add.quantityHundredths(), add.act());
        facts.recordId[index] = add.recordId();
        facts.source[index] = add.source();
        facts.severity[index] = add.severity();
        int marks = early.take(add.subject(), add.source(), add.recordId());
        generation.marksWait(early.count());
        facts.marks[index] = marks == EarlyMarks.NONE ? 0 : marks;
        facts.sinkLastRecord(generation.sources());
        return true;
    }

    private int recordIndex(String recordId, int source) {
        return IntStream.range(0, facts.recordCount)
                .filter(i -> Objects.equals(facts.recordId[i], recordId) && facts.source[i] == source)
                .findFirst()
                .orElse(-1);
    }

    private boolean mark(Change.MarkRecord mark) {
        int index = recordIndex(mark.recordId(), mark.source());
        if (index >= 0) {
            facts.marks[index] = mark.marks();
        } else {
            early(mark);
        }
        return index >= 0;
    }

    /** An entry that is there already stays as it is. */
    private boolean addEntry(Change.AddEntry add) {
        if (lists(add.list(), add.entryId())) {
            return false;
        }
        Change.AmendEntry amended = earlyEntries.remove(new EarlyEntry(add.organisation(), add.list(), add.entryId()));
        int index = facts.addEntry(add.list(), add.enteredOn(), add.leavesOn());
        facts.entryId[index] = add.entryId();
        if (amended != null) {
            amend(index, amended);
        }
        return true;
    }

    private boolean lists(int list, String entryId) {
        return IntStream.range(0, facts.entryCount)
                .anyMatch(i -> facts.list[i] == list && Objects.equals(facts.entryId[i], entryId));
    }

    private boolean amendEntry(Change.AmendEntry amend) {
        boolean found = false;
        for (int i = 0; i < facts.entryCount; i++) {
            if (facts.list[i] == amend.list() && Objects.equals(facts.entryId[i], amend.entryId())) {
                amend(i, amend);
                found = true;
            }
        }
        if (!found) {
            early(amend);
        }
        return found;
    }

    private void amend(int index, Change.AmendEntry amend) {
        facts.leavesOn[index] = Change.AmendEntry.kept(amend.leavesOn(), facts.leavesOn[index]);
        facts.entryMarks[index] = Change.AmendEntry.kept(amend.marks(), facts.entryMarks[index]);
    }

    private void early(Change.MarkRecord mark) {
        early.put(mark.subject(), mark.source(), mark.recordId(), mark.marks());
        generation.marksWait(early.count());
    }

    private void early(Change.AmendEntry amend) {
        earlyEntries.merge(
                new EarlyEntry(amend.organisation(), amend.list(), amend.entryId()),
                amend,
                (before, now) -> now.after(before));
    }

    /** Re-scores the facts at hand: one word, and the subject's place in the populations. */
    private void settle(int place, int district) {
        scored++;
        long word = judge.answerWord(facts, day);
        if ((place & Identifiers.ORGANISATION) != 0) {
            int ordinal = place & ~Identifiers.ORGANISATION;
            generation.stores().organisations().set(ordinal, word);
            population.delist(ordinal);
            Placement.organisation(population, ordinal, facts, day);
            return;
        }
        generation.stores().persons().set(place, word);
        Placement.person(population, rules, judge, place, district, facts, day, sceneScores);
    }
}
