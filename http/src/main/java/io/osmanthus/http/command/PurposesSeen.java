package io.osmanthus.http.command;

import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.ledger.PurposesServed;
import io.osmanthus.snapshots.ledger.PurposesServed.Purpose;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The recipients that each scene was served with, by version of its purpose: {@code purposes.seen} in the store, one line a
 * scene, {@code scene TAB version TAB recipient TAB …}, and the same in the ledger. A delivered consent does not say to whom
 * it was given, so a recipient that joins under the same version would come by consents that nobody gave them: the server
 * does not start then.
 */
final class PurposesSeen {
    static final String FILE = "purposes.seen";

    private PurposesSeen() {}

    /**
     * Holds the scenes against what was served from this store, and from this ledger, and notes them in both: either may have
     * been put back, or taken away.
     *
     * @throws CommandException where a scene has a new recipient under an old version, or goes back to an older version
     */
    static void check(Path store, @Nullable Ledger ledger, List<SceneDefinition> scenes) {
        Path file = store.resolve(FILE);
        try {
            Map<String, Purpose> seen = Files.exists(file) ? read(file) : new HashMap<>();
            Map<String, Purpose> kept = ledger == null ? Map.of() : PurposesServed.read(ledger);
            kept.forEach((scene, purpose) -> seen.merge(scene, purpose, PurposesSeen::stricter));
            Map<String, Purpose> now = new HashMap<>();
            for (SceneDefinition scene : scenes) {
                Purpose before = seen.get(scene.id());
                if (before != null) {
                    compare(scene, before);
                }
                now.put(scene.id(), new Purpose(scene.purposeVersion(), new TreeSet<>(scene.recipients())));
            }
            seen.putAll(now);
            write(file, seen);
            if (ledger != null
                    && !now.entrySet().stream().allMatch(one -> one.getValue().equals(kept.get(one.getKey())))) {
                ledger.submit(null, PurposesServed.keep(now)).join();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the purposes served from " + store + " cannot be noted in " + FILE, e);
        }
    }

    /** The later version; of one version what both know of it. */
    private static Purpose stricter(Purpose one, Purpose other) {
        if (one.version() != other.version()) {
            return one.version() > other.version() ? one : other;
        }
        Set<String> both = new TreeSet<>(one.recipients());
        both.retainAll(other.recipients());
        return new Purpose(one.version(), both);
    }

    private static void compare(SceneDefinition scene, Purpose before) {
        if (scene.purposeVersion() < before.version()) {
            throw new CommandException("scenes.yaml: scene '" + scene.id() + "' was served with version "
                    + before.version() + " of its purpose, and says version " + scene.purposeVersion()
                    + ": consents to the later one would be taken for consents to this. Give it a version of its own");
        }
        if (scene.purposeVersion() == before.version() && !before.recipients().containsAll(scene.recipients())) {
            throw new CommandException("scenes.yaml: scene '" + scene.id()
                    + "' has a recipient that version " + before.version()
                    + " of its purpose did not have, and to whom nobody has consented (charter 1): raise purpose.version,"
                    + " and say 'since' when");
        }
    }

    private static Map<String, Purpose> read(Path file) throws IOException {
        Map<String, Purpose> seen = new HashMap<>();
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            List<String> words = List.of(line.split("\t", -1));
            if (words.size() < 2 || !words.get(1).matches("[0-9]{1,7}")) {
                throw new CommandException(
                        file + " cannot be read; remove it if the recipients of all scenes are as they were");
            }
            Set<String> recipients = new TreeSet<>(words.subList(2, words.size()));
            seen.put(words.get(0), new Purpose(Integer.parseInt(words.get(1)), recipients));
        }
        return seen;
    }

    private static void write(Path file, Map<String, Purpose> seen) throws IOException {
        List<String> lines = new ArrayList<>();
        seen.forEach((scene, one) ->
                lines.add(scene + "\t" + one.version() + "\t" + String.join("\t", new TreeSet<>(one.recipients()))));
        lines.sort(null);
        if (Files.exists(file)
                && Files.readAllLines(file, StandardCharsets.UTF_8).equals(lines)) {
            return;
        }
        Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), ".purposes", ".new");
        Files.write(fresh, lines, StandardCharsets.UTF_8);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
