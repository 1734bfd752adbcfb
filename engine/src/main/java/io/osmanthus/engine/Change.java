package io.osmanthus.engine;

import io.osmanthus.snapshots.ledger.Amendment;
import io.osmanthus.snapshots.vocabulary.SubjectType;

/**
 * One live change (变更): what a row of the ledger means to a generation. Subjects are named by their pseudonym ({@code
 * PERSON} or {@code USCC}), dates are epoch days, indexes are those of the vocabulary and of {@link Generation#sources}.
 */
public sealed interface Change {
    /** Nothing for this generation: its position moves on. */
    record Nothing() implements Change {}

    /** A change about somebody who is not here, or nobody: it takes the work of another, and changes as little as nothing. */
    record Decoy() implements Change {}

    /** A 128-bit pseudonym. */
    record Subject(long high, long low) {}

    /** A person enrols. {@code district} is the vocabulary's index, -1 unknown. */
    record Enrol(Subject person, int district) implements Change {}

    /** A person leaves: everything held about them goes. {@code tokens} are all that are bound to them. */
    record Leave(Subject person, java.util.List<Subject> tokens) implements Change {}

    /** A token is bound to a person, also where it was another's before. */
    record BindToken(Subject person, Subject token) implements Change {}

    /** A token is no longer the person's; it may be another's by now. */
    record UnbindToken(Subject person, Subject token) implements Change {}

    /** A consent for a scene, in place of those granted before or on that day; {@code expiresOn} may be {@link io.osmanthus.engine.rules.SubjectFacts#NONE}. */
    record GiveConsent(Subject person, int scene, int grantedOn, int expiresOn) implements Change {}

    /** Every consent of the person for a scene that was granted until a day ends; a later one is a new one. */
    record WithdrawConsent(Subject person, int scene, int on) implements Change {}

    /** A new record. {@code act} is a number within the subject (0: none). */
    record AddRecord(
            SubjectType type,
            Subject subject,
            String recordId,
            int item,
            int source,
            int occurredOn,
            int endedOn,
            long quantityHundredths,
            int severity,
            int act)
            implements Change {}

    /** Sets the marks of a record ({@link io.osmanthus.engine.rules.SubjectFacts#DISPUTED} …) in place of those it had. */
    record MarkRecord(SubjectType type, Subject subject, String recordId, int source, int marks) implements Change {}

    /** New arrears in a scene; in dispute where their day is. */
    record AddArrears(Subject person, int scene, int since) implements Change {}

    /** One arrears row of a scene, by its first day, is settled: one that was not taken back, if there is such. */
    record SettleArrears(Subject person, int scene, int since) implements Change {}

    /**
     * Sets the marks of every arrears of a scene that began on a day: two of one day are not told apart here. What was taken back
     * stays so.
     */
    record MarkArrears(Subject person, int scene, int since, int marks) implements Change {}

    /** A new list entry of an organisation. */
    record AddEntry(Subject organisation, String entryId, int list, int enteredOn, int leavesOn) implements Change {}

    /**
     * An entry has another last day, other marks, or both; what is {@link Amendment#KEPT} stays as it is.
     */
    record AmendEntry(Subject organisation, String entryId, int list, int leavesOn, int marks) implements Change {
        /** This amendment after another of the same entry, as one. */
        AmendEntry after(AmendEntry before) {
            return new AmendEntry(
                    organisation, entryId, list, kept(leavesOn, before.leavesOn()), kept(marks, before.marks()));
        }

        /** What is amended, or what was there. */
        static int kept(int amended, int held) {
            return amended == Amendment.KEPT ? held : amended;
        }
    }
}
