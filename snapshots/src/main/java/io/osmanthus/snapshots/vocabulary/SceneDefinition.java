package io.osmanthus.snapshots.vocabulary;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A scene (场景): who asks, for what purpose, and what is there without any answer.
 *
 * @param index dense number from 0 in the file's order; the place of the scene in an answer word
 * @param purposeVersion what a consent names; a new purpose or recipient is a new version
 * @param withoutScore the way to a price benefit that needs no score, or null
 * @param arrearsSources who may deliver arrears of this scene; empty: the scene takes none
 */
public record SceneDefinition(
        int index,
        String id,
        Title title,
        SubjectType subject,
        int purposeVersion,
        Title purpose,
        List<String> recipients,
        Title baseService,
        @Nullable Title withoutScore,
        Set<String> arrearsSources) {}
