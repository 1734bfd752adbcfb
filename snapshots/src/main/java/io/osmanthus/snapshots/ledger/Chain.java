package io.osmanthus.snapshots.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The hash chain of changes: SHA-256 over the hash before, position, subject, kind, key number, stored payload, actor and
 * time in microseconds, each text with its length before it. It runs over ciphertext: a destroyed key breaks nothing.
 */
final class Chain {
    private final MessageDigest digest;

    Chain() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    byte[] next(byte[] before, long position, Stored row) {
        digest.update(before);
        number(position);
        text(row.subject());
        text(row.kind().getBytes(StandardCharsets.UTF_8));
        number(row.keyNumber());
        text(row.payload());
        text(row.actor().getBytes(StandardCharsets.UTF_8));
        number(ChronoUnit.MICROS.between(Instant.EPOCH, row.at()));
        return digest.digest();
    }

    /** A row as it stands in the table. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Stored(byte[] subject, String kind, int keyNumber, byte[] payload, String actor, Instant at) {}

    private void number(long value) {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(value).flip());
    }

    private void text(byte[] bytes) {
        number(bytes.length);
        digest.update(bytes);
    }
}
