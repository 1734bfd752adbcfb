package io.osmanthus.snapshots.vocabulary;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The names that facts may use, read from {@code catalogue.yaml, lists.yaml, scenes.yaml, districts.yaml, regimes.yaml}
 * and the notices in {@code holidays/}.
 * Immutable and thread-safe.
 */
public final class Vocabulary {
    /** The closed list of categories (charter 5). Petitions, speech, religion, health and their like are not in it. */
    public static final Set<String> CATEGORIES = Set.of(
            "public-service",
            "honour",
            "court-enforcement",
            "administrative-commitment",
            "administrative-penalty",
            "tax",
            "contract-performance");

    /** An answer word has four bits a scene. */
    public static final int SCENES_MAX = 16;

    public static final int ITEMS_MAX = 4_096;
    public static final int LISTS_MAX = 256;

    /** Five years, 征信业管理条例 art. 16. */
    static final int RETENTION_MONTHS_MAX = 60;

    private final boolean demonstration;
    private final List<Item> items;
    private final List<ListDefinition> lists;
    private final List<SceneDefinition> scenes;
    private final List<District> districts;
    private final Regimes regimes;
    private final WorkingDays workingDays;
    private final Map<String, Item> itemsById;
    private final Map<String, ListDefinition> listsById;
    private final Map<String, SceneDefinition> scenesById;
    private final Map<Integer, District> districtsByCode;

    /** One of the units that are ranked and counted. {@code code} is its GB/T 2260 code. */
    public record District(int index, int code, Title title, Set<Integer> otherCodes) {}

    private record Catalogue(boolean demonstration, List<Item> items) {}

    private Vocabulary(
            Catalogue catalogue,
            List<ListDefinition> lists,
            List<SceneDefinition> scenes,
            List<District> districts,
            Regimes regimes,
            WorkingDays workingDays) {
        this.demonstration = catalogue.demonstration();
        this.items = catalogue.items();
        this.lists = lists;
        this.scenes = scenes;
        this.districts = districts;
        this.regimes = regimes;
        this.workingDays = workingDays;
        this.itemsById = byId(items, Item::id);
        this.listsById = byId(lists, ListDefinition::id);
        this.scenesById = byId(scenes, SceneDefinition::id);
        Map<Integer, District> codes = new LinkedHashMap<>();
        for (District district : districts) {
            codes.put(district.code(), district);
            district.otherCodes().forEach(code -> codes.put(code, district));
        }
        this.districtsByCode = Map.copyOf(codes);
    }

    /**
     * Reads the five files of a configuration directory, and its holidays.
     *
     * @throws ConfigException with every finding of every file
     */
    public static Vocabulary load(Path config) {
        List<ConfigException.Finding> findings = new ArrayList<>();
        Catalogue catalogue =
                collect(findings, () -> Yaml.read(config.resolve("catalogue.yaml"), Vocabulary::catalogue));
        List<ListDefinition> lists =
                collect(findings, () -> Yaml.read(config.resolve("lists.yaml"), Vocabulary::lists));
        List<SceneDefinition> scenes =
                collect(findings, () -> Yaml.read(config.resolve("scenes.yaml"), Vocabulary::scenes));
        List<District> districts =
                collect(findings, () -> Yaml.read(config.resolve("districts.yaml"), Vocabulary::districts));
        Regimes regimes = collect(findings, () -> Yaml.read(config.resolve("regimes.yaml"), Regimes::of));
        WorkingDays workingDays = collect(findings, () -> WorkingDays.load(config.resolve("holidays")));
        if (catalogue == null
                || lists == null
                || scenes == null
                || districts == null
                || regimes == null
                || workingDays == null) {
            throw new ConfigException(findings);
        }
        return new Vocabulary(catalogue, lists, scenes, districts, regimes, workingDays);
    }

    /** Whether the catalogue calls itself a demonstration. */
    public boolean demonstration() {
        return demonstration;
    }

    public List<Item> items() {
        return items;
    }

    public @Nullable Item item(String id) {
        return itemsById.get(id);
    }

    public List<ListDefinition> lists() {
        return lists;
    }

    public @Nullable ListDefinition list(String id) {
        return listsById.get(id);
    }

    public List<SceneDefinition> scenes() {
        return scenes;
    }

    public @Nullable SceneDefinition scene(String id) {
        return scenesById.get(id);
    }

