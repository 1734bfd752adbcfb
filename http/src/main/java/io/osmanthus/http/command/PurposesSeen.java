package io.osmanthus.http.command;

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

/**
 * The recipients that each scene was served with, by version of its purpose: {@code purposes.seen} in the store, one line a
 * scene, {@code scene TAB version TAB recipient TAB …}. A delivered consent does not say to whom it was given, so a recipient
 * that joins under the same version would come by consents that nobody gave them: the server does not start then.
 */
final class PurposesSeen {
    static final String FILE = "purposes.seen";

    private record Seen(int version, Set<String> recipients) {}

    private PurposesSeen() {}

    /**
     * Holds the scenes against what was served from this store, and notes them.
     *
     * @throws CommandException where a scene has a new recipient under an old version, or goes back to an older version
     */
    static void check(Path store, List<SceneDefinition> scenes) {
        Path file = store.resolve(FILE);
        try {
            Map<String, Seen> seen = Files.exists(file) ? read(file) : new HashMap<>();
            for (SceneDefinition scene : scenes) {
                Seen before = seen.get(scene.id());
                if (before != null) {
                    compare(scene, before);
                }
                seen.put(scene.id(), new Seen(scene.purposeVersion(), new TreeSet<>(scene.recipients())));
            }
            write(file, seen);
        } catch (IOException e) {
            throw new UncheckedIOException("the purposes served from " + store + " cannot be noted in " + FILE, e);
        }
    }

    private static void compare(SceneDefinition scene, Seen before) {
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

    private static Map<String, Seen> read(Path file) throws IOException {
        Map<String, Seen> seen = new HashMap<>();
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            List<String> words = List.of(line.split("\t", -1));
            if (words.size() < 2 || !words.get(1).matches("[0-9]{1,7}")) {
                throw new CommandException(
                        file + " cannot be read; remove it if the recipients of all scenes are as they were");
            }
            Set<String> recipients = new TreeSet<>(words.subList(2, words.size()));
            seen.put(words.get(0), new Seen(Integer.parseInt(words.get(1)), recipients));
        }
        return seen;
    }

    private static void write(Path file, Map<String, Seen> seen) throws IOException {
        List<String> lines = new ArrayList<>();
        seen.forEach(
                (scene, one) -> lines.add(scene + "\t" + one.version() + "\t" + String.join("\t", one.recipients())));
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
