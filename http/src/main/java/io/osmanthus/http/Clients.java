package io.osmanthus.http;

import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.ListDefinition;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import io.osmanthus.snapshots.vocabulary.Yaml;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** {@code config/clients.yaml}: who holds keys, and what they may do. Immutable. */
public final class Clients {
    /** No city has more; a bound on what one file can make us hold. */
    static final int CLIENTS_MAX = 100_000;

    private static final int KEYS_MAX = 2;
    private static final int CERTIFICATES_MAX = 2;
    private static final int SUBJECTS_MAX = 1_000_000_000;

    private final List<Client> all;

    private Clients(List<Client> all) {
        this.all = List.copyOf(all);
    }

    /** Clients made elsewhere: by {@code demo}, by tests. */
    public static Clients of(List<Client> clients) {
        return new Clients(clients);
    }

    /**
     * Reads {@code clients.yaml} of a configuration directory.
     *
     * @param matters the ids of the matters in force
     * @param policy what {@code server.yaml} says about keys
     * @throws io.osmanthus.snapshots.vocabulary.ConfigException with every finding
     */
    public static Clients load(Path config, Vocabulary vocabulary, Set<String> matters, KeyPolicy policy) {
        return Yaml.read(config.resolve("clients.yaml"), root -> new Parse(vocabulary, Set.copyOf(matters), policy)
                .clients(root));
    }

    /** In the file's order. */
    public List<Client> all() {
        return all;
    }

    private static final class Parse {
        private final Set<String> scenes = new HashSet<>();
        private final Set<String> sources = new HashSet<>();
        private final Set<String> matters;
        private final KeyPolicy policy;
        private final Set<String> ids = new HashSet<>();
        private final Set<String> keys = new HashSet<>();
        private final Set<String> certificates = new HashSet<>();

        Parse(Vocabulary vocabulary, Set<String> matters, KeyPolicy policy) {
            this.matters = matters;
            this.policy = policy;
            for (SceneDefinition scene : vocabulary.scenes()) {
                scenes.add(scene.id());
                sources.addAll(scene.arrearsSources());
            }
            for (Item item : vocabulary.items()) {
                sources.addAll(item.sources());
            }
            for (ListDefinition list : vocabulary.lists()) {
                sources.addAll(list.sources());
            }
        }

        Clients clients(Yaml.Mapping root) {
            List<Client> clients = new ArrayList<>(root.mappings("clients", this::client));
            if (clients.size() > CLIENTS_MAX) {
                throw root.fault("clients", "at most " + CLIENTS_MAX + " clients, found " + clients.size());
            }
            return new Clients(clients);
        }

        private Client client(Yaml.Mapping entry) {
            String id = entry.text("id");
            if (!id.matches("[a-z][a-z0-9-]{0,63}")) {
                throw entry.fault("id", "id '" + id + "' must be lower-case letters, digits and hyphens");
            }
            if (!ids.add(id)) {
                throw entry.fault("id", "client '" + id + "' stands twice");
            }
            Role role = entry.oneOf("role", Role.class);
            if (!role.byKey(policy.demonstration())) {
                throw entry.fault("role", "a key cannot carry role " + role.word() + " outside a demonstration");
            }
            Set<String> grants = words(entry, "grants", Set.of("batch"));
            Client client = new Client(
                    id,
                    role,
                    entry.text("title"),
                    hashes(entry),
                    words(entry, "scenes", scenes),
                    words(entry, "matters", matters),
                    words(entry, "sources", sources),
                    grants.contains("batch"),
                    entry.integer("subjects_per_second", 1, SUBJECTS_MAX),
                    entry.integer("subjects_per_day", 1, SUBJECTS_MAX),
                    date(entry),
                    certificates(entry));
            refuseForeignScope(entry, client);
            return client;
        }

        private static LocalDate date(Yaml.Mapping entry) {
            return entry.date("expires_on");
        }

        private static void refuseForeignScope(Yaml.Mapping entry, Client client) {
            boolean terminal = client.role() == Role.TERMINAL;
            boolean department = client.role() == Role.DEPARTMENT;
            if (terminal == client.scenes().isEmpty()) {
                throw entry.fault("scenes", "a terminal names its scenes, and nobody else names any");
            }
            if (!department && !client.matters().isEmpty()) {
                throw entry.fault("matters", "only a department has matters");
            }
            if (!department && !client.sources().isEmpty()) {
                throw entry.fault("sources", "only a department delivers in the name of sources");
            }
            if (!terminal && client.batch()) {
                throw entry.fault("grants", "only a terminal checks in batches");
            }
        }

        private Set<String> hashes(Yaml.Mapping entry) {
            Set<String> hashes = new LinkedHashSet<>();
            for (String text : entry.texts("key_sha256")) {
                String hash = text.toLowerCase(Locale.ROOT);
                if (!hash.matches("[0-9a-f]{64}")) {
                    throw entry.fault(
                            "key_sha256", "a SHA-256 is 64 hexadecimal digits, found " + text.length() + " characters");
                }
                if (!keys.add(hash)) {
                    throw entry.fault("key_sha256", "the same key stands twice");
                }
                hashes.add(hash);
            }
            if (hashes.isEmpty() || hashes.size() > KEYS_MAX) {
                throw entry.fault("key_sha256", "one key, or two during a rotation, found " + hashes.size());
            }
            return hashes;
        }

        /** As {@code openssl x509 -fingerprint -sha256} prints it, or without the colons. */
        private Set<String> certificates(Yaml.Mapping entry) {
            Set<String> hashes = new LinkedHashSet<>();
            for (String text : entry.texts("certificate_sha256")) {
                String hash = text.toLowerCase(Locale.ROOT);
                if (!hash.matches("[0-9a-f]{64}|[0-9a-f]{2}(:[0-9a-f]{2}){31}")) {
                    throw entry.fault(
                            "certificate_sha256",
                            "a SHA-256 is 64 hexadecimal digits, with or without a colon after each pair, found "
                                    + text.length() + " characters");
                }
                if (!certificates.add(hash.replace(":", ""))) {
                    throw entry.fault("certificate_sha256", "the same certificate stands twice");
                }
                hashes.add(hash.replace(":", ""));
            }
            if (hashes.size() > CERTIFICATES_MAX) {
                throw entry.fault(
                        "certificate_sha256", "one certificate, or two during a rotation, found " + hashes.size());
            }
            if (!hashes.isEmpty() && policy.certificates() == KeyPolicy.Certificates.NONE) {
                throw entry.fault(
                        "certificate_sha256",
                        "server.yaml asks for no certificate ('tls.client_certificates'): this client could not be"
                                + " served");
            }
            if (hashes.isEmpty() && policy.certificates() == KeyPolicy.Certificates.REQUIRED) {
                throw entry.fault(
                        "id",
                        "'certificate_sha256' is missing: server.yaml requires one of every client"
                                + " ('tls.client_certificates.required')");
            }
            return hashes;
        }

        private static Set<String> words(Yaml.Mapping entry, String key, Set<String> known) {
            Set<String> words = new LinkedHashSet<>();
            for (String word : entry.texts(key)) {
                if (!known.contains(word)) {
                    throw entry.fault(
                            key,
                            "'" + key + "' knows " + known.stream().sorted().toList() + ", not '" + word + "'");
                }
                if (!words.add(word)) {
                    throw entry.fault(key, "'" + word + "' stands twice");
                }
            }
            return words;
        }
    }
}
