package io.osmanthus.snapshots.cases;

import io.osmanthus.snapshots.ledger.Payload;
import io.osmanthus.snapshots.ledger.Subject;

/**
 * What is filed. The content is sealed under the subject's own key in the ledger and stands nowhere else:
 *
 * <pre>
 * all kinds   grounds?, statement?, source?
 * record      id, item, severity?, occurred_on; of a repair also duties_fulfilled?, commitment_letter?, other?, entries?
 * arrears     id, scene, since, debts: how many are held of that day
 * access      id, scene?, client?, answer?, at
 * entry       id, list, leaves_on?; of a repair as of a record
 * </pre>
 *
 * {@code entries}: list, tabulator, entry id, tabulator, last day if there is one; one a line.
 *
 * @param object a keyed hash of what it is about, so that the same is not filed twice
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Filing(
        CaseKind kind, Subject subject, boolean organisation, byte[] object, boolean fourEyes, Payload content) {}
