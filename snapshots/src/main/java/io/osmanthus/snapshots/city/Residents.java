package io.osmanthus.snapshots.city;

import java.io.IOException;
import java.util.Locale;

/**
 * The persons of a city, one at a time: {@link #at} moves to a person, the fields say who it is. Writes {@code persons.csv},
 * {@code consents.csv} and {@code arrears.csv}. For one thread.
 */
final class Residents {
    private static final int ENROLLED_DAYS_MAX = 8 * 365;
    private static final int CONSENT_DAYS = 2 * 365;
    private static final int EVIDENCE_DIGITS = 8;
    private static final String EVIDENCE = "e";
    private static final String REFERENCE = "AR";

    /** Scenes of persons, and of 10,000 persons how many consented. */
    private enum Scene {
        TRANSIT(6_400),
        PARKING(3_300),
        RETAIL(2_400),
        MEDICAL(3_600),
        TOURISM(2_200),
        CULTURE(2_600),
        SPORTS(1_400),
        FINANCE(1_100);

        private static final Scene[] ALL = values();

        private final String id;
        private final int share;

        Scene(int share) {
            this.id = name().toLowerCase(Locale.ROOT);
            this.share = share;
        }
    }

    /** Who may deliver arrears of a scene, and the largest in cents; no other scene takes any. */
    private enum Creditor {
        TRANSIT(Scene.TRANSIT, "轨道交通", 20_000),
        PARKING(Scene.PARKING, "停车公司", 5_000),
        RETAIL(Scene.RETAIL, "共享服务公司", 30_000),
        MEDICAL(Scene.MEDICAL, "医院集团", 100_000),
        CULTURE(Scene.CULTURE, "图书馆", 10_000);

        private static final Creditor[] ALL = values();

        private final Scene scene;
        private final String source;
        private final int centsMax;

        Creditor(Scene scene, String source, int centsMax) {
            this.scene = scene;
            this.source = source;
            this.centsMax = centsMax;
        }
    }

    private final long persons;
    private final int today;
    private final CitizenIds ids;
    private final Permutation ranks;
    private final Draw residence;
    private final Draw consents;
    private final Draw arrears;

    final byte[] id = new byte[CitizenIds.BYTES];
    private long person = -1;
    private District district = District.HUQIU;
    private int enrolledOn;

    Residents(long persons, long seed, int today, CitizenIds ids) {
        this.persons = persons;
        this.today = today;
        this.ids = ids;
        ranks = new Permutation(persons, Draw.key(seed, "ranks"));
        residence = new Draw(seed, "residence");
        consents = new Draw(seed, "consents");
        arrears = new Draw(seed, "arrears");
    }

    void at(long index) {
        if (index == person) {
            return;
        }
        person = index;
        ids.write(index, id);
        residence.at(index);
        district = District.draw(residence);
        // Half of the city joined in the last 35 of 100 days. No Math.pow: its last bit may differ between machines.
        double u = residence.unit();
        enrolledOn = today - (int) (ENROLLED_DAYS_MAX * u * Math.sqrt(u));
    }

    Shape shape() {
        return Shape.of(ranks.at(person), persons);
    }

    void person(Sheet sheet) throws IOException {
        sheet.put(id).comma().put(district.code).comma().date(enrolledOn).end();
    }

    void consents(Sheet sheet) throws IOException {
        consents.at(person);
        for (Scene scene : Scene.ALL) {
            if (consents.chance(scene.share)) {
                consent(sheet, scene);
            }
        }
    }

    /** A consent and how it stands: of 100, 80 hold, 8 are over, 5 end within 30 days, 4 have an end of their own, 3 begin later. */
    private void consent(Sheet sheet, Scene scene) throws IOException {
        int way = consents.below(100);
        int enrolledDays = today - enrolledOn;
        int ago = consents.between(0, Math.min(CONSENT_DAYS - 31, enrolledDays));
        if (way < 80) {
            row(sheet, scene, today - ago, 0);
        } else if (way < 88) {
            over(sheet, scene, enrolledDays);
        } else if (way < 93) {
            row(sheet, scene, today - ago, today + consents.between(1, 30));
        } else if (way < 97) {
            row(sheet, scene, today - ago, today + consents.between(31, 365));
        } else {
            row(sheet, scene, today + consents.between(1, 60), 0);
        }
    }

    /** A consent that is over: by its two years, or by its own end; one in three has been given again. */
    private void over(Sheet sheet, Scene scene, int enrolledDays) throws IOException {
        int ago = consents.between(0, enrolledDays);
        int given = today - ago;
        row(sheet, scene, given, ago > CONSENT_DAYS ? 0 : given + consents.between(0, ago));
        if (consents.below(3) == 0) {
            row(sheet, scene, today - consents.between(0, Math.min(30, ago)), 0);
        }
    }

    private void row(Sheet sheet, Scene scene, int grantedOn, int expiresOn) throws IOException {
        sheet.put(id).comma().put(scene.id).comma().date(grantedOn).comma();
        if (expiresOn != 0) {
            sheet.date(expiresOn);
        }
        sheet.comma().put(EVIDENCE).hex(consents.next(), EVIDENCE_DIGITS).end();
    }

    /** Arrears of 8 in 1,000 persons; some are older than the year for which they count. */
    void arrears(Sheet sheet) throws IOException {
        arrears.at(person);
        if (!arrears.chance(80)) {
            return;
        }
        Creditor creditor = Creditor.ALL[arrears.below(Creditor.ALL.length)];
        sheet.put(creditor.scene.id).comma().put(id).comma();
        sheet.date(today - arrears.between(0, 500)).comma();
        sheet.number(arrears.between(100, creditor.centsMax)).comma();
        sheet.put(REFERENCE).digits(person, 9).comma().put(creditor.source).end();
    }
}
