package io.osmanthus.snapshots.ledger;

import io.osmanthus.snapshots.Days;

/**
 * What an {@link Kind#ENTRY_AMENDED} says of a list entry: another last day, other marks, or both; what it does not say stays as
 * it is, or as it is delivered.
 *
 * <pre>
 * ends_on  the entry's last day from here on, or 'open'; absent: that of the delivery
 * marks    in place of those the entry had; absent: as they are
 * </pre>
 *
 * A {@code leaves_on} in one means nothing: earlier versions copied there what was held when an entry was marked, and a later
 * delivery must be able to move it.
 *
 * @param endsOn an epoch day, {@link Days#NONE} for an open one, or {@link #KEPT}
 * @param marks or {@link #KEPT}
 */
public record Amendment(int endsOn, int marks) {
    /** It is not said. */
    public static final int KEPT = Integer.MAX_VALUE;

    private static final String OPEN = "open";

    /** The amendment that a payload says. */
    public static Amendment of(Payload payload) {
        return of(payload.text("ends_on"), payload.has("marks"), payload.number("marks"));
    }

    /** The amendment that the payload read last says. */
    public static Amendment of(PayloadReader payload) {
        return of(payload.text("ends_on"), payload.has("marks"), payload.number("marks"));
    }

    private static Amendment of(String ends, boolean marked, long marks) {
        int day = ends.equals(OPEN) ? Days.NONE : Days.parse(ends);
        return new Amendment(ends.isEmpty() || day == Days.MALFORMED ? KEPT : day, marked ? (int) marks : KEPT);
    }

    /** Says it in a payload. */
    public Payload in(Payload payload) {
        if (endsOn == Days.NONE) {
            payload.with("ends_on", OPEN);
        } else if (endsOn != KEPT) {
            payload.withDay("ends_on", endsOn);
        }
        return marks == KEPT ? payload : payload.with("marks", marks);
    }
}
