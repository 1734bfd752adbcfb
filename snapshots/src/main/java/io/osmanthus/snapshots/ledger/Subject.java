package io.osmanthus.snapshots.ledger;

import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;

/** Whom a change is about: a person or an organisation, by 128-bit pseudonym. */
public record Subject(long high, long low) {
    static final int BYTES = 16;

    /** Stands for the configuration, which is about nobody: {@link Kind#CONFIGURATION_ANNOUNCED} and what follows it. */
    public static final Subject CONFIGURATION = new Subject(0, 0);

    /** The subject of 16 bytes, as they stand in the database. */
    public static Subject of(byte[] bytes) {
        ByteBuffer words = ByteBuffer.wrap(bytes);
        return new Subject(words.getLong(), words.getLong());
    }

    /** Nobody: stands for one about whom nothing may be written. */
    public static Subject nobody() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new Subject(random.nextLong(), random.nextLong());
    }

    /** 16 bytes, as they stand in the database. */
    public byte[] bytes() {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }
}
