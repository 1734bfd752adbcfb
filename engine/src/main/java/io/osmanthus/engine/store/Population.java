package io.osmanthus.engine.store;

import io.osmanthus.engine.rules.Benefit;
import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.util.ArrayList;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;

/**
 * The city as sets of ordinals: who is enrolled, has consented to a scene, has arrears there, reaches a benefit's score,
 * lives in a district; which organisations stand on a list. A scene's rule is an algebra over them ({@link #entitled}).
 *
 * <p>Mutable and without locks: written by the loader, then by the single writer. Others read a {@link #copy}.
 */
public final class Population {
    private final RoaringBitmap enrolled;
    private final List<RoaringBitmap> consented;
    private final List<RoaringBitmap> arrears;
    private final List<List<RoaringBitmap>> atLeast;
    private final List<RoaringBitmap> districts;
    private final List<RoaringBitmap> lists;

    private Population(
            RoaringBitmap enrolled,
            List<RoaringBitmap> consented,
            List<RoaringBitmap> arrears,
            List<List<RoaringBitmap>> atLeast,
            List<RoaringBitmap> districts,
            List<RoaringBitmap> lists) {
        this.enrolled = enrolled;
        this.consented = consented;
        this.arrears = arrears;
        this.atLeast = atLeast;
        this.districts = districts;
        this.lists = lists;
    }

    /** An empty city under the rules' scenes. */
    public static Population empty(List<SceneRule> scenes, int districtCount, int listCount) {
        List<List<RoaringBitmap>> atLeast = new ArrayList<>();
        scenes.forEach(scene -> atLeast.add(bitmaps(scene.benefits().size())));
        return new Population(
                new RoaringBitmap(),
                bitmaps(scenes.size()),
                bitmaps(scenes.size()),
                List.copyOf(atLeast),
                bitmaps(districtCount),
                bitmaps(listCount));
    }

    public RoaringBitmap enrolled() {
        return enrolled;
    }

    /** How many persons are enrolled. */
    public long enrolledCount() {
        return enrolled.getLongCardinality();
    }

    public RoaringBitmap consented(int scene) {
        return consented.get(scene);
    }

    public RoaringBitmap arrears(int scene) {
        return arrears.get(scene);
    }

    /** Persons whose scene score reaches the benefit of a code (1 …). */
    public RoaringBitmap atLeast(int scene, int code) {
        return atLeast.get(scene).get(code - 1);
    }

    public RoaringBitmap district(int index) {
        return districts.get(index);
    }

    /** Organisations with a counting entry of a list. */
    public RoaringBitmap list(int index) {
        return lists.get(index);
    }

    /** Persons who would be answered this benefit now: the scene's rule as bitmap algebra. */
    public RoaringBitmap entitled(SceneRule rule, Benefit benefit) {
        int scene = rule.definition().index();
        RoaringBitmap open = RoaringBitmap.and(enrolled, consented(scene));
        RoaringBitmap answered = new RoaringBitmap();
        for (Benefit candidate : rule.benefits()) {
            answered = RoaringBitmap.and(open, atLeast(scene, candidate.code()));
            if (candidate.noArrears()) {
                answered.andNot(arrears(scene));
            }
            if (candidate.code() == benefit.code()) {
                return answered;
            }
            open.andNot(answered);
        }
        throw new IllegalArgumentException(
                benefit.id() + " is no benefit of " + rule.definition().id());
    }

    /** How many are enrolled, by district index. */
    public long[] enrolledByDistrict() {
        return byDistrict(enrolled);
    }

    /** How many would be answered this benefit now. */
    public long entitledCount(SceneRule rule, Benefit benefit) {
        return entitled(rule, benefit).getLongCardinality();
    }

    /** How many would be answered this benefit now, by district index. */
    public long[] entitledByDistrict(SceneRule rule, Benefit benefit) {
        return byDistrict(entitled(rule, benefit));
    }

    private long[] byDistrict(RoaringBitmap persons) {
        return districts.stream()
                .mapToLong(district -> RoaringBitmap.andCardinality(persons, district))
                .toArray();
    }

