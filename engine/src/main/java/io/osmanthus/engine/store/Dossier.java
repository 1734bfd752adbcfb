package io.osmanthus.engine.store;

import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A subject's facts as compact bytes, and the code that packs and unpacks them. Reusable; confined to one thread.
 *
 * <pre>
 * dossier   sections u8 (1 records, 2 consents, 4 arrears, 8 entries), then each section present: count, elements
 * record    flags u8 (bits 0-1 severity; 4 ended, 8 quantity, 16 act, 32 marks are given), item, source, occurred Δ, [ended Δ occurred],
 *           [quantity], [act], [marks u8], id length, id UTF-8
 * consent   scene, granted Δ, expires: 0 none, else 1 + zigzag(expires - granted)
 * arrears   scene, since Δ, marks u8
 * entry     list, entered Δ, leaves: 0 open, else 1 + zigzag(leaves - entered), marks u8, id length, id UTF-8
 * </pre>
 *
 * Numbers are base-128 varints, low group first; Δ is the zigzag difference to {@link #DAY_ORIGIN}, so that a date of the
 * last twenty years takes two bytes.
 */
public final class Dossier {
    /** 2020-01-01 as epoch day. */
    static final int DAY_ORIGIN = 18_262;

    private static final int RECORDS = 1;
    private static final int CONSENTS = 2;
    private static final int ARREARS = 4;
    private static final int ENTRIES = 8;

    private static final int SEVERITY_MASK = 3;
    private static final int ENDED = 4;
    private static final int QUANTITY = 8;
    private static final int ACT = 16;
    private static final int MARKS = 32;

    /** A record with every part at its longest, without its id. */
    private static final int ELEMENT_BYTES_MAX = 64;

    byte[] bytes = new byte[256];
    int length;

    private int at;

    /** Bytes the packed facts take. */
    public int length() {
        return length;
    }

    /** Whether there is nothing in the facts that is worth a dossier. */
    public static boolean empty(SubjectFacts facts) {
        return facts.recordCount + facts.consentCount + facts.arrearsCount + facts.entryCount == 0;
    }

    /** Packs the facts, in place of what was packed before. */
    public Dossier pack(SubjectFacts facts) {
        at = 0;
        int sections = (facts.recordCount > 0 ? RECORDS : 0)
                | (facts.consentCount > 0 ? CONSENTS : 0)
                | (facts.arrearsCount > 0 ? ARREARS : 0)
                | (facts.entryCount > 0 ? ENTRIES : 0);
        put(sections);
        if (facts.recordCount > 0) {
            packRecords(facts);
        }
        if (facts.consentCount > 0) {
            packConsents(facts);
        }
        if (facts.arrearsCount > 0) {
            packArrears(facts);
        }
        if (facts.entryCount > 0) {
            packEntries(facts);
        }
        length = at;
        return this;
    }

    private void packRecords(SubjectFacts facts) {
        putNumber(facts.recordCount);
        for (int i = 0; i < facts.recordCount; i++) {
            room();
            boolean ended = facts.endedOn[i] != SubjectFacts.NONE;
            put((facts.severity[i] & SEVERITY_MASK)
                    | (ended ? ENDED : 0)
                    | (facts.quantityHundredths[i] != 0 ? QUANTITY : 0)
                    | (facts.act[i] != 0 ? ACT : 0)
                    | (facts.marks[i] != 0 ? MARKS : 0));
            putNumber(facts.item[i]);
            putNumber(facts.source[i]);
            putSigned(facts.occurredOn[i] - DAY_ORIGIN);
            if (ended) {
                putSigned(facts.endedOn[i] - facts.occurredOn[i]);
            }
            if (facts.quantityHundredths[i] != 0) {
                putNumber(facts.quantityHundredths[i]);
            }
            if (facts.act[i] != 0) {
                putNumber(facts.act[i]);
            }
            if (facts.marks[i] != 0) {
                put(facts.marks[i]);
            }
            putText(facts.recordId[i]);
        }
    }

    private void packConsents(SubjectFacts facts) {
        putNumber(facts.consentCount);
        for (int i = 0; i < facts.consentCount; i++) {
            room();
            putNumber(facts.consentScene[i]);
            putSigned(facts.grantedOn[i] - DAY_ORIGIN);
            putEnd(facts.expiresOn[i], facts.grantedOn[i]);
        }
    }

    private void packArrears(SubjectFacts facts) {
        putNumber(facts.arrearsCount);
        for (int i = 0; i < facts.arrearsCount; i++) {
            room();
            putNumber(facts.arrearsScene[i]);
            putSigned(facts.since[i] - DAY_ORIGIN);
            put(facts.arrearsMarks[i]);
        }
    }

    private void packEntries(SubjectFacts facts) {
        putNumber(facts.entryCount);
        for (int i = 0; i < facts.entryCount; i++) {
            room();
            putNumber(facts.list[i]);
            putSigned(facts.enteredOn[i] - DAY_ORIGIN);
            putEnd(facts.leavesOn[i], facts.enteredOn[i]);
            put(facts.entryMarks[i]);
            putText(facts.entryId[i]);
        }
    }

    /**
     * Unpacks into {@code facts}, which are cleared first.
     *
     * @param ids whether record and entry ids are wanted; without them nothing is allocated
     */
    public void unpack(SubjectFacts facts, SubjectType type, boolean ids) {
        facts.clear(type);
        at = 0;
        int sections = length == 0 ? 0 : bytes[at++];
        if ((sections & RECORDS) != 0) {
            unpackRecords(facts, ids);
        }
        if ((sections & CONSENTS) != 0) {
            int count = (int) number();
            for (int i = 0; i < count; i++) {
                int scene = (int) number();
                int granted = signed() + DAY_ORIGIN;
                facts.addConsent(scene, granted, end(granted));
            }
        }
        if ((sections & ARREARS) != 0) {
            int count = (int) number();
            for (int i = 0; i < count; i++) {
                int index = facts.addArrears((int) number(), signed() + DAY_ORIGIN);
                facts.arrearsMarks[index] = bytes[at++];
            }
        }
        if ((sections & ENTRIES) != 0) {
            int count = (int) number();
            for (int i = 0; i < count; i++) {
                int list = (int) number();
                int entered = signed() + DAY_ORIGIN;
                int index = facts.addEntry(list, entered, end(entered));
                facts.entryMarks[index] = bytes[at++];
                facts.entryId[index] = text(ids);
            }
        }
    }

    private void unpackRecords(SubjectFacts facts, boolean ids) {
        int count = (int) number();
        for (int i = 0; i < count; i++) {
            int flags = bytes[at++];
            int item = (int) number();
            int source = (int) number();
            int occurred = signed() + DAY_ORIGIN;
            int ended = (flags & ENDED) == 0 ? SubjectFacts.NONE : occurred + signed();
            long quantity = (flags & QUANTITY) == 0 ? 0 : number();
            int act = (flags & ACT) == 0 ? 0 : (int) number();
            int index = facts.addRecord(item, occurred, ended, quantity, act);
            facts.marks[index] = (flags & MARKS) == 0 ? 0 : bytes[at++];
            facts.severity[index] = flags & SEVERITY_MASK;
            facts.source[index] = source;
            facts.recordId[index] = text(ids);
        }
    }

    /** Grows the buffer so that one more element without its text fits. */
    private void room() {
        if (bytes.length - at < ELEMENT_BYTES_MAX) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
    }

    void ensure(int capacity) {
        if (bytes.length < capacity) {
            bytes = new byte[Math.max(capacity, bytes.length * 2)];
        }
    }

    private void put(int value) {
        bytes[at++] = (byte) value;
    }

    private void putNumber(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[at++] = (byte) rest;
    }

    private void putSigned(int value) {
        putNumber(Integer.toUnsignedLong((value << 1) ^ (value >> 31)));
    }

    private void putEnd(int day, int begin) {
        if (day == SubjectFacts.NONE) {
            put(0);
            return;
        }
        int delta = day - begin;
        putNumber(1 + Integer.toUnsignedLong((delta << 1) ^ (delta >> 31)));
    }

    private void putText(@Nullable String text) {
        byte[] utf8 = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        putNumber(utf8.length);
        while (bytes.length - at < utf8.length + ELEMENT_BYTES_MAX) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        System.arraycopy(utf8, 0, bytes, at, utf8.length);
        at += utf8.length;
    }

    private long number() {
        long value = 0;
        int shift = 0;
        byte group;
        do {
            group = bytes[at++];
            value |= (group & 0x7FL) << shift;
            shift += 7;
        } while (group < 0);
        return value;
    }

    private int signed() {
        return unzigzag(number());
    }

    private int end(int begin) {
        long value = number();
        return value == 0 ? SubjectFacts.NONE : begin + unzigzag(value - 1);
    }

    private @Nullable String text(boolean wanted) {
        int count = (int) number();
        String text = wanted ? new String(bytes, at, count, StandardCharsets.UTF_8) : null;
        at += count;
        return text;
    }

    private static int unzigzag(long value) {
        int bits = (int) value;
        return (bits >>> 1) ^ -(bits & 1);
    }
}
