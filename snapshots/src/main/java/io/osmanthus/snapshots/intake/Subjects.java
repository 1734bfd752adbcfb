package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.CitizenIds;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.PseudonymKey.Pseudonymiser;
import io.osmanthus.snapshots.Usccs;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.util.Locale;

/**
 * Who is in the snapshot: persons and organisations by their pseudonyms, with the ordinals under which the facts refer to
 * them. Persons' ordinals ascend by pseudonym, so that they say nothing of the delivery's order; organisations' follow the
 * file. For one thread.
 */
final class Subjects {
    /** What a subject column says if it says nothing. */
    private static final String NOT_GIVEN = "00000000000000000X";

    private final Pseudonymiser personPseudonyms;
    private final Pseudonymiser organisationPseudonyms;
    private final byte[] ascii = new byte[CitizenIds.LENGTH];
    private KeySet persons = new KeySet();
    private final KeySet organisations = new KeySet();
    private int[] order = {};
    private int[] ordinals = {};

    Subjects(PseudonymKey key) {
        personPseudonyms = key.pseudonymiser(Scheme.PERSON);
        organisationPseudonyms = key.pseudonymiser(Scheme.USCC);
    }

    /** Whether a subject is not given: empty, or the code that registries write for nothing. */
    static boolean absent(CharSequence id) {
        return id.length() == 0 || NOT_GIVEN.contentEquals(id);
    }

    /** Enrols a valid citizen id; the person's number in order of arrival, or -1 if enrolled before. */
    int enrol(CharSequence id) {
        person(id);
        return persons.add(personPseudonyms.high(), personPseudonyms.low());
    }

    /** Enrols whom a former snapshot had enrolled. */
    void enrol(long high, long low) {
        persons.add(high, low);
    }

    /** Nobody is enrolled any more; those who are now follow. */
    void forgetPersons() {
        persons = new KeySet();
    }

    /** Fixes the ordinals once everybody is enrolled. */
    void number() {
        order = persons.sorted();
        ordinals = new int[order.length];
        for (int ordinal = 0; ordinal < order.length; ordinal++) {
            ordinals[order[ordinal]] = ordinal;
        }
    }

    int persons() {
        return persons.size();
    }

    /** The arrival number of the person of an ordinal. */
    int arrival(int ordinal) {
        return order[ordinal];
    }

    long high(int arrival) {
        return persons.high(arrival);
    }

    long low(int arrival) {
        return persons.low(arrival);
    }

    /** The ordinal of an enrolled person, or -1. */
    int findPerson(CharSequence id) {
        if (id.length() != CitizenIds.LENGTH || !CitizenIds.shaped(id, 0)) {
            return -1;
        }
        person(id);
        int arrival = persons.find(personPseudonyms.high(), personPseudonyms.low());
        return arrival < 0 ? -1 : ordinals[arrival];
    }

    /** An organisation code as it is kept: letters in upper case. */
    static String canonicalUscc(CharSequence uscc) {
        return uscc.toString().toUpperCase(Locale.ROOT);
    }

    /** Adds an organisation by its canonical code; its ordinal, or -1 if the code stands in a row before. */
    int addOrganisation(String uscc) {
        organisation(uscc);
        return organisations.add(organisationPseudonyms.high(), organisationPseudonyms.low());
    }

    /** Adds an organisation of a former snapshot. */
    void addOrganisation(long high, long low) {
        organisations.add(high, low);
    }

    long organisationHigh(int ordinal) {
        return organisations.high(ordinal);
    }

    long organisationLow(int ordinal) {
        return organisations.low(ordinal);
    }

    /** The ordinal of an organisation, or -1. */
    int findOrganisation(CharSequence uscc) {
        String canonical = uscc.length() == Usccs.LENGTH ? canonicalUscc(uscc) : "";
        if (!Usccs.shaped(canonical)) {
            return -1;
        }
        organisation(canonical);
        return organisations.find(organisationPseudonyms.high(), organisationPseudonyms.low());
    }

    private void person(CharSequence id) {
        for (int i = 0; i < ascii.length; i++) {
            char c = id.charAt(i);
            ascii[i] = (byte) (c == 'x' ? 'X' : c);
        }
        personPseudonyms.make(ascii, 0, ascii.length);
    }

    private void organisation(CharSequence uscc) {
        for (int i = 0; i < ascii.length; i++) {
            ascii[i] = (byte) uscc.charAt(i);
        }
        organisationPseudonyms.make(ascii, 0, ascii.length);
    }
}
