package io.osmanthus.snapshots.city;

import java.io.IOException;
import java.util.List;

/**
 * What departments disclose about the organisations of a city (双公示 and the other kinds of act), and what these have
 * promised. Penalties are those of {@code records.csv}, under the same numbers. A few in a hundred are reported late. For one
 * thread.
 */
final class Disclosures {
    static final String PERMITS =
            "XK_XDR_MC,XK_XDR_LB,XK_XDR_SHXYM,XK_WSH,XK_XKWS,XK_XKLB,XK_XKZS,XK_XKBH,XK_NR,XK_JDRQ,XK_YXQZ,XK_YXQZI,XK_XKJG,"
                    + "XK_XKJGDM,XK_ZT,XK_LYDW,XK_LYDWDM,SBRQ";
    static final String PENALTIES =
            "CF_XDR_MC,CF_XDR_LB,CF_XDR_SHXYM,CF_WSH,CF_WFXW,CF_SY,CF_YJ,CF_CFLB,CF_NR,CF_NR_FK,CF_NR_WFFF,CF_NR_ZKDX,CF_JDRQ,"
                    + "CF_YXQ,CF_GSJZQ,CF_CFJG,CF_CFJGDM,CF_SJLY,CF_SJLYDM,SEVERITY,SBRQ,BZ";
    static final String ACTS = "kind,act_no,uscc,content,authority,decided_on,published_on,source";
    static final String COMMITMENTS = "commitment_id,uscc,kind,matter,made_on,decided_on,accepted_by,state,source";

    private static final String PARTY = ",法人及非法人组织,";
    private static final String[] PERMIT_KINDS = {"普通", "特许", "认可", "核准", "登记"};
    private static final String[] CERTIFICATES = {"食品经营许可证", "排污许可证", "安全生产许可证", "道路运输经营许可证"};
    private static final String[] VIOLATIONS = {"未按规定公示年度报告", "未建立安全生产台账", "超标排放水污染物"};
    private static final String[] BASES = {"《企业信息公示暂行条例》第十七条", "《安全生产法》第九十七条", "《水污染防治法》第八十三条"};
    private static final String[] SEVERITIES = {"minor", "general", "serious"};

    /** In 万元; the minor ones are warnings. */
    private static final int[] FINES = {0, 2, 20};

    private static final int[] PUBLISHED_DAYS = {90, 365, 1_095};
    private static final String[] ACT_KINDS = {"强制", "确认", "征收", "给付", "裁决", "补偿", "奖励", "监督检查"};
    private static final String[] COMMITMENT_KINDS = {
        "approval_substitution", "deferred_document", "proof_by_notice", "voluntary", "repair"
    };
    private static final String[] MATTERS = {"场所设立登记", "容缺材料补正", "住所证明", "诚信经营", "整改公示"};

    /** In 10,000 of each kind. */
    private static final int PERMITS_SHARE = 3_000;

    private static final int ACTS_SHARE = 400;
    private static final int COMMITMENTS_SHARE = 800;
    private static final int PERMITS_LATE = 360;
    private static final int PENALTIES_LATE = 60;
    private static final int ACTS_LATE = 200;

    private static final List<Authority> ALL = List.of(Authority.values());

    /** In the order in which {@link Organisations} names them. */
    private static final List<Authority> PENALISING =
            List.of(Authority.MARKET, Authority.SAFETY, Authority.ENVIRONMENT);

    private final int today;
    private final Organisations organisations;
    private final Draw draw;

    Disclosures(long seed, int today, Organisations organisations) {
        this.today = today;
        this.organisations = organisations;
        this.draw = new Draw(seed, "disclosures");
    }

    /** {@code permits.csv}: 3 in 10 organisations, some two. */
    void permits(long organisation, Sheet sheet) throws IOException {
        draw.at(organisation * 4);
        if (!draw.chance(PERMITS_SHARE)) {
            return;
        }
        int count = draw.chance(2_000) ? 2 : 1;
        for (int i = 0; i < count; i++) {
            organisations.at(organisation);
            Authority authority = draw.chance(7_000) ? Authority.APPROVAL : Authority.MARKET;
            int decided = today - draw.below(1_400);
            organisations.name(sheet);
            sheet.put(PARTY).put(organisations.code());
            sheet.put(",苏").put(authority.mark).put("许〔").year(decided).put("〕");
            sheet.digits(organisation, 8).put('-').digits(i, 1).put("号,准予行政许可决定书,");
            sheet.put(PERMIT_KINDS[draw.below(PERMIT_KINDS.length)]).comma();
            sheet.put(CERTIFICATES[draw.below(CERTIFICATES.length)]).put(",JY").digits(organisation, 9);
            sheet.digits(i, 1).put(",准予许可,").date(decided).comma().date(decided).comma();
            sheet.date(decided + 5 * 365).comma();
            authority(sheet, authority);
            sheet.put(",1,")
                    .put(authority.source)
                    .comma()
                    .put(authority.cityCode())
                    .comma();
            sheet.date(reported(decided, PERMITS_LATE)).end();
        }
    }

