package io.osmanthus.snapshots.ledger;

/**
 * What makes a repetition the same act.
 *
 * @param scope 32 bytes: a hash of client, route and the client's key
 * @param body 32 bytes: a hash of what was asked
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Once(byte[] scope, byte[] body) {}
