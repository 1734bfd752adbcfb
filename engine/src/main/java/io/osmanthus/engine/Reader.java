package io.osmanthus.engine;

import io.osmanthus.engine.rules.Explanation;
import io.osmanthus.engine.rules.Judge;
import io.osmanthus.engine.rules.MatchReport;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.engine.store.AnswerWords;
import io.osmanthus.engine.store.Dossiers;
import io.osmanthus.engine.store.Identifiers;
import io.osmanthus.engine.store.PersonPseudonyms;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One thread's view of the engine. {@link #advance} moves it to the newest generation; everything asked until the next
 * call comes from that one. Belongs to one thread; {@link #close} lets go.
 */
public final class Reader implements AutoCloseable {
    /** No person's ordinal. */
    public static final int NOBODY = Identifiers.ABSENT;

    private final Engine engine;
    private final SubjectFacts facts = new SubjectFacts();
    private @Nullable View view;
    private boolean subjectKnown;
    private long subjectHigh;
    private long subjectLow;

    /** Written so that touching is not found to be of no use, and left out. */
    @SuppressWarnings("UnusedVariable")
    private long touched;

    /** What a reader needs of the generation it holds, resolved once. */
    private record View(
            Generation generation,
            int day,
            Identifiers.Lookup identifiers,
            Dossiers.Lookup dossiers,
            AnswerWords persons,
            AnswerWords organisations,
            PersonPseudonyms pseudonyms,
            Judge judge) {
        static View of(Generation generation) {
            Generation.Stores stores = generation.stores();
            return new View(
                    generation,
                    (int) generation.day().toEpochDay(),
                    stores.identifiers().lookup(),
                    stores.dossiers().lookup(),
                    stores.persons(),
                    stores.organisations(),
                    stores.pseudonyms(),
                    generation.rules().judge());
        }
    }

    Reader(Engine engine) {
        this.engine = engine;
    }

    /**
     * Moves to the newest generation and lets go of the one before: once per request or event-loop turn.
     *
     * @return the generation, or null while none is published
     */
    public @Nullable Generation advance() {
        View held = view;
        Generation newest = engine.newest();
        if (held != null && held.generation() == newest) {
            return newest;
        }
        while (newest != null && !newest.retain()) {
            newest = engine.current();
        }
        view = newest == null ? null : View.of(newest);
        if (held != null) {
            held.generation().release();
        }
        return newest;
    }

    /**
     * The benefit code of a token (or organisation) in a scene, 0 for none: unknown, not enrolled, not consented, not
     * eligible are one. Allocates nothing, waits for nobody but a writer inside one map segment.
     *
     * @throws IllegalStateException before the first generation
     */
    public int check(int scene, long high, long low) {
        View now = view();
        return check(now, scene, now.identifiers().find(high, low), low);
    }

    /*
     * The way of many tokens at once: touch all, find all, touch what was found, check all. Each step goes to memory for all
     * of them together, where one after the other each would wait for itself four times. An ordinal is never given to a
     * second person, so that between finding and checking a place can lose its person, but not change hands.
     */

    /**
     * Has a token's look-up fetched from memory, for tokens that are found right after.
     *
     * @throws IllegalStateException before the first generation
     */
    public void touch(long high) {
        view().identifiers().touch(high);
    }

    /** Where the generation held has a token, for {@link #touchPlace} and {@link #checkPlace} and nothing else. */
    public int find(long high, long low) {
        return view().identifiers().find(high, low);
    }

    /** Has what {@link #checkPlace} reads of a place fetched from memory. */
    public void touchPlace(int place, long low) {
        View now = view();
        int read = read(now, place, low);
        long words = word(now, read);
        if ((read & Identifiers.ORGANISATION) == 0) {
            words ^= now.pseudonyms().high(read) ^ now.pseudonyms().low(read);
        }
        touched = words;
    }

    /** What {@link #check} answers, of a token that was found at a place in the generation held. */
    public int checkPlace(int scene, int place, long low) {
        return check(view(), scene, place, low);
    }

    private int check(View now, int scene, int place, long low) {
        int absent = place >> 31;
        int read = read(now, place, low);
        long word = word(now, read) & ~(long) absent;
        subject(now, absent == 0, read);
        return nibble(word, scene);
    }

    /** Where to read. No branch on whether the token is known: an unknown one reads of a stand-in, and makes nothing of it. */
    private static int read(View now, int place, long low) {
        int absent = place >> 31;
        return (standIn(low, now.persons().capacity()) & absent) | (place & ~absent);
    }

    /** A consent as it is held; days as in {@link SubjectFacts}, {@code endsOn} the first on which it stands no longer. */
    public record Consent(int scene, int grantedOn, int expiresOn, int endsOn, boolean stands) {}

    /** The consents of a person, or null where not enrolled. */
    public @Nullable List<Consent> consents(long high, long low) {
        View now = view();
        int place = person(high, low);
        if (place == Identifiers.ABSENT) {
            return null;
        }
        now.dossiers().read(place, facts, false);
        return OwnFacts.consents(facts, now.judge(), now.day());
    }

    /** Everything that memory holds about a person, or null where not enrolled. Allocates: for the person, not for gates. */
    public @Nullable OwnFacts own(long high, long low) {
        View now = view();
        int place = person(high, low);
        if (place == Identifiers.ABSENT) {
            return null;
        }
        now.dossiers().read(place, facts, true);
        return OwnFacts.of(
                facts, now.generation(), now.judge(), place, now.persons().get(place));
    }

    /** Whether the snapshot brought a person; false for one who enrolled since, and for nobody. */
    public boolean delivered(long high, long low) {
        int place = person(high, low);
        return place != Identifiers.ABSENT
                && place < view().generation().stores().personCount();
    }

    /** The ordinal of the person behind a token or a {@code PERSON} pseudonym in the generation held, or {@link #NOBODY}. */
    public int person(long high, long low) {
        int place = view().identifiers().find(high, low);
        return place == Identifiers.ABSENT || (place & Identifiers.ORGANISATION) != 0 ? Identifiers.ABSENT : place;
    }

    /**
     * Who stands at an ordinal of the generation held, whether a delivery or the ledger enrolled them; null where they have
     * left, and for {@link Identifiers#ABSENT}, which reads as much.
     */
    public Change.@Nullable Subject personAt(int ordinal) {
        View now = view();
        int read = ordinal < 0 ? standIn(ordinal, now.persons().capacity()) : ordinal;
        long high = now.pseudonyms().high(read);
        long low = now.pseudonyms().low(read);
        // one who is leaving right now has lost one half or both
        return ordinal < 0 || high == 0 || low == 0 ? null : new Change.Subject(high, low);
    }

    /** Whether an organisation is known. */
    public boolean knowsOrganisation(long high, long low) {
        int place = view().identifiers().find(high, low);
        return place != Identifiers.ABSENT && (place & Identifiers.ORGANISATION) != 0;
    }

    /** Whether the last {@link #check} was about an enrolled person; then {@link #subjectHigh} says who. */
    public boolean subjectKnown() {
        return subjectKnown;
    }

    /** The person's own pseudonym, whatever token was shown; without meaning where nobody is known. */
    public long subjectHigh() {
        return subjectHigh;
    }

    /** See {@link #subjectHigh}. */
    public long subjectLow() {
        return subjectLow;
    }

    /** Reads as much for an unknown token (of its stand-in) as for a known one. */
    private void subject(View now, boolean known, int read) {
        if ((read & Identifiers.ORGANISATION) != 0) {
            subjectKnown = false;
            return;
        }
        subjectHigh = now.pseudonyms().high(read);
        subjectLow = now.pseudonyms().low(read);
        // one who is leaving right now has lost one half or both
        long whole = ((subjectHigh | -subjectHigh) & (subjectLow | -subjectLow)) >>> 63;
        subjectKnown = (whole & (known ? 1 : 0)) != 0;
    }

    /** The explained score of a person by their {@code PERSON} pseudonym, or null where not enrolled. */
    public @Nullable Explanation explain(long high, long low) {
        View now = view();
        int place = now.identifiers().find(high, low);
        if (place == Identifiers.ABSENT || (place & Identifiers.ORGANISATION) != 0) {
            return null;
        }
        now.dossiers().read(place, facts, true);
        return now.judge().explain(facts, now.day());
    }

    /**
     * What the score of a person would be without some records, with others, on a day. Nothing is stored. Supposed records
     * are named {@code simulated-1} and so on in the lines.
     *
     * @param without ids of records to leave out; ids that the person has no record of are no fault
     * @param with at most {@link Supposed#COUNT_MAX}, items about persons
     * @param day epoch day
     * @return null where not enrolled
     * @throws IllegalArgumentException for too many records or an item about organisations
     */
    public @Nullable Explanation simulate(long high, long low, Set<String> without, List<Supposed> with, int day) {
        if (with.size() > Supposed.COUNT_MAX) {
            throw new IllegalArgumentException("at most " + Supposed.COUNT_MAX + " records, found " + with.size());
        }
        View now = view();
        int place = now.identifiers().find(high, low);
        if (place == Identifiers.ABSENT || (place & Identifiers.ORGANISATION) != 0) {
            return null;
        }
        now.dossiers().read(place, facts, true);
        facts.removeRecords(without);
        List<Item> items = now.generation().rules().vocabulary().items();
        int number = 0;
        for (Supposed one : with) {
            if (items.get(one.item()).subject() != SubjectType.PERSON) {
                throw new IllegalArgumentException(
                        "item '" + items.get(one.item()).id() + "' is not about persons");
            }
            int index = facts.addRecord(one.item(), one.occurredOn(), one.endedOn(), one.quantityHundredths(), 0);
            facts.recordId[index] = "simulated-" + ++number;
            facts.source[index] = -1;
        }
        return now.judge().explain(facts, day);
    }

    /**
     * What is held about a person ({@code PERSON} pseudonym) or an organisation ({@code USCC}), one by one; null where
     * nobody is known.
     */
    public @Nullable Held held(long high, long low) {
        View now = view();
        int place = now.identifiers().find(high, low);
        if (place == Identifiers.ABSENT) {
            return null;
        }
        boolean organisation = (place & Identifiers.ORGANISATION) != 0;
        now.dossiers().read(place, facts, true);
        return Held.of(facts, organisation ? place & ~Identifiers.ORGANISATION : place, now.generation());
    }

    /** The match of an organisation by its {@code USCC} pseudonym; null where it is not known. */
    public @Nullable MatchReport match(int matter, long high, long low) {
        View now = view();
        int place = now.identifiers().find(high, low);
        if (place == Identifiers.ABSENT || (place & Identifiers.ORGANISATION) == 0) {
            return null;
        }
        now.dossiers().read(place, facts, true);
        return now.judge().match(facts, matter, now.day());
    }

    /** Lets go of the generation held. */
    @Override
    public void close() {
        View held = view;
        view = null;
        if (held != null) {
            held.generation().release();
        }
    }

    private View view() {
        View now = view;
        if (now == null) {
            throw new IllegalStateException("no generation: advance() has not found one yet");
        }
        return now;
    }

    /** A person in whose place an unknown token reads: any of the {@code count}, always the same for the same token. */
    private static int standIn(long low, int count) {
        // Multiply and shift: a division would take long, and as long as its numbers are.
        return (int) (((low & 0xFFFF_FFFFL) * count) >>> 32);
    }

    private static long word(View view, int place) {
        return (place & Identifiers.ORGANISATION) == 0
                ? view.persons().get(place)
                : view.organisations().get(place & ~Identifiers.ORGANISATION);
    }

    private static int nibble(long word, int scene) {
        return (int) (word >>> (4 * scene)) & 0xF;
    }
}
