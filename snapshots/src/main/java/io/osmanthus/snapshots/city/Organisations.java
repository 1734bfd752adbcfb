package io.osmanthus.snapshots.city;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The organisations of a city, one at a time: {@link #at} moves to one. Codes are valid by GB 32100 and GB 11714, body
 * codes begin with {@code X}; names come from a grammar and carry four of the sixty stems and branches (干支), as no
 * registered company does. No individual traders: natural persons are on no list. For one thread.
 *
 * <pre>
 * bytes 0–1   registration kind: 91 enterprise, 93 cooperative, 12 institution, 11 government
 * bytes 2–7   division code
 * bytes 8–15  body: X + 7 of the 31 signs     byte 16  its check, MOD 11 (GB 11714)
 * byte  17    check, MOD 31 (GB 32100)
 * </pre>
 */
final class Organisations {
    static final int CODE_BYTES = 18;

    private static final String ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    private static final byte[] SIGNS = ALPHABET.getBytes(StandardCharsets.US_ASCII);
    private static final long BODIES = 31L * 31 * 31 * 31 * 31 * 31 * 31;
    private static final int[] BODY_WEIGHTS = {3, 7, 9, 10, 5, 8, 4, 2};

    private static final String[] STEMS = each("甲乙丙丁戊己庚辛壬癸");
    private static final String[] BRANCHES = each("子丑寅卯辰巳午未申酉戌亥");
    private static final String[] FIRST_SIGNS = each("丹金银桂枫兰竹梅澄澜沧浦虹云晴霁松柏菱荷莲芦苇鹤鹭鲈锦绫绮罗绣织");
    private static final String[] SECOND_SIGNS = each("园桥塔湖渡泽岸渚汀溪舟帆亭阁轩榭廊庭苑圃坊巷里陌原岭峰屿浜港湾洲");
    private static final int CYCLE = 60;

    private enum Trade {
        MACHINERY("精密机械", 'C'),
        TEXTILES("纺织", 'C'),
        ELECTRONICS("电子", 'C'),
        CONSTRUCTION("建筑工程", 'E'),
        COMMERCE("贸易", 'F'),
        LOGISTICS("物流", 'G'),
        SOFTWARE("信息科技", 'I'),
        SERVICES("商务服务", 'L');

        private static final Trade[] ALL = values();

        private final String word;
        private final char industry;

        Trade(String word, char industry) {
            this.word = word;
            this.industry = industry;
        }
    }

    private enum Type {
        ENTERPRISE("91", "有限公司"),
        COOPERATIVE("93", "专业合作社"),
        INSTITUTION("12", "服务中心"),
        GOVERNMENT("11", "事务办公室");

        private final String word;
        private final String registration;
        private final String ending;

        Type(String registration, String ending) {
            this.word = name().toLowerCase(Locale.ROOT);
            this.registration = registration;
            this.ending = ending;
        }

        private static Type draw(Draw draw) {
            int way = draw.below(1_000);
            if (way < 940) {
                return ENTERPRISE;
            }
            if (way < 970) {
                return COOPERATIVE;
            }
            return way < 992 ? INSTITUTION : GOVERNMENT;
        }
    }

    private static final String CITY = "苏州";
    private static final String ACTIVE = ",active";
    private static final String ORGANISATION = ",organisation,";
    private static final String[] PENALTIES = {",penalty-minor,,", ",penalty-general,,", ",penalty-serious,,"};
    private static final String[] SEVERITIES = {",,minor,", ",,general,", ",,serious,"};
    private static final String[] AUTHORITIES = {"市监局", "应急局", "生态环境局"};
    private static final String[] DOCUMENTS = {"苏市监罚〔", "苏应急罚〔", "苏环罚〔"};
    private static final String DOCUMENT_YEAR = "〕";
    private static final String NUMBER = "号";

    private final int today;
    private final Permutation bodies;
    private final Draw facts;
    private final Draw penalties;
    private final Draw entries;

    private final byte[] code = new byte[CODE_BYTES];
    private long organisation;
    private Type type = Type.ENTERPRISE;
    private District district = District.HUQIU;

    Organisations(long seed, int today) {
        this.today = today;
        bodies = new Permutation(BODIES, Draw.key(seed, "bodies"));
        facts = new Draw(seed, "organisations");
        penalties = new Draw(seed, "penalties");
        entries = new Draw(seed, "list entries");
    }

    void at(long index) {
        organisation = index;
        facts.at(index);
        type = Type.draw(facts);
        district = District.draw(facts);
        copy(type.registration, 0);
        copy(district.registrationCode, 2);
        code[8] = 'X';
        long rest = bodies.at(index);
        for (int at = 15; at > 8; at--, rest /= 31) {
            code[at] = SIGNS[(int) (rest % 31)];
        }
        code[16] = bodyCheck();
        code[17] = check();
    }

    /** The code of the organisation at hand; not to be changed. */
    byte[] code() {
        return code;
    }

    District district() {
        return district;
    }

    String uscc() {
        return new String(code, StandardCharsets.US_ASCII);
    }

    /** {@code organisations.csv} */
    void organisation(Sheet sheet) throws IOException {
        sheet.put(code).comma();
        Trade trade = named(sheet);
        sheet.comma().put(type.word).comma().put(district.code).comma();
        switch (type) {
            case ENTERPRISE -> sheet.put(trade.industry);
            case COOPERATIVE -> sheet.put('A');
            case INSTITUTION, GOVERNMENT -> sheet.put('S');
        }
        sheet.comma().date(today - facts.below(30 * 365)).put(ACTIVE).end();
    }

    /** The name, right after {@link #at}. */
    void name(Sheet sheet) {
        named(sheet);
    }

    private Trade named(Sheet sheet) {
        Trade trade = Trade.ALL[facts.below(Trade.ALL.length)];
        sheet.put(CITY);
        sheet.put(FIRST_SIGNS[facts.below(FIRST_SIGNS.length)]);
        sheet.put(SECOND_SIGNS[facts.below(SECOND_SIGNS.length)]);
        pair(sheet, facts.below(CYCLE));
        pair(sheet, facts.below(CYCLE));
        if (type == Type.ENTERPRISE) {
            sheet.put(trade.word);
        }
        sheet.put(type.ending);
        return trade;
    }

    /** Takes the penalties of an organisation, one after the other. */
    interface PenaltySink {
        /**
         * A penalty.
         *
         * @param number from 0
         * @param weight 0 minor, 1 general, 2 serious
         * @param authority its index
         * @param occurred the day of the act
         * @param decided the day of the decision
         */
        void accept(int number, int weight, int authority, int occurred, int decided) throws IOException;
    }

    /** Penalties: 3 in 100 organisations, one to three each, as rows of {@code records.csv}. */
    void penalties(Sheet sheet) throws IOException {
        each((number, weight, authority, occurred, decided) -> {
            sheet.put('P')
                    .digits(organisation, 9)
                    .put('-')
                    .digits(number, 2)
                    .put(ORGANISATION)
                    .put(code);
            sheet.put(PENALTIES[weight]).date(occurred).comma().comma();
            sheet.date(decided);
            sheet.put(SEVERITIES[weight]).put(AUTHORITIES[authority]).comma();
            document(sheet, number, authority, occurred);
            sheet.end();
        });
    }

    /** The penalties of the organisation at hand. */
    void each(PenaltySink sink) throws IOException {
        penalties.at(organisation);
        if (!penalties.chance(300)) {
            return;
        }
        int count = 1 + (penalties.chance(2_500) ? penalties.between(1, 2) : 0);
        for (int i = 0; i < count; i++) {
            int way = penalties.below(100);
            int weight = way < 45 ? 0 : way < 85 ? 1 : 2;
            int authority = penalties.below(AUTHORITIES.length);
            int occurred = today - penalties.below(1_400);
            sink.accept(i, weight, authority, occurred, Math.min(today, occurred + penalties.below(60)));
        }
    }

    /** The number of the document of a penalty. */
    void document(Sheet sheet, int number, int authority, int occurred) {
        sheet.put(DOCUMENTS[authority]).year(occurred).put(DOCUMENT_YEAR);
        sheet.digits(organisation, 8).put('-').digits(number, 1).put(NUMBER);
    }

    /** {@code list_entries.csv}: 1 in 100 organisations, some on two lists, some left or due to leave. */
    void entries(Sheet sheet) throws IOException {
        entries.at(organisation);
        if (!entries.chance(100)) {
            return;
        }
        CityList first = CityList.draw(entries);
        entry(sheet, first, 0);
        if (entries.chance(1_000)) {
            CityList second = CityList.draw(entries);
            if (second != first) {
                entry(sheet, second, 1);
            }
        }
    }

    private void entry(Sheet sheet, CityList list, int ordinal) throws IOException {
        int entered = today - entries.below(1_200);
        sheet.put('L')
                .digits(organisation, 9)
                .put('-')
                .digits(ordinal, 1)
                .comma()
                .put(list.id)
                .put(ORGANISATION);
        sheet.put(code).comma().date(entered).comma();
        int way = entries.below(100);
        if (way < 15) {
            sheet.date(entered + entries.below(today - entered + 1));
        } else if (way < 60) {
            sheet.date(today + entries.between(1, 1_000));
        }
        sheet.comma()
                .put(list.reason)
                .comma()
                .put(list.legalBasis)
                .comma()
                .put(list.source)
                .end();
    }

    private void copy(String digits, int at) {
        for (int i = 0; i < digits.length(); i++) {
            code[at + i] = (byte) digits.charAt(i);
        }
    }

    private static void pair(Sheet sheet, int year) {
        sheet.put(STEMS[year % STEMS.length]).put(BRANCHES[year % BRANCHES.length]);
    }

    private byte bodyCheck() {
        int sum = 0;
        for (int i = 0; i < BODY_WEIGHTS.length; i++) {
            int sign = code[8 + i];
            sum += BODY_WEIGHTS[i] * (sign <= '9' ? sign - '0' : sign - 'A' + 10);
        }
        int check = 11 - sum % 11;
        return (byte) (check == 10 ? 'X' : check == 11 ? '0' : '0' + check);
    }

    private byte check() {
        int sum = 0;
        int weight = 1;
        for (int i = 0; i < CODE_BYTES - 1; i++) {
            sum += ALPHABET.indexOf(code[i]) * weight;
            weight = weight * 3 % 31;
        }
        return SIGNS[(31 - sum % 31) % 31];
    }

    private static String[] each(String signs) {
        String[] all = new String[signs.length()];
        for (int i = 0; i < all.length; i++) {
            all[i] = signs.substring(i, i + 1);
        }
        return all;
    }
}
