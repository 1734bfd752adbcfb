package io.osmanthus.http;

import java.time.LocalDate;
import java.util.Set;

/**
 * A machine (or, in a demonstration, a member of staff) that holds a key.
 *
 * @param keySha256 one hash, or two while keys are being changed: 64 lower-case hexadecimal digits each
 * @param scenes what a terminal may check
 * @param matters what a department may match
 * @param sources in whose name a department delivers
 * @param batch whether it may check in batches
 * @param subjectsPerSecond subjects, not requests; a batch may overdraw it and is paid off by waiting
 * @param subjectsPerDay subjects of a day in Asia/Shanghai; never overdrawn
 * @param expiresOn first day on which the keys no longer hold
 * @param certificateSha256 the certificates of which it must show one beside its key, by their SHA-256; none: none
 */
public record Client(
        String id,
        Role role,
        String title,
        Set<String> keySha256,
        Set<String> scenes,
        Set<String> matters,
        Set<String> sources,
        boolean batch,
        int subjectsPerSecond,
        int subjectsPerDay,
        LocalDate expiresOn,
        Set<String> certificateSha256) {
    public Client {
        keySha256 = Set.copyOf(keySha256);
        scenes = Set.copyOf(scenes);
        matters = Set.copyOf(matters);
        sources = Set.copyOf(sources);
        certificateSha256 = Set.copyOf(certificateSha256);
    }

    /** Bound to no certificate. */
    public Client(
            String id,
            Role role,
            String title,
            Set<String> keySha256,
            Set<String> scenes,
            Set<String> matters,
            Set<String> sources,
            boolean batch,
            int subjectsPerSecond,
            int subjectsPerDay,
            LocalDate expiresOn) {
        this(
                id,
                role,
                title,
                keySha256,
                scenes,
                matters,
                sources,
                batch,
                subjectsPerSecond,
                subjectsPerDay,
                expiresOn,
                Set.of());
    }
}
