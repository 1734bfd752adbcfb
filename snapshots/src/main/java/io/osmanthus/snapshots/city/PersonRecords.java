package io.osmanthus.snapshots.city;

import java.io.IOException;

/**
 * The records of persons, about 0.6 for each: what puts one in eight above the base and the defaulters below it, and
 * what leaves everybody else exactly on it (expired, or too little to count). For one thread.
 */
final class PersonRecords {
    private static final String PERSON = ",person,";
    private static final String VOLUNTEER = ",volunteer-hours,";
    private static final String BLOOD = ",blood-donation,";
    private static final String MARROW = ",marrow-donation,";
    private static final String CHARITY = ",charity-donation,";
    private static final String COURT = ",court-default,";
    private static final String BROKEN = ",broken-commitment,";
    private static final String[] HONOURS = {
        ",honour-district,", ",honour-city,", ",honour-province,", ",honour-nation,"
    };
    private static final String[] VOLUNTEER_SOURCES = {"团市委", "文明办"};
    private static final String RED_CROSS = "红十字会";
    private static final String CIVIL_AFFAIRS = "民政局";
    private static final String CIVILISATION_OFFICE = "文明办";
    private static final String COURTS = "法院";
    private static final String APPROVAL_BUREAU = "行政审批局";
    private static final String COURT_CASE = "苏05执";
    private static final String NUMBER = "号";
    private static final String PROMISE = "诺";
    private static final String SERIOUS = "serious";
    private static final String GENERAL = "general";
    private static final char NO_ACT = 0;
    private static final int NONE = Integer.MIN_VALUE;
    private static final int YEAR_DAYS = 365;

    private final int today;
    private final Residents residents;
    private final Draw draw;

    private final Sheet sheet;
    private long person;
    private int ordinal;

    PersonRecords(long seed, int today, Residents residents, Sheet sheet) {
        this.today = today;
        this.residents = residents;
        this.sheet = sheet;
        this.draw = new Draw(seed, "records");
    }

    /** Writes the records of a person. */
    void write(long index) throws IOException {
        residents.at(index);
        person = index;
        ordinal = 0;
        draw.at(index);
        switch (residents.shape()) {
            case BELOW -> below();
            case ABOVE -> above();
            case BASE -> base();
        }
    }

    /** A court default that counts; pluses beside an unperformed one do not. */
    private void below() throws IOException {
        boolean performed = draw.chance(1_500);
        int ended = performed ? today - draw.between(0, 700) : NONE;
        int occurred = performed ? ended - draw.between(30, 900) : today - draw.between(5, 1_500);
        boolean act = draw.below(3) == 0;
        open(COURT, act ? 'C' : NO_ACT, occurred, ended);
        sheet.comma()
                .put(draw.below(3) == 0 ? GENERAL : SERIOUS)
                .comma()
                .put(COURTS)
                .comma();
        courtCase(occurred);
        if (act) {
            broken('C', draw.between(0, 300));
        }
        if (!performed && draw.chance(3_000)) {
            blood(draw.between(0, 700));
        }
    }

    private void above() throws IOException {
        int way = draw.below(1_000);
        if (way < 450) {
            volunteer(recently(2), draw.between(10, 70));
            for (int more = draw.below(5); more > 0; more--) {
                volunteer(recently(2), draw.between(1, 60));
            }
        } else if (way < 720) {
            for (int more = draw.between(1, 3); more > 0; more--) {
                blood(recently(2));
            }
        } else if (way < 900) {
            for (int more = draw.between(1, 3); more > 0; more--) {
                charity(recently(1), draw.between(10_000, 300_000));
            }
        } else if (way < 990) {
            honour();
        } else {
            simple(MARROW, recently(5), RED_CROSS);
            if (draw.chance(2_000)) {
                broken(NO_ACT, recently(1));
            }
        }
        if (draw.chance(4_500)) {
            volunteer(recently(2), draw.between(1, 40));
        }
        if (draw.chance(2_500)) {
            blood(recently(2));
        }
        if (draw.chance(2_000)) {
            charity(recently(1), draw.between(1_000, 100_000));
        }
        if (draw.chance(2_500)) {
            expired();
        }
    }

