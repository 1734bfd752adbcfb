package io.osmanthus.http;

/**
 * What {@code clients.yaml} may say under a {@code server.yaml}.
 *
 * @param demonstration whether staff may hold keys
 */
public record KeyPolicy(boolean demonstration, Certificates certificates) {
    /** Whether keys are bound to certificates of their holders. */
    public enum Certificates {
        /** No certificate is asked for: a key that is bound to one could never be used. */
        NONE,
        /** A key that is bound to a certificate needs it. */
        OPTIONAL,
        /** Every key is bound to one. */
        REQUIRED
    }

    /** Keys without certificates. */
    public static KeyPolicy withoutCertificates(boolean demonstration) {
        return new KeyPolicy(demonstration, Certificates.NONE);
    }
}
