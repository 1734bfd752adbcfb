package io.osmanthus.snapshots.city;

/** The lists of a synthetic city with who keeps them, why one is on them, and by what law. */
enum CityList {
    TAX_A("tax-a", 200, "纳税信用A级", "纳税信用管理办法（试行）（国家税务总局公告2014年第40号）", "税务局"),
    CUSTOMS_ADVANCED("customs-advanced", 80, "高级认证企业", "海关总署令第251号", "海关"),
    MODEL_CITY("model-city", 120, "信用管理示范企业", "苏府办〔2020〕151号", "发改委"),
    MODEL_PROVINCE("model-province", 60, "信用管理示范企业", "国发〔2016〕33号", "发改委"),
    INTEGRITY_MODEL("integrity-model", 60, "诚信典型", "国发〔2016〕33号", "文明办"),
    ATTENTION("attention", 100, "多次轻微违法", "国办发〔2019〕35号", "市监局"),
    DISHONEST_ENFORCEMENT("dishonest-enforcement", 100, "有履行能力而拒不履行", "法释〔2017〕7号", "法院"),
    SERIOUS_ILLEGAL("serious-illegal", 80, "严重违法", "国家市场监督管理总局令第44号", "市监局"),
    MAJOR_TAX("major-tax", 40, "重大税收违法", "国家税务总局令第54号", "税务局"),
    WAGE_ARREARS("wage-arrears", 40, "拖欠农民工工资", "保障农民工工资支付条例第四十八条", "人社局"),
    WORK_SAFETY("work-safety", 30, "生产安全事故", "应急管理部令第11号", "应急局"),
    PROCUREMENT("procurement", 25, "采购中提供虚假材料", "政府采购法第七十七条", "财政局"),
    STATISTICS("statistics", 10, "统计造假", "国家统计局令第35号", "统计局"),
    OVERLOAD("overload", 20, "多次超限运输", "公路安全保护条例第六十六条", "交通局"),
    FIRE("fire", 10, "重大火灾隐患", "国发〔2016〕33号", "消防救援支队"),
    PUBLIC_RESOURCES("public-resources", 15, "串通投标", "招标投标法第五十三条", "行政审批局"),
    CUSTOMS_DISHONEST("customs-dishonest", 10, "海关失信", "海关总署令第251号", "海关");

    private static final CityList[] ALL = values();
    private static final int SHARES = 1_000;

    final String id;
    final String reason;
    final String legalBasis;
    final String source;

    private final int share;

    CityList(String id, int share, String reason, String legalBasis, String source) {
        this.id = id;
        this.share = share;
        this.reason = reason;
        this.legalBasis = legalBasis;
        this.source = source;
    }

    static CityList draw(Draw draw) {
        int way = draw.below(SHARES);
        int last = ALL.length - 1;
        for (int i = 0; i < last; i++) {
            way -= ALL[i].share;
            if (way < 0) {
                return ALL[i];
            }
        }
        return ALL[last];
    }
}
