package io.osmanthus.engine.store;

import io.osmanthus.engine.rules.Benefit;
import io.osmanthus.engine.rules.SceneRule;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.roaringbitmap.RoaringBitmapWriter;

/**
 * The city as sets of ordinals: who is enrolled, has consented to a scene, has arrears there, reaches a benefit's score,
 * lives in a district; which organisations stand on a list. A scene's rule is an algebra over them ({@link #entitled}).
 *
 * <p>Mutable and without locks: made of {@link Part}s by the loader, then changed by the single writer. Others read a {@link
 * #copy}.
 */
public final class Population implements Sets {
    private final Layout layout;
    private final RoaringBitmap[] sets;

    private Population(Layout layout, RoaringBitmap[] sets) {
        this.layout = layout;
        this.sets = sets;
    }

    /** An empty city under the rules' scenes. */
    public static Population empty(List<SceneRule> scenes, int districtCount, int listCount) {
        return of(Layout.of(scenes, districtCount, listCount));
    }

    private static Population of(Layout layout) {
        RoaringBitmap[] sets = new RoaringBitmap[layout.size()];
        Arrays.setAll(sets, i -> new RoaringBitmap());
        return new Population(layout, sets);
    }

    /** An empty part of this city, to be filled by one thread and then merged. */
    public Part part() {
        return new Part(layout);
    }

    public RoaringBitmap enrolled() {
        return sets[Layout.ENROLLED];
    }

    /** How many persons are enrolled. */
    public long enrolledCount() {
        return enrolled().getLongCardinality();
    }

    public RoaringBitmap consented(int scene) {
        return sets[layout.consented(scene)];
    }

    public RoaringBitmap arrears(int scene) {
        return sets[layout.arrears(scene)];
    }

    /** Persons whose scene score reaches the benefit of a code (1 …). */
    public RoaringBitmap atLeast(int scene, int code) {
        return sets[layout.atLeast(scene, code)];
    }

    public RoaringBitmap district(int index) {
        return sets[layout.district(index)];
    }

    /** Organisations with a counting entry of a list. */
    public RoaringBitmap list(int index) {
        return sets[layout.list(index)];
    }

    /** Persons who would be answered this benefit now: the scene's rule as bitmap algebra. */
    public RoaringBitmap entitled(SceneRule rule, Benefit benefit) {
        int scene = rule.definition().index();
        RoaringBitmap open = RoaringBitmap.and(enrolled(), consented(scene));
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
        return byDistrict(enrolled());
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
        return IntStream.range(0, layout.districtCount)
                .mapToLong(index -> RoaringBitmap.andCardinality(persons, district(index)))
                .toArray();
    }

    @Override
    public void place(
            int ordinal,
            int district,
            long consentedScenes,
            long arrearsScenes,
            List<SceneRule> scenes,
            int[] sceneScores) {
        layout.place(this::mark, ordinal, district, consentedScenes, arrearsScenes, scenes, sceneScores);
    }

    @Override
    public void enlist(int ordinal, int list) {
        list(list).add(ordinal);
    }

    /** Takes an organisation off every list. */
    public void delist(int ordinal) {
        for (int i = 0; i < layout.listCount; i++) {
            list(i).remove(ordinal);
        }
    }

    /** Takes a person out of every set. */
    public void remove(int ordinal) {
        for (int i = 0; i < layout.list(0); i++) {
            sets[i].remove(ordinal);
        }
    }

    /** Adds what a part of the city holds; parts have no ordinal in common. */
    public void merge(Part part) {
        for (int i = 0; i < sets.length; i++) {
            RoaringBitmapWriter<RoaringBitmap> writer = part.writers[i];
            if (writer != null) {
                sets[i].or(writer.get());
            }
        }
    }

    /** Turns long runs (everyone at the base) into a few bytes. */
    public void compact() {
        for (RoaringBitmap set : sets) {
            set.runOptimize();
        }
    }

    /** A copy for readers. */
    public Population copy() {
        RoaringBitmap[] copies = new RoaringBitmap[sets.length];
        Arrays.setAll(copies, i -> sets[i].clone());
        return new Population(layout, copies);
    }

    /** Bytes on the heap, by the bitmaps' own account. */
    public long heapBytes() {
        return Arrays.stream(sets).mapToLong(RoaringBitmap::getLongSizeInBytes).sum();
    }

