package io.osmanthus.snapshots.intake;

/*
 * Of one person, scene and day, a key, the ledger says four things: a debt more, a debt settled, the day disputed or not, and
 * everything that is there taken back. What was taken back is for good; what comes after it is not touched, and is disputed
 * with its day. So a key has debts taken back, up to the last change that takes back ('taken'), and standing ones, after it:
 *
 *   taken back   at that change, all that were there: those held + the steps up to it, never below 0
 *   standing     the steps since, never below 0; a settlement that finds none standing takes one that was taken back
 *
 * A sum that never goes below 0 is the plain sum lifted by how far the lowest running sum would have gone below. Of debts alike
 * the first is settled first.
 */

/** The arrears of a snapshot, of those that were delivered or carried over and what the ledger says of them: one query. */
final class ArrearsFold {
    private static final String KEY = "scene, person, since";
    private static final String COLUMNS =
            "scene, person, since, amount_cents, reference, reference_high, reference_low, source, position";

    private ArrearsFold() {}

    /**
     * The query.
     *
     * @param source the view of what was delivered or carried over
     * @param persons the new snapshot's persons, as {@code p}
     * @param from the position up to which the source holds the ledger's debts and settlements already
     * @param condition begins with {@code AND}, or is empty: which rows {@code s} of the source stay out
     */
    static String query(String source, String persons, long from, String condition) {
        String person = " JOIN " + persons + " ON p.person_high = l.high AND p.person_low = l.low";
        return "WITH acts AS MATERIALIZED (SELECT l.*, p.ordinal AS person FROM ledger_arrears l" + person
                + " WHERE l.position > " + from + "),"
                + " days AS MATERIALIZED (SELECT l.scene, p.ordinal AS person, l.since,"
                + " arg_max(l.marks, l.position) & 1 AS disputed,"
                + " coalesce(max(l.position) FILTER ((l.marks & 4) <> 0), -1) AS taken"
                + " FROM ledger_arrears_marks l" + person + " GROUP BY l.scene, p.ordinal, l.since),"
                // every debt there ever was since the source, and whether it was taken back
                + " debts AS MATERIALIZED (SELECT d.*, coalesce(d.position, 0) <= coalesce(k.taken, -1) AS back,"
                + " k.disputed FROM (SELECT " + COLUMNS + ", true AS held FROM " + source + " s WHERE true" + condition
                + " UNION ALL SELECT " + COLUMNS + ", false FROM acts WHERE added) d LEFT JOIN days k USING (" + KEY
                + ")),"
                + " steps AS (SELECT " + KEY + ", position, CASE WHEN added THEN 1 ELSE -1 END AS step,"
                + " position <= coalesce(taken, -1) AS back FROM acts LEFT JOIN days USING (" + KEY + ")),"
                + " sums AS (SELECT " + KEY + ", back, CAST(sum(step) AS BIGINT) AS total,"
                + " CAST(least(0, min(running)) AS BIGINT) AS lowest FROM (SELECT *, sum(step) OVER (PARTITION BY "
                + KEY
                + ", back ORDER BY position) AS running FROM steps) GROUP BY " + KEY + ", back),"
                + " left_over AS MATERIALIZED (" + leftOver() + ")"
                + " SELECT " + COLUMNS.replace("position", "")
                + "CASE WHEN disputed IS NULL THEN NULL WHEN back THEN disputed | 4 ELSE disputed END AS marks, position"
                + " FROM (SELECT *, count(*) OVER (PARTITION BY " + KEY + ", back) AS alike,"
                + " row_number() OVER (PARTITION BY " + KEY
                + ", back ORDER BY position NULLS FIRST, reference_high) AS nth FROM debts) LEFT JOIN left_over USING ("
                + KEY + ") WHERE standing IS NULL OR nth > alike - (CASE WHEN back THEN taken_back ELSE standing END)"
                // as they would have come one after the other
                + " ORDER BY person, scene, since, position NULLS FIRST, reference_high";
    }

    /** How many of each key with acts are left, standing and taken back. */
    private static String leftOver() {
        String held = "(SELECT count(*) FROM debts d WHERE d.held AND d.back = %s AND d.scene = k.scene"
                + " AND d.person = k.person AND d.since = k.since)";
        return "SELECT " + KEY + ", standing + later - least(0, standing + later_lowest) AS standing,"
                + " greatest(0, taken_back + sooner - least(0, taken_back + sooner_lowest)"
                + " + least(0, standing + later_lowest)) AS taken_back FROM (SELECT *, "
                + held.formatted("true") + " AS taken_back, " + held.formatted("false") + " AS standing FROM (SELECT "
                + KEY
                + ", coalesce(max(total) FILTER (back), 0) AS sooner,"
                + " coalesce(max(lowest) FILTER (back), 0) AS sooner_lowest,"
                + " coalesce(max(total) FILTER (NOT back), 0) AS later,"
                + " coalesce(max(lowest) FILTER (NOT back), 0) AS later_lowest FROM sums GROUP BY " + KEY + ") k)";
    }
}
