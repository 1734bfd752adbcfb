package io.osmanthus.snapshots.vocabulary;

import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A scene (场景): who asks, for what purpose, and what is there without any answer.
 *
 * @param index dense number from 0 in the file's order; the place of the scene in an answer word
 * @param purposeVersion what a consent names; a new purpose or recipient is a new version
 * @param purposeSince the day from which the version holds; a consent that names no version (a delivered one) and was
 *     granted before it was for another purpose, and does not count. Null: from the beginning
 * @param withoutScore the way to a price benefit that needs no score, or null
 * @param arrearsSources who may deliver arrears of this scene; empty: the scene takes none
 */
public record SceneDefinition(
        int index,
        String id,
        Title title,
        SubjectType subject,
        int purposeVersion,
        @Nullable LocalDate purposeSince,
        Title purpose,
        List<String> recipients,
        Title baseService,
        @Nullable Title withoutScore,
        Set<String> arrearsSources) {
    /** Whether a consent for a purpose version, given to these recipients, covers what the scene does now. */
    public boolean covers(long version, List<String> consented) {
        return version == purposeVersion && (consented.isEmpty() || consented.containsAll(recipients));
    }

    /** Whether a consent that names no version, by the epoch day of its grant, was for the purpose as it is now. */
    public boolean covers(int grantedOn) {
        return purposeSince == null || grantedOn >= purposeSince.toEpochDay();
    }
}