    /** Puts a person where facts and rules place them now. */
    public void place(
            int ordinal,
            int district,
            long consentedScenes,
            long arrearsScenes,
            List<SceneRule> scenes,
            int[] sceneScores) {
        // whoever was not enrolled stands in no other set either: nothing to take out while a city is loaded
        boolean known = !enrolled.checkedAdd(ordinal);
        if (district >= 0) {
            districts.get(district).add(ordinal);
        }
        for (SceneRule rule : scenes) {
            if (rule.definition().subject() != SubjectType.PERSON) {
                continue;
            }
            int scene = rule.definition().index();
            mark(consented.get(scene), ordinal, (consentedScenes >>> scene & 1) != 0, known);
            mark(arrears.get(scene), ordinal, (arrearsScenes >>> scene & 1) != 0, known);
            for (Benefit benefit : rule.benefits()) {
                mark(atLeast(scene, benefit.code()), ordinal, sceneScores[scene] >= benefit.scoreAtLeast(), known);
            }
        }
    }

    /** Puts an organisation on a list. */
    public void enlist(int ordinal, int list) {
        lists.get(list).add(ordinal);
    }

    /** Takes an organisation off every list. */
    public void delist(int ordinal) {
        lists.forEach(bitmap -> bitmap.remove(ordinal));
    }

    /** Takes a person out of every set. */
    public void remove(int ordinal) {
        enrolled.remove(ordinal);
        consented.forEach(bitmap -> bitmap.remove(ordinal));
        arrears.forEach(bitmap -> bitmap.remove(ordinal));
        atLeast.forEach(scene -> scene.forEach(bitmap -> bitmap.remove(ordinal)));
        districts.forEach(bitmap -> bitmap.remove(ordinal));
    }

    /** Adds what another part of the city holds; parts have no ordinal in common. */
    public void merge(Population other) {
        enrolled.or(other.enrolled);
        merge(consented, other.consented);
        merge(arrears, other.arrears);
        for (int i = 0; i < atLeast.size(); i++) {
            merge(atLeast.get(i), other.atLeast.get(i));
        }
        merge(districts, other.districts);
        merge(lists, other.lists);
    }

    /** Turns long runs (everyone at the base) into a few bytes. */
    public void compact() {
        all().forEach(RoaringBitmap::runOptimize);
    }

    /** A copy for readers. */
    public Population copy() {
        List<List<RoaringBitmap>> levels = new ArrayList<>();
        atLeast.forEach(scene -> levels.add(copies(scene)));
        return new Population(
                enrolled.clone(),
                copies(consented),
                copies(arrears),
                List.copyOf(levels),
                copies(districts),
                copies(lists));
    }

    /** Bytes on the heap, by the bitmaps' own account. */
    public long heapBytes() {
        return all().stream().mapToLong(RoaringBitmap::getLongSizeInBytes).sum();
    }

    private List<RoaringBitmap> all() {
        List<RoaringBitmap> all = new ArrayList<>();
        all.add(enrolled);
        all.addAll(consented);
        all.addAll(arrears);
        atLeast.forEach(all::addAll);
        all.addAll(districts);
        all.addAll(lists);
        return all;
    }

    private static void mark(RoaringBitmap bitmap, int ordinal, boolean in, boolean known) {
        if (in) {
            bitmap.add(ordinal);
        } else if (known) {
            bitmap.remove(ordinal);
        }
    }

    private static List<RoaringBitmap> bitmaps(int count) {
        List<RoaringBitmap> bitmaps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            bitmaps.add(new RoaringBitmap());
        }
        return List.copyOf(bitmaps);
    }

    private static List<RoaringBitmap> copies(List<RoaringBitmap> bitmaps) {
        return bitmaps.stream().map(RoaringBitmap::clone).toList();
    }

    private static void merge(List<RoaringBitmap> into, List<RoaringBitmap> from) {
        for (int i = 0; i < into.size(); i++) {
            into.get(i).or(from.get(i));
        }
    }
}