    private void mark(int set, int ordinal, boolean in) {
        if (in) {
            sets[set].add(ordinal);
        } else {
            sets[set].remove(ordinal);
        }
    }

    /**
     * A part of the city that is filled in ascending order of ordinals, each subject once: an order in which a set costs a
     * few nanoseconds an element. Belongs to one thread until it is merged.
     */
    public static final class Part implements Sets {
        private final Layout layout;
        private final @Nullable RoaringBitmapWriter<RoaringBitmap>[] writers;

        @SuppressWarnings("unchecked") // there are no generic arrays
        private Part(Layout layout) {
            this.layout = layout;
            this.writers = (RoaringBitmapWriter<RoaringBitmap>[]) new RoaringBitmapWriter<?>[layout.size()];
        }

        @Override
        public void place(
                int ordinal,
                int district,
                long consentedScenes,
                long arrearsScenes,
                List<SceneRule> scenes,
                int[] sceneScores) {
            layout.place(this::mark, ordinal, district, consentedScenes, arrearsScenes, scenes, sceneScores);
        }

        @Override
        public void enlist(int ordinal, int list) {
            mark(layout.list(list), ordinal, true);
        }

        private void mark(int set, int ordinal, boolean in) {
            if (!in) {
                return;
            }
            RoaringBitmapWriter<RoaringBitmap> writer = writers[set];
            if (writer == null) {
                writer = RoaringBitmapWriter.writer().constantMemory().get();
                writers[set] = writer;
            }
            writer.add(ordinal);
        }
    }

    /** Whoever puts an ordinal into a set or takes it out. */
    private interface Marker {
        void mark(int set, int ordinal, boolean in);
    }

    /** Which set lies where; those of organisations last. */
    private static final class Layout {
        static final int ENROLLED = 0;

        private final int sceneCount;
        private final int districtCount;
        private final int listCount;

        /** Where the levels of a scene begin among all levels, and behind them how many there are. */
        private final int[] levels;

        private Layout(int sceneCount, int[] levels, int districtCount, int listCount) {
            this.sceneCount = sceneCount;
            this.levels = levels;
            this.districtCount = districtCount;
            this.listCount = listCount;
        }

        static Layout of(List<SceneRule> scenes, int districtCount, int listCount) {
            int[] levels = new int[scenes.size() + 1];
            for (int i = 0; i < scenes.size(); i++) {
                levels[i + 1] = levels[i] + scenes.get(i).benefits().size();
            }
            return new Layout(scenes.size(), levels, districtCount, listCount);
        }

        int consented(int scene) {
            return ENROLLED + 1 + Objects.checkIndex(scene, sceneCount);
        }

        int arrears(int scene) {
            return ENROLLED + 1 + sceneCount + Objects.checkIndex(scene, sceneCount);
        }

        int atLeast(int scene, int code) {
            return ENROLLED
                    + 1
                    + 2 * sceneCount
                    + levels[scene]
                    + Objects.checkIndex(code - 1, levels[scene + 1] - levels[scene]);
        }

        int district(int index) {
            return ENROLLED + 1 + 2 * sceneCount + levels[sceneCount] + Objects.checkIndex(index, districtCount);
        }

        int list(int index) {
            return size() - listCount + index;
        }

        int size() {
            return ENROLLED + 1 + 2 * sceneCount + levels[sceneCount] + districtCount + listCount;
        }

        void place(
                Marker marker,
                int ordinal,
                int district,
                long consentedScenes,
                long arrearsScenes,
                List<SceneRule> scenes,
                int[] sceneScores) {
            marker.mark(ENROLLED, ordinal, true);
            if (district >= 0) {
                marker.mark(district(district), ordinal, true);
            }
            for (int i = 0; i < scenes.size(); i++) {
                SceneRule rule = scenes.get(i);
                if (rule.definition().subject() != SubjectType.PERSON) {
                    continue;
                }
                int scene = rule.definition().index();
                marker.mark(consented(scene), ordinal, (consentedScenes >>> scene & 1) != 0);
                marker.mark(arrears(scene), ordinal, (arrearsScenes >>> scene & 1) != 0);
                List<Benefit> benefits = rule.benefits();
                for (int b = 0; b < benefits.size(); b++) {
                    Benefit benefit = benefits.get(b);
                    marker.mark(atLeast(scene, benefit.code()), ordinal, sceneScores[scene] >= benefit.scoreAtLeast());
                }
            }
        }
    }
}
