package io.osmanthus.snapshots.city;

import io.osmanthus.snapshots.Usccs;
import java.util.EnumMap;
import java.util.Map;

/** A department that decides about organisations, in the city and in each of its districts; its codes are synthetic. */
enum Authority {
    MARKET("市监局", "市监", "市场监督管理局", "00000M"),
    SAFETY("应急局", "应急", "应急管理局", "00000A"),
    ENVIRONMENT("生态环境局", "环", "生态环境局", "00000E"),
    APPROVAL("行政审批局", "行审", "行政审批局", "00000P"),
    TAX("税务局", "税", "税务局", "00000T");

    private static final String CITY = "320500";

    /** As the catalogue names the source. */
    final String source;

    /** In numbers of documents. */
    final String mark;

    final String title;
    private final String cityCode;

    @SuppressWarnings("ImmutableEnumChecker") // written in the constructor only
    private final Map<District, String> codes = new EnumMap<>(District.class);

    Authority(String source, String mark, String title, String body) {
        this.source = source;
        this.mark = mark;
        this.title = title;
        this.cityCode = code(CITY, body);
        for (District district : District.values()) {
            codes.put(district, code(district.registrationCode, body));
        }
    }

    /** The code of the department of a district. */
    String code(District district) {
        return String.valueOf(codes.get(district));
    }

    /** The code of the department of the whole city. */
    String cityCode() {
        return cityCode;
    }

    private static String code(String division, String body) {
        String sixteen = "11" + division + "X0" + body;
        String seventeen = sixteen + Usccs.bodyCheck(sixteen + "00");
        return seventeen + Usccs.check(seventeen + "0");
    }
}
