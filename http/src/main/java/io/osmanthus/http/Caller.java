package io.osmanthus.http;

import io.osmanthus.snapshots.Days;

/** Who a credential says is asking. A person is known by pseudonym only: the id in the token is not kept. */
sealed interface Caller {
    Role role();

    /** A holder of an API key. */
    record Machine(KnownClient client) implements Caller {
        @Override
        public Role role() {
            return client.client().role();
        }
    }

    /** A person, by {@code PERSON} pseudonym; the birthday (epoch day) or {@link Days#MALFORMED}: enrolment asks for it. */
    record Citizen(long high, long low, int birthday) implements Caller {
        @Override
        public Role role() {
            return Role.CITIZEN;
        }
    }

    /** Who speaks for an organisation, by {@code USCC} pseudonym. */
    record Representative(long high, long low) implements Caller {
        @Override
        public Role role() {
            return Role.REPRESENTATIVE;
        }
    }
}
