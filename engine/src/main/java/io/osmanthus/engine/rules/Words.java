package io.osmanthus.engine.rules;

import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Title;
import java.util.List;
import java.util.stream.Collectors;

/** Says rules in plain Chinese and English, from the rules themselves. */
final class Words {
    static final Title CLAMP = new Title("分数上下限", "Floor or ceiling of the score");

    private Words() {}

    static Title condition(SceneReader.BenefitDraft benefit) {
        if (benefit.grades().isEmpty()) {
            return new Title(
                    "场景分不低于" + benefit.scoreAtLeast() + (benefit.noArrears() ? "，且在本场景没有欠费" : ""),
                    "scene score at least " + benefit.scoreAtLeast()
                            + (benefit.noArrears() ? ", no arrears in this scene" : ""));
        }
        String zh = "等级为" + String.join("或", benefit.grades());
        String en = "grade " + String.join(" or ", benefit.grades());
        if (!benefit.noEntryOf().isEmpty()) {
            zh += benefit.noEntryOf().stream().map(Words::zh).collect(Collectors.joining("、", "，且不在", "上"));
            en += benefit.noEntryOf().stream()
                    .map(kind -> SchemeReader.word(kind) + " list")
                    .collect(Collectors.joining(" or ", ", on no ", ""));
        }
        return new Title(zh, en);
    }

    static Title scene(SceneDefinition scene, ScoringScheme scheme, List<SceneRule.Adverse> adverse) {
        if (scene.subject() == SubjectType.ORGANISATION) {
            return new Title(
                    "按" + scheme.title().zh() + "的等级和名单判断，取第一个符合条件的优惠。",
                    "By grade of the " + scheme.title().en()
                            + " and by lists; the first benefit whose condition holds.");
        }
        String zh = "须本人加入并对本场景授权且授权在有效期内。场景分由" + scheme.title().zh() + "的加分项目";
        String en = "Needs enrolment and a consent for this scene that is valid on the day. Scene score: the "
                + scheme.title().en() + " over the plus items";
        if (adverse.isEmpty()) {
            zh += "计算，不计任何扣分项目";
            en += " and no adverse item";
        } else {
            zh += adverse.stream().map(one -> one.item().title().zh()).collect(Collectors.joining("、", "和扣分项目", "计算"));
            en += adverse.stream()
                    .map(one -> one.item().title().en())
                    .collect(Collectors.joining(", ", " and the adverse items ", ""));
        }
        return new Title(
                zh + "，且不低于基础分" + scheme.base() + "。取第一个符合条件的优惠。",
                en + ", but never below the base of " + scheme.base() + ". The first benefit whose condition holds.");
    }

    private static String zh(ListDefinition.Kind kind) {
        return switch (kind) {
            case RED -> "红名单";
            case ATTENTION -> "重点关注名单";
            case BLACK -> "黑名单";
        };
    }
}