    public List<District> districts() {
        return districts;
    }

    /** The unit that a current, alternative or historic division code stands for, or null. */
    public @Nullable District district(int code) {
        return districtsByCode.get(code);
    }

    public Regimes regimes() {
        return regimes;
    }

    public WorkingDays workingDays() {
        return workingDays;
    }

    private static Catalogue catalogue(Yaml.Mapping root) {
        boolean demonstration = root.flag("demonstration", false);
        List<Item> items = new ArrayList<>();
        root.forEachRow("items", entry -> items.add(item(items.size(), entry)));
        unique(root, "items", items.stream().map(Item::id).toList(), ITEMS_MAX);
        return new Catalogue(demonstration, List.copyOf(items));
    }

    private static Item item(int index, Yaml.Mapping entry) {
        needs(entry, "category", "an item belongs to a category of the closed list (charter 5)");
        needs(entry, "legal_basis", "an item rests on a law (charter 5)");
        needs(entry, "retention_months", "an item says how long its records are kept (charter 5)");
        needs(entry, "repair_route", "an item says how a record is repaired (charter 5)");
        String category = entry.text("category");
        if (!CATEGORIES.contains(category)) {
            throw entry.fault(
                    "category",
                    "category '" + category + "' is not in the closed list " + sorted(CATEGORIES) + " (charter 5)");
        }
        Set<String> sources = new LinkedHashSet<>(entry.texts("sources"));
        String file = entry.textOrNull("file");
        if (file != null && (!file.equals("commitments") || !sources.isEmpty())) {
            throw entry.fault("file", "'file' may be 'commitments', and then no 'sources'");
        }
        if (file == null && sources.isEmpty()) {
            throw entry.fault("sources", "an item needs the sources that may deliver it: 'sources' (charter 5)");
        }
        SubjectType subject = entry.oneOf("subject", SubjectType.class);
        if (file != null && subject == SubjectType.PERSON) {
            throw entry.fault(
                    "file", "commitments are of organisations; an item about persons needs 'sources' (charter 5)");
        }
        Item.Kind kind = entry.oneOf("kind", Item.Kind.class);
        Set<Item.Column> requires = requires(entry);
        if (subject == SubjectType.PERSON && kind == Item.Kind.ADVERSE && !requires.contains(Item.Column.DOCUMENT_NO)) {
            throw entry.fault(
                    "requires", "a deduction about a person needs a document: requires document_no (charter 5)");
        }
        return new Item(
                index,
                entry.text("id"),
                entry.mapping("title", Title::of),
                subject,
                kind,
                category,
                entry.text("legal_basis"),
                Set.copyOf(sources),
                retention(entry),
                entry.text("repair_route"),
                requires,
                entry.has("severity") ? entry.oneOf("severity", CaseLimits.Severity.class) : CaseLimits.Severity.NONE);
    }

    private static int retention(Yaml.Mapping entry) {
        int months = entry.integer("retention_months", 1, 1_200);
        if (months > RETENTION_MONTHS_MAX) {
            throw entry.fault(
                    "retention_months",
                    "kept for " + months + " months; five years (" + RETENTION_MONTHS_MAX
                            + " months) after the act ended everything is gone (charter 6)");
        }
        return months;
    }

    private static void needs(Yaml.Mapping entry, String key, String why) {
        if (!entry.has(key)) {
            throw entry.fault(key, why + ": '" + key + "' is missing");
        }
    }

    private static Set<Item.Column> requires(Yaml.Mapping entry) {
        Set<Item.Column> columns = EnumSet.noneOf(Item.Column.class);
        for (String word : entry.texts("requires")) {
            switch (word) {
                case "quantity" -> columns.add(Item.Column.QUANTITY);
                case "severity" -> columns.add(Item.Column.SEVERITY);
                case "document_no" -> columns.add(Item.Column.DOCUMENT_NO);
                default ->
                    throw entry.fault(
                            "requires", "'requires' knows quantity, severity, document_no, not '" + word + "'");
            }
        }
        return Set.copyOf(columns);
    }

