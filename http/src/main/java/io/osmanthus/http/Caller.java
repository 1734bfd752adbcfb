package io.osmanthus.http;

import io.osmanthus.snapshots.Days;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Who a credential says is asking. A person is known by pseudonym only: the id in the token is not kept. */
sealed interface Caller {
    Role role();

    /** Who acts, as the ledger and the cases name it: never an identity of a citizen or an organisation. */
    String actor();

    /** Tells callers apart, for what is kept by caller (idempotency). No two callers have the same. */
    byte[] scope();

    /** A holder of an API key. In a demonstration also the desk, oversight and operators. */
    record Machine(KnownClient client) implements Caller {
        @Override
        public Role role() {
            return client.client().role();
        }

        @Override
        public String actor() {
            return client.client().id();
        }

        @Override
        public byte[] scope() {
            return named("client", actor());
        }
    }

    /**
     * A member of staff, signed in as a person.
     *
     * @param id the {@code sub} of the staff issuer, at most {@link TokenVerifier#SUBJECT_CHARACTERS_MAX} characters
     * @param role desk, oversight or operator
     */
    record Staff(String id, Role role) implements Caller {
        @Override
        public String actor() {
            return "staff/" + id;
        }

        @Override
        public byte[] scope() {
            return named(role.word(), actor());
        }
    }

    /** A person, by {@code PERSON} pseudonym; the birthday (epoch day) or {@link Days#MALFORMED}: enrolment asks for it. */
    record Citizen(long high, long low, int birthday) implements Caller {
        @Override
        public Role role() {
            return Role.CITIZEN;
        }

        @Override
        public String actor() {
            return "self";
        }

        @Override
        public byte[] scope() {
            return pseudonym('p', high, low);
        }
    }

    /** Who speaks for an organisation, by {@code USCC} pseudonym. */
    record Representative(long high, long low) implements Caller {
        @Override
        public Role role() {
            return Role.REPRESENTATIVE;
        }

        @Override
        public String actor() {
            return "representative";
        }

        @Override
        public byte[] scope() {
            return pseudonym('o', high, low);
        }
    }

    private static byte[] named(String kind, String name) {
        return ('n' + kind + "\n" + name).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] pseudonym(char kind, long high, long low) {
        return ByteBuffer.allocate(1 + 2 * Long.BYTES)
                .put((byte) kind)
                .putLong(high)
                .putLong(low)
                .array();
    }
}