    /** {@code penalties.csv}: those of the records. */
    void penalties(long organisation, Sheet sheet) throws IOException {
        draw.at(organisation * 4 + 1);
        organisations.each((number, weight, source, occurred, decided) -> {
            Authority authority = PENALISING.get(source);
            organisations.at(organisation);
            organisations.name(sheet);
            sheet.put(PARTY).put(organisations.code()).comma();
            organisations.document(sheet, number, source, occurred);
            sheet.comma()
                    .put(VIOLATIONS[source])
                    .comma()
                    .put(VIOLATIONS[source])
                    .comma()
                    .put(BASES[source]);
            sheet.put(weight == 0 ? ",警告,予以警告," : ",罚款,处以罚款,");
            if (weight > 0) {
                sheet.number(FINES[weight]).put('.').digits(draw.below(1_000_000), 6);
            }
            sheet.put(",,,").date(decided).comma().date(decided + 365).comma();
            sheet.date(decided + PUBLISHED_DAYS[weight]).comma();
            authority(sheet, authority);
            sheet.comma()
                    .put(authority.source)
                    .comma()
                    .put(authority.cityCode())
                    .comma();
            sheet.put(SEVERITIES[weight])
                    .comma()
                    .date(reported(decided, PENALTIES_LATE))
                    .comma()
                    .end();
        });
    }

    /** {@code administrative_acts.csv}: 4 in 100 organisations. */
    void acts(long organisation, Sheet sheet) throws IOException {
        draw.at(organisation * 4 + 2);
        if (!draw.chance(ACTS_SHARE)) {
            return;
        }
        organisations.at(organisation);
        Authority authority = ALL.get(draw.below(ALL.size()));
        int decided = today - draw.below(1_400);
        sheet.put(ACT_KINDS[draw.below(ACT_KINDS.length)])
                .put(",苏")
                .put(authority.mark)
                .put("〔")
                .year(decided);
        sheet.put("〕")
                .digits(organisation, 9)
                .put("号,")
                .put(organisations.code())
                .put(",依法作出,");
        sheet.put(authority.title).comma().date(decided).comma().date(reported(decided, ACTS_LATE));
        sheet.comma().put(authority.source).end();
    }

    /** {@code commitments.csv}: 8 in 100 organisations; 1 in 20 of these is broken. */
    void commitments(long organisation, Sheet sheet) throws IOException {
        draw.at(organisation * 4 + 3);
        if (!draw.chance(COMMITMENTS_SHARE)) {
            return;
        }
        organisations.at(organisation);
        int kind = draw.below(COMMITMENT_KINDS.length);
        int made = today - draw.below(700);
        int way = draw.below(100);
        sheet.put('C').digits(organisation, 9).comma().put(organisations.code()).comma();
        sheet.put(COMMITMENT_KINDS[kind])
                .comma()
                .put(MATTERS[kind])
                .comma()
                .date(made)
                .comma();
        if (way >= 30) {
            sheet.date(Math.min(today, made + draw.between(1, 200)));
        }
        sheet.comma().put(Authority.APPROVAL.title).put(way < 30 ? ",made," : way < 95 ? ",kept," : ",broken,");
        sheet.put(Authority.APPROVAL.source).end();
    }

    /** The department of the district decides three times in four, else that of the city. */
    private void authority(Sheet sheet, Authority authority) {
        boolean ofDistrict = draw.chance(7_500);
        sheet.put("苏州市").put(authority.title).comma();
        sheet.put(ofDistrict ? authority.code(organisations.district()) : authority.cityCode());
    }

    /** Within three days, or late by up to a month. */
    private int reported(int decided, int lateShare) {
        return decided + (draw.chance(lateShare) ? draw.between(20, 40) : draw.below(4));
    }
}