    private static List<ListDefinition> lists(Yaml.Mapping root) {
        List<ListDefinition> lists = new ArrayList<>();
        root.forEach(
                "lists",
                entry -> lists.add(new ListDefinition(
                        lists.size(),
                        entry.text("id"),
                        entry.mapping("title", Title::of),
                        entry.oneOf("kind", ListDefinition.Kind.class),
                        new LinkedHashSet<>(entry.texts("sources")))));
        unique(root, "lists", lists.stream().map(ListDefinition::id).toList(), LISTS_MAX);
        return List.copyOf(lists);
    }

    private static List<SceneDefinition> scenes(Yaml.Mapping root) {
        root.flag("demonstration", false);
        List<SceneDefinition> scenes = new ArrayList<>();
        root.forEach("scenes", entry -> scenes.add(scene(scenes.size(), entry)));
        unique(root, "scenes", scenes.stream().map(SceneDefinition::id).toList(), SCENES_MAX);
        return List.copyOf(scenes);
    }

    private static SceneDefinition scene(int index, Yaml.Mapping entry) {
        record Purpose(int version, @Nullable LocalDate since, Title words) {}
        needs(entry, "base_service", "a scene names the service that is there without any answer (charter 2)");
        needs(entry, "purpose", "a consent is given for a purpose (charter 1)");
        needs(entry, "recipients", "a consent is given for named recipients (charter 1)");
        Purpose purpose = entry.mapping("purpose", mapping -> {
            needs(mapping, "version", "a consent names the version of the purpose (charter 1)");
            int version = mapping.integer("version", 1, 1_000_000);
            LocalDate since = mapping.dateOrNull("since");
            if (version > 1 && since == null) {
                throw mapping.fault(
                        "version",
                        "a purpose after the first says 'since' when it holds: consents granted before were for another"
                                + " purpose (charter 1)");
            }
            return new Purpose(version, since, Title.of(mapping));
        });
        List<String> recipients = entry.texts("recipients");
        if (recipients.isEmpty()) {
            throw entry.fault("recipients", "a scene names its recipients");
        }
        return new SceneDefinition(
                index,
                entry.text("id"),
                entry.mapping("title", Title::of),
                entry.oneOf("subject", SubjectType.class),
                purpose.version(),
                purpose.since(),
                purpose.words(),
                List.copyOf(recipients),
                entry.mapping("base_service", Title::of),
                entry.mappingOrNull("without_score", Title::of),
                Set.copyOf(entry.texts("arrears_sources")));
    }

    private static List<District> districts(Yaml.Mapping root) {
        List<District> districts = new ArrayList<>();
        Set<Integer> seen = new LinkedHashSet<>();
        root.forEach("districts", entry -> {
            int code = entry.integer("code", 100_000, 999_999);
            Set<Integer> others = new LinkedHashSet<>(entry.integers("aliases", 100_000, 999_999));
            others.addAll(entry.integers("historic", 100_000, 999_999));
            Set<Integer> all = new LinkedHashSet<>(others);
            all.add(code);
            for (int one : all) {
                if (!seen.add(one)) {
                    throw entry.fault("code", "division code " + one + " stands twice");
                }
            }
            districts.add(new District(districts.size(), code, entry.mapping("title", Title::of), Set.copyOf(others)));
        });
        if (districts.isEmpty()) {
            throw root.fault("districts", "at least one district is needed");
        }
        return List.copyOf(districts);
    }

    private static void unique(Yaml.Mapping root, String key, List<String> ids, int max) {
        if (ids.size() > max) {
            throw root.fault(key, "at most " + max + " " + key + ", found " + ids.size());
        }
        Set<String> seen = new LinkedHashSet<>();
        for (String id : ids) {
            if (!id.matches("[a-z][a-z0-9-]{0,63}")) {
                throw root.fault(key, "id '" + id + "' must be lower-case letters, digits and hyphens");
            }
            if (!seen.add(id)) {
                throw root.fault(key, "id '" + id + "' stands twice");
            }
        }
    }

    private static <T> Map<String, T> byId(List<T> values, java.util.function.Function<T, String> id) {
        Map<String, T> map = new LinkedHashMap<>();
        values.forEach(value -> map.put(id.apply(value), value));
        return Map.copyOf(map);
    }

    private static List<String> sorted(Set<String> words) {
        return words.stream().sorted().toList();
    }

    private static <T> @Nullable T collect(List<ConfigException.Finding> findings, Supplier<T> read) {
        try {
            return read.get();
        } catch (ConfigException e) {
            findings.addAll(e.findings());
            return null;
        }
    }
}
