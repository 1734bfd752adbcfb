package io.osmanthus.http;

import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.vocabulary.Scheme;
import org.jspecify.annotations.Nullable;

/**
 * How far a role reaches on a route: the third column of the table in {@link Route}. Where the path names the thing, it is
 * compared before anything is read; where the body does, row by row, the route judges.
 */
enum Scope {
    /** Everyone of the role may: nothing is to be compared. */
    ANY("any", null),
    /** The caller's own: no request can name anybody else. */
    SELF("self", null),
    /** The scenes of the client, by path. */
    SCENE("scene", "scene"),
    /** The scenes of the client, by path, and the grant {@code batch}. */
    SCENE_BATCH("scene-batch", "scene"),
    /** The matters of the client, by path. One that does not exist is 404: the route judges. */
    MATTER("matter", "matter"),
    /** The organisation that the representative speaks for, by path; other roles reach all. */
    ORGANISATION("organisation", "uscc"),
    /** The sources of the client, row by row. */
    OWN_SOURCES("own-sources", null),
    /** The scenes of the client, row by row or by reference; a foreign reference is 404. */
    OWN_SCENES("own-scenes", null);

    private final String word;
    private final @Nullable String parameter;

    Scope(String word, @Nullable String parameter) {
        this.word = word;
        this.parameter = parameter;
    }

    /** The word in {@code openapi.yaml} ({@code x-scope}). */
    String word() {
        return word;
    }

    /** The parameter of the path that names the thing, or null. */
    @Nullable
    String parameter() {
        return parameter;
    }

    /** Whether a caller of the right role reaches what the path names. */
    boolean covers(Caller caller, @Nullable String named, PseudonymKey key) {
        return switch (this) {
            case ANY, SELF, OWN_SOURCES, OWN_SCENES -> true;
            case SCENE, SCENE_BATCH, MATTER ->
                caller instanceof Caller.Machine machine
                        && covers(machine.client().client(), named);
            case ORGANISATION ->
                !(caller instanceof Caller.Representative representative)
                        || (named != null && speaksFor(representative, named, key));
        };
    }

    /** The same for a client; allocates nothing. */
    boolean covers(Client client, @Nullable String named) {
        return switch (this) {
            case SCENE -> named != null && client.scenes().contains(named);
            case SCENE_BATCH ->
                named != null && client.batch() && client.scenes().contains(named);
            case MATTER -> named != null && client.matters().contains(named);
            case ANY, SELF, ORGANISATION, OWN_SOURCES, OWN_SCENES -> true;
        };
    }

    private static boolean speaksFor(Caller.Representative representative, String uscc, PseudonymKey key) {
        String canonical = Canonical.of(uscc);
        if (canonical.isEmpty()) {
            return false;
        }
        PseudonymKey.Pseudonymiser pseudonymiser = key.pseudonymiser(Scheme.USCC);
        pseudonymiser.make(canonical);
        return pseudonymiser.high() == representative.high() && pseudonymiser.low() == representative.low();
    }
}
