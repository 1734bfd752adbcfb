package io.osmanthus.snapshots.city;

import io.osmanthus.snapshots.vocabulary.Scheme;

/** What a traveller shows: a token in its canonical form, and its scheme. */
public record Token(Scheme scheme, String token) {}
