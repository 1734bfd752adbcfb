package io.osmanthus.snapshots.intake;

import java.util.LinkedHashMap;
import java.util.Map;

/** Sound rows of disclosures and commitments of {@link DeliveryBuilder#ORGANISATION}, with fields to change. */
final class DisclosureRows {
    /** A department of 姑苏区. */
    static final String AUTHORITY = DeliveryBuilder.organisation("11320508X0000002");

    private DisclosureRows() {}

    /** A row of the file; {@code changes} are column, value, column, value… */
    static String of(DeliveryFile file, String... changes) {
        return String.join(",", fields(file, changes).values());
    }

    static Map<String, String> fields(DeliveryFile file, String... changes) {
        Map<String, String> fields = new LinkedHashMap<>();
        file.columns().forEach(column -> fields.put(column, sound(file, column)));
        for (int i = 0; i < changes.length; i += 2) {
            if (fields.put(changes[i], changes[i + 1]) == null) {
                throw new IllegalArgumentException(file + " has no column " + changes[i]);
            }
        }
        return fields;
    }

    private static String sound(DeliveryFile file, String column) {
        return switch (column) {
            case "XK_XDR_MC", "CF_XDR_MC" -> "苏州丹桂有限公司";
            case "XK_XDR_LB", "CF_XDR_LB" -> "法人及非法人组织";
            case "XK_XDR_SHXYM", "CF_XDR_SHXYM", "uscc" -> DeliveryBuilder.ORGANISATION;
            case "XK_WSH", "CF_WSH", "act_no" -> "苏〔2026〕1号";
            case "XK_XKWS" -> "准予行政许可决定书";
            case "XK_XKLB" -> "普通";
            case "XK_NR", "CF_NR", "content" -> "予以办理";
            case "CF_WFXW", "CF_SY" -> "未按规定公示年度报告";
            case "CF_YJ" -> "《企业信息公示暂行条例》第十七条";
            case "CF_CFLB" -> "罚款";
            case "CF_NR_FK" -> "1.5";
            case "XK_JDRQ", "CF_JDRQ", "XK_YXQZ" -> "2026-09-01";
            case "XK_YXQZI" -> "2099-12-31";
            case "SBRQ", "published_on" -> "2026-09-03";
            case "XK_XKJG", "CF_CFJG", "authority" -> "姑苏区行政审批局";
            case "XK_XKJGDM", "CF_CFJGDM", "XK_LYDWDM", "CF_SJLYDM" -> AUTHORITY;
            case "XK_ZT" -> "1";
            case "XK_LYDW", "CF_SJLY", "source", "accepted_by" -> "行政审批局";
            case "SEVERITY" -> "general";
            case "commitment_id" -> "C1";
            case "kind" -> file == DeliveryFile.COMMITMENTS ? "voluntary" : "强制";
            case "matter" -> "诚信经营";
            case "made_on" -> "2026-01-05";
            case "decided_on" -> file == DeliveryFile.COMMITMENTS ? "2026-08-01" : "2026-09-01";
            case "state" -> "broken";
            default -> "";
        };
    }
}
