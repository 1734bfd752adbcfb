package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.Marks;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is held about one subject, as columns: filled by the store, read by {@link Judge}, reused from subject to subject.
 *
 * <p>Days are whole days since 1970-01-01 (in Asia/Shanghai); {@link #NONE} where a date is not given. Records stand in
 * ascending order of {@code record_id}, then source, so that an index decides every tie. Public fields: this is a
 * row of hot loops, not an abstraction. Not thread-safe.
 */
public final class SubjectFacts {
    /** A date that is not given. */
    public static final int NONE = Integer.MIN_VALUE;

    /** Marks of a record. */
    public static final int DISPUTED = Marks.DISPUTED;

    public static final int REPAIRED = Marks.REPAIRED;
    public static final int RETRACTED = Marks.RETRACTED;

    /** Deleted at the person's own wish: a plus record does not count; on an adverse one the mark means nothing. */
    public static final int WITHDRAWN = Marks.WITHDRAWN;

    public SubjectType type = SubjectType.PERSON;

    /** Records: item index, days, quantity in hundredths, act number within the subject (0: none), marks. */
    public int recordCount;

    public int[] item = new int[16];
    public int[] occurredOn = new int[16];
    public int[] endedOn = new int[16];
    public long[] quantityHundredths = new long[16];
    public int[] act = new int[16];
    public int[] marks = new int[16];

    /** Severity of a record: 0 not given, 1 minor, 2 general, 3 serious. */
    public int[] severity = new int[16];

    /** Index of the record's source among {@code Generation}'s source names. */
    public int[] source = new int[16];

    /** Record ids, filled only where an explanation is asked for; else null elements. */
    public @Nullable String[] recordId = new @Nullable String[16];

    /** Consents: scene index, first day, day of expiry as given or NONE. Several of one scene may stand side by side. */
    public int consentCount;

    public int[] consentScene = new int[16];
    public int[] grantedOn = new int[16];
    public int[] expiresOn = new int[16];

    /** Arrears: scene index, first day, marks (a disputed one does not count). */
    public int arrearsCount;

    public int[] arrearsScene = new int[4];
    public int[] since = new int[4];
    public int[] arrearsMarks = new int[4];

    /** List entries of an organisation: list index, days (leavesOn NONE: open), marks; ids only for explanations. */
    public int entryCount;

    public int[] list = new int[4];
    public int[] enteredOn = new int[4];
    public int[] leavesOn = new int[4];
    public int[] entryMarks = new int[4];
    public @Nullable String[] entryId = new @Nullable String[4];

    /** Empties the facts for the next subject. */
    public void clear(SubjectType next) {
        type = next;
        recordCount = 0;
        consentCount = 0;
        arrearsCount = 0;
        entryCount = 0;
    }

    /** Appends a record; returns its index. */
    public int addRecord(int itemIndex, int occurred, int ended, long hundredths, int actNumber) {
        int i = recordCount++;
        if (i == item.length) {
            int capacity = i * 2;
            item = Arrays.copyOf(item, capacity);
            occurredOn = Arrays.copyOf(occurredOn, capacity);
            endedOn = Arrays.copyOf(endedOn, capacity);
            quantityHundredths = Arrays.copyOf(quantityHundredths, capacity);
            act = Arrays.copyOf(act, capacity);
            marks = Arrays.copyOf(marks, capacity);
            severity = Arrays.copyOf(severity, capacity);
            source = Arrays.copyOf(source, capacity);
            recordId = Arrays.copyOf(recordId, capacity);
        }
        item[i] = itemIndex;
        occurredOn[i] = occurred;
        endedOn[i] = ended;
        quantityHundredths[i] = hundredths;
        act[i] = actNumber;
        marks[i] = 0;
        severity[i] = 0;
        source[i] = 0;
        recordId[i] = null;
        return i;
    }

    /** Appends a consent; returns its index. */
    public int addConsent(int scene, int granted, int expires) {
        int i = consentCount++;
        if (i == consentScene.length) {
            consentScene = Arrays.copyOf(consentScene, i * 2);
            grantedOn = Arrays.copyOf(grantedOn, i * 2);
            expiresOn = Arrays.copyOf(expiresOn, i * 2);
        }
        consentScene[i] = scene;
        grantedOn[i] = granted;
        expiresOn[i] = expires;
        return i;
    }

    /** Appends arrears of a scene; returns their index. */
    public int addArrears(int scene, int sinceDay) {
        int i = arrearsCount++;
        if (i == arrearsScene.length) {
            arrearsScene = Arrays.copyOf(arrearsScene, i * 2);
            since = Arrays.copyOf(since, i * 2);
            arrearsMarks = Arrays.copyOf(arrearsMarks, i * 2);
        }
        arrearsScene[i] = scene;
        since[i] = sinceDay;
        arrearsMarks[i] = 0;
        return i;
    }

    /** Appends a list entry; returns its index. */
    public int addEntry(int listIndex, int entered, int leaves) {
        int i = entryCount++;
        if (i == list.length) {
            list = Arrays.copyOf(list, i * 2);
            enteredOn = Arrays.copyOf(enteredOn, i * 2);
            leavesOn = Arrays.copyOf(leavesOn, i * 2);
            entryMarks = Arrays.copyOf(entryMarks, i * 2);
            entryId = Arrays.copyOf(entryId, i * 2);
        }
        list[i] = listIndex;
        enteredOn[i] = entered;
        leavesOn[i] = leaves;
        entryMarks[i] = 0;
        entryId[i] = null;
        return i;
    }

    /** Whether a list entry counts on a day. A disputed one does: it is marked, and stands until decided. */
    public boolean entryCounts(int i, int day) {
        return enteredOn[i] <= day
                && (leavesOn[i] == NONE || day < leavesOn[i])
                && (entryMarks[i] & (REPAIRED | RETRACTED)) == 0;
    }

    /** Removes every consent for a scene that was granted until a day; whether there was one. */
    public boolean removeConsents(int scene, int until) {
        int kept = 0;
        for (int i = 0; i < consentCount; i++) {
            if (consentScene[i] != scene || grantedOn[i] > until) {
                consentScene[kept] = consentScene[i];
                grantedOn[kept] = grantedOn[i];
                expiresOn[kept++] = expiresOn[i];
            }
        }
        boolean removed = kept < consentCount;
        consentCount = kept;
        return removed;
    }

    /**
     * Removes the first arrears of a scene that began on a day, of those that were not taken back if there are such: who has paid
     * must not be held to what counts still. Whether there were any.
     */
    public boolean removeArrears(int scene, int sinceDay) {
        int found = -1;
        for (int i = arrearsCount - 1; i >= 0; i--) {
            boolean counts = (arrearsMarks[i] & RETRACTED) == 0;
            if (arrearsScene[i] == scene
                    && since[i] == sinceDay
                    && (found < 0 || counts || (arrearsMarks[found] & RETRACTED) != 0)) {
                found = i;
            }
        }
        if (found < 0) {
            return false;
        }
        int rest = --arrearsCount - found;
        System.arraycopy(arrearsScene, found + 1, arrearsScene, found, rest);
        System.arraycopy(since, found + 1, since, found, rest);
        System.arraycopy(arrearsMarks, found + 1, arrearsMarks, found, rest);
        return true;
    }

    /** Marks every arrears of a scene that began on a day; what was taken back stays so. Whether there were any. */
    public boolean markArrears(int scene, int sinceDay, int marked) {
        boolean found = false;
        for (int i = 0; i < arrearsCount; i++) {
            if (arrearsScene[i] == scene && since[i] == sinceDay) {
                arrearsMarks[i] = marked | (arrearsMarks[i] & RETRACTED);
                found = true;
            }
        }
        return found;
    }

    /** Leaves out the records of these ids, if there are any. Needs {@link #recordId}. */
    public void removeRecords(Set<String> ids) {
        for (int i = recordCount - 1; i >= 0; i--) {
            String id = recordId[i];
            if (id != null && ids.contains(id)) {
                int rest = --recordCount - i;
                System.arraycopy(item, i + 1, item, i, rest);
                System.arraycopy(occurredOn, i + 1, occurredOn, i, rest);
                System.arraycopy(endedOn, i + 1, endedOn, i, rest);
                System.arraycopy(quantityHundredths, i + 1, quantityHundredths, i, rest);
                System.arraycopy(act, i + 1, act, i, rest);
                System.arraycopy(marks, i + 1, marks, i, rest);
                System.arraycopy(severity, i + 1, severity, i, rest);
                System.arraycopy(source, i + 1, source, i, rest);
                System.arraycopy(recordId, i + 1, recordId, i, rest);
            }
        }
    }

    /** Moves the record appended last to where its id, then its source's name, puts it. Needs {@link #recordId}. */
    public void sinkLastRecord(List<String> sources) {
        for (int i = recordCount - 1; i > 0 && before(i, i - 1, sources); i--) {
            swap(item, i);
            swap(occurredOn, i);
            swap(endedOn, i);
            swap(act, i);
            swap(marks, i);
            swap(severity, i);
            swap(source, i);
            long quantity = quantityHundredths[i];
            quantityHundredths[i] = quantityHundredths[i - 1];
            quantityHundredths[i - 1] = quantity;
            String id = recordId[i];
            recordId[i] = recordId[i - 1];
            recordId[i - 1] = id;
        }
    }

    private boolean before(int one, int other, List<String> sources) {
        int order = String.valueOf(recordId[one]).compareTo(String.valueOf(recordId[other]));
        return order == 0 ? sources.get(source[one]).compareTo(sources.get(source[other])) < 0 : order < 0;
    }

    private static void swap(int[] column, int i) {
        int value = column[i];
        column[i] = column[i - 1];
        column[i - 1] = value;
    }
}
