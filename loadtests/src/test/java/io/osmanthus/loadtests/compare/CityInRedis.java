package io.osmanthus.loadtests.compare;

import io.osmanthus.engine.Engine;
import io.osmanthus.engine.Generation;
import io.osmanthus.engine.GenerationLoader;
import io.osmanthus.engine.OwnFacts;
import io.osmanthus.engine.Reader;
import io.osmanthus.engine.rules.RuleSet;
import io.osmanthus.engine.rules.SubjectFacts;
import io.osmanthus.loadtests.ChildJvm;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotStore;
import io.osmanthus.snapshots.Trust;
import io.osmanthus.snapshots.city.City;
import io.osmanthus.snapshots.city.Token;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Scheme;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The same city in Redis, as the Spring service reads it:
 *
 * <pre>
 * t:(token)    → person                    a string; both are 128 bits in base64
 * p:(person)   → score (as transit sees it: without deductions that the scene does not name), c:(scene) → last day of the consent, a:(scene) → 1     a hash, small enough for one listpack
 * </pre>
 *
 * It holds less than this engine does: no records, so that no score can be explained, and no organisations.
 */
final class CityInRedis {
    private static final int CONSENT_YEARS = 2;

    private final City city;
    private final Path directory;
    private final LocalDate today;
    private final byte[] key = HexFormat.of().parseHex(OsmanthusNode.PSEUDONYM_KEY);
    private final Map<String, List<String>> arrears = new HashMap<>();

    CityInRedis(City city, Path directory, LocalDate today) {
        this.city = city;
        this.directory = directory;
        this.today = today;
    }

    /**
     * Writes everybody and their tokens; scores and consents are those that this engine holds.
     *
     * @return bytes that this engine's generation of the same city takes by its own account, off the heap and on it
     */
    long fill(RedisServer redis) throws IOException, InterruptedException {
        for (String line : Files.readAllLines(directory.resolve("delivery/arrears.csv"))) {
            String[] row = line.split(",", -1); // scene, person_id, since, …
            if (row[2].matches("\\d{4}-.*") && LocalDate.parse(row[2]).isAfter(today.minusYears(1))) {
                arrears.computeIfAbsent(row[1], ignored -> new ArrayList<>()).add(row[0]);
            }
        }
        Path config = ChildJvm.root().resolve("config");
        Vocabulary vocabulary = Vocabulary.load(config);
        int transit = Objects.requireNonNull(vocabulary.scene("transit")).index();
        PseudonymKey pseudonyms = PseudonymKey.ofHex(OsmanthusNode.PSEUDONYM_KEY);
        SnapshotStore store = SnapshotStore.open(directory.resolve("store"));
        Snapshot snapshot = Snapshot.open(store.path(store.current()), Trust.of(pseudonyms, null, true));
        Generation generation =
                GenerationLoader.load(snapshot, RuleSet.load(config, vocabulary), today, 2, Progress.SILENT);
        try (Engine engine = new Engine()) {
            engine.publish(generation);
            try (Reader reader = engine.reader()) {
                reader.advance();
                PseudonymKey.Pseudonymiser persons = pseudonyms.pseudonymiser(Scheme.PERSON);
                redis.fill(directory.resolve("redis-fill.log"), sink -> {
                    for (long i = 0; i < city.persons(); i++) {
                        sink.command(person(i, reader, persons, vocabulary.scenes(), transit));
                    }
                    for (long i = 0; i < city.tokens(); i++) {
                        Token token = city.token(i);
                        String holder = pseudonym("person", city.personId(city.owner(i)));
                        sink.command(
                                List.of("SET", "t:" + pseudonym(token.scheme().word(), token.token()), holder));
                    }
                });
            }
            Generation.Footprint footprint = generation.footprint();
            return footprint.offHeapBytes() + footprint.populationHeapBytes();
        }
    }

    private List<String> person(
            long person, Reader reader, PseudonymKey.Pseudonymiser persons, List<SceneDefinition> scenes, int transit) {
        String id = city.personId(person);
        persons.make(id);
        OwnFacts own = reader.own(persons.high(), persons.low());
        List<String> command = new ArrayList<>(List.of("HSET", "p:" + pseudonym("person", id)));
        command.addAll(List.of(
                "score", String.valueOf(own == null ? 0 : own.sceneScores().get(transit))));
        for (Reader.Consent consent : own == null ? List.<Reader.Consent>of() : own.consents()) {
            if (consent.stands()) {
                LocalDate end = consent.expiresOn() == SubjectFacts.NONE
                        ? LocalDate.ofEpochDay(consent.grantedOn()).plusYears(CONSENT_YEARS)
                        : LocalDate.ofEpochDay(consent.expiresOn());
                command.addAll(List.of("c:" + scenes.get(consent.scene()).id(), end.toString()));
            }
        }
        for (String scene : arrears.getOrDefault(id, List.of())) {
            command.addAll(List.of("a:" + scene, "1"));
        }
        return command;
    }

    /** As the Spring service makes them. */
    private String pseudonym(String scheme, String text) {
        byte[] rest = (scheme + "\u001f" + text).getBytes(StandardCharsets.UTF_8);
        byte[] keyed = Arrays.copyOf(key, key.length + rest.length);
        System.arraycopy(rest, 0, keyed, key.length, rest.length);
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(keyed);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, 16));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
