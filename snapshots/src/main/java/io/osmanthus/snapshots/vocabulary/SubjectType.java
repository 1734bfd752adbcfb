package io.osmanthus.snapshots.vocabulary;

/** Whom a fact or a rule is about. */
public enum SubjectType {
    PERSON,
    ORGANISATION
}