    /** An honour, sometimes of two ranks for one act; a broken commitment only beside one that outweighs it. */
    private void honour() throws IOException {
        int way = draw.below(100);
        if (way < 60) {
            honour(0, recently(1), NO_ACT);
        } else if (way < 75) {
            int ago = recently(1);
            honour(0, ago, 'A');
            honour(1, ago, 'A');
        } else {
            int rank = way < 90 ? 1 : way < 98 ? 2 : 3;
            honour(rank, recently(rank < 3 ? rank + 1 : 5), NO_ACT);
            if (draw.chance(1_000)) {
                broken(NO_ACT, recently(1));
            }
        }
    }

    /** Nothing, or what is over or too little: the score stays exactly on the base. */
    private void base() throws IOException {
        if (!draw.chance(1_700)) {
            return;
        }
        int way = draw.below(100);
        if (way < 40) {
            volunteer(recently(2), draw.between(1, 9));
        } else if (way < 50) {
            charity(recently(1), draw.between(500, 9_999));
        } else {
            expired();
        }
        if (draw.chance(2_000)) {
            expired();
        }
    }

    /** A record that counts no more. */
    private void expired() throws IOException {
        int way = draw.below(100);
        if (way < 50) {
            volunteer(formerly(2), draw.between(2, 80));
        } else if (way < 75) {
            blood(formerly(2));
        } else if (way < 92) {
            charity(formerly(1), draw.between(500, 200_000));
        } else if (way < 97) {
            honour(0, formerly(1), NO_ACT);
        } else if (way < 99) {
            broken(NO_ACT, formerly(1));
        } else {
            int ended = today - formerly(2);
            int occurred = ended - draw.between(30, 600);
            open(COURT, NO_ACT, occurred, ended);
            sheet.comma().put(GENERAL).comma().put(COURTS).comma();
            courtCase(occurred);
        }
    }

    /** Days ago at which something that counts for some years still counts, leap day or not. */
    private int recently(int years) {
        return draw.below(years * YEAR_DAYS);
    }

    /** Days ago at which it counts no more, at most a year and a half over. */
    private int formerly(int years) {
        return years * (YEAR_DAYS + 1) + draw.below(500);
    }

    private void volunteer(int ago, int hours) throws IOException {
        open(VOLUNTEER, NO_ACT, today - ago, NONE);
        sheet.number(hours);
        close(VOLUNTEER_SOURCES[draw.below(2)]);
    }

    private void blood(int ago) throws IOException {
        simple(BLOOD, ago, RED_CROSS);
    }

    private void charity(int ago, int cents) throws IOException {
        open(CHARITY, NO_ACT, today - ago, NONE);
        sheet.number(cents / 100);
        if (cents % 100 != 0) {
            sheet.put('.').digits(cents % 100, 2);
        }
        close(CIVIL_AFFAIRS);
    }

    private void honour(int rank, int ago, char act) throws IOException {
        open(HONOURS[rank], act, today - ago, NONE);
        close(CIVILISATION_OFFICE);
    }

    private void simple(String item, int ago, String source) throws IOException {
        open(item, NO_ACT, today - ago, NONE);
        close(source);
    }

    private void broken(char act, int ago) throws IOException {
        open(BROKEN, act, today - ago, NONE);
        sheet.comma()
                .comma()
                .put(APPROVAL_BUREAU)
                .comma()
                .put(PROMISE)
                .digits(person, 9)
                .end();
    }

    private void courtCase(int occurred) throws IOException {
        sheet.put('(')
                .year(occurred)
                .put(')')
                .put(COURT_CASE)
                .digits(person, 9)
                .put(NUMBER)
                .end();
    }

    /** Everything up to the quantity. */
    private void open(String item, char act, int occurred, int ended) {
        sheet.put('R').digits(person, 9).put('-').digits(ordinal++, 2);
        sheet.put(PERSON).put(residents.id).put(item);
        if (act != NO_ACT) {
            sheet.put(act).digits(person, 9);
        }
        sheet.comma().date(occurred).comma();
        if (ended != NONE) {
            sheet.date(ended);
        }
        sheet.comma().date(Math.min(today, occurred + (int) (person & 15))).comma();
    }

    /** Everything after the quantity: no severity, the source, no document. */
    private void close(String source) throws IOException {
        sheet.comma().comma().put(source).comma().end();
    }
}
