package io.osmanthus.http;

import io.osmanthus.snapshots.trail.TrailOptions;
import io.osmanthus.snapshots.vocabulary.ConfigException;
import io.osmanthus.snapshots.vocabulary.Yaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code config/server.yaml}: where the server listens, whom it trusts, its limits. Immutable; holds no secret.
 *
 * @param demonstration marks every answer about scenes, and alone permits staff keys and one port for everything
 * @param port 0 lets the system choose; {@link Server#port} says which
 * @param managementPort equal to {@code port}: the same listener (in a demonstration only)
 * @param eventLoops 0: as many as processors
 * @param store the snapshot store, resolved against the configuration directory
 * @param trail where and how the access trail is kept
 * @param jwt who vouches for citizens and representatives
 * @param jwtStaff who vouches for the desk, oversight and operators
 * @param ledgerStalenessMaxSeconds how long checks about persons go on after the ledger was last heard
 * @param running how the process runs and ends
 * @param erasureDays within how many days snapshots and trail hold nothing of one who has left
 */
public record ServerConfig(
        boolean demonstration,
        String host,
        int port,
        String managementHost,
        int managementPort,
        List<AddressRange> trustedProxies,
        int eventLoops,
        Path store,
        Trail trail,
        @Nullable Tls tls,
        @Nullable Jwt jwt,
        @Nullable Jwt jwtStaff,
        Limits limits,
        Database database,
        int ledgerStalenessMaxSeconds,
        int erasureDays,
        Running running) {
    private static final int EVENT_LOOPS_MAX = 256;
    private static final int MANAGEMENT_PORT = 8081;
    private static final int LEDGER_STALENESS_MAX_SECONDS = 60;
    private static final int ERASURE_DAYS = 90;

    /** In which form the log is written. */
    public enum Log {
        TEXT,
        JSON
    }

    /**
     * How the process runs and ends.
     *
     * @param drainGraceMs between readiness turning red and the end of accepting: time for load balancers to notice
     */
    public record Running(Log log, int drainGraceMs) {
        private static final int DRAIN_GRACE_MS = 5_000;

        /** Lines of text, and an end without delay: nobody balances load over a demonstration. */
        public static final Running DEMONSTRATION = new Running(Log.TEXT, 0);

        static Running of(Yaml.Mapping root, boolean demonstration) {
            String log = root.text("log", "text");
            if (!log.equals("text") && !log.equals("json")) {
                throw root.fault("log", "'log' is text or json, found '" + log + "'");
            }
            return new Running(
                    log.equals("json") ? Log.JSON : Log.TEXT,
                    root.integer("drain_grace_ms", 0, 600_000, demonstration ? 0 : DRAIN_GRACE_MS));
        }
    }

    /** Without an issuer of staff, and with the running of a demonstration. */
    public ServerConfig(
            boolean demonstration,
            String host,
            int port,
            String managementHost,
            int managementPort,
            List<AddressRange> trustedProxies,
            int eventLoops,
            Path store,
            Trail trail,
            @Nullable Tls tls,
            @Nullable Jwt jwt,
            Limits limits,
            Database database,
            int ledgerStalenessMaxSeconds,
            int erasureDays) {
        this(
                demonstration,
                host,
                port,
                managementHost,
                managementPort,
                trustedProxies,
                eventLoops,
                store,
                trail,
                tls,
                jwt,
                null,
                limits,
                database,
                ledgerStalenessMaxSeconds,
                erasureDays,
                Running.DEMONSTRATION);
    }

    /** Where the ledger is: a directory of an embedded PostgreSQL, or a JDBC URL. One of the two is null. */
    public record Database(
            @Nullable Path embedded, @Nullable String jdbcUrl) {
        private static final String EMBEDDED = "embedded:";

        /** The embedded ledger of a store whose configuration names none: {@code <store>-ledger}, beside it. */
        static Database beside(Path store) {
            return new Database(store.resolveSibling(store.getFileName() + "-ledger"), null);
        }

        static Database of(Yaml.Mapping root, Path directory, Path store) {
            if (!root.has("database")) {
                return beside(store);
            }
            String text = root.text("database");
            if (text.startsWith(EMBEDDED)) {
                Path embedded = directory.resolve(text.substring(EMBEDDED.length()));
                return new Database(embedded.normalize(), null);
            }
            if (!text.startsWith("jdbc:postgresql:") || text.contains("password=")) {
                throw root.fault(
                        "database",
                        "'database' is 'embedded:' and a directory, or a 'jdbc:postgresql:' URL without a password"
                                + " (that is OSMANTHUS_DATABASE_PASSWORD)");
            }
            return new Database(null, text);
        }
    }

    /**
     * PEM files of the listener's certificate chain and private key.
     *
     * @param clients which certificates of clients are taken; null: none is asked for
     */
    public record Tls(Path certificate, Path key, @Nullable ClientCertificates clients) {
        /** Without certificates of clients. */
        public Tls(Path certificate, Path key) {
            this(certificate, key, null);
        }

        private static Tls of(Yaml.Mapping tls, Path directory) {
            return new Tls(
                    directory.resolve(tls.text("certificate")),
                    directory.resolve(tls.text("key")),
                    tls.mappingOrNull(
                            "client_certificates",
                            clients -> new ClientCertificates(
                                    directory.resolve(clients.text("anchors")), clients.flag("required", false))));
        }
    }

    /**
     * Certificates by which machines show, beside their key, that they are who holds it.
     *
     * @param anchors a PEM file: what such a certificate must be signed by, or be itself
     * @param required whether a key without a bound certificate is worth nothing
     */
    public record ClientCertificates(Path anchors, boolean required) {}

    /**
     * Who vouches for those who sign in.
     *
     * @param jwks a file (absolute here), or a URL: https, or http to a loopback address
     */
    public record Jwt(String issuer, String audience, String jwks) {}

    /**
     * The access trail.
     *
     * @param directory of the queues; null: {@code trail} beside the snapshot store
     * @param rolled of the Parquet files that all nodes share; null: {@code rolled} in the directory
     * @param node this node's name
     */
    public record Trail(
            @Nullable Path directory,
            @Nullable Path rolled,
            String node,
            int reserveMib,
            int syncMs,
            int countsMonths) {
        /** What holds where {@code server.yaml} says nothing. */
        public static final Trail DEFAULT = new Trail(
                null,
                null,
                TrailOptions.machine(),
                (int) (TrailOptions.RESERVE_BYTES_DEFAULT >> 20),
                TrailOptions.SYNC_MS_DEFAULT,
                TrailOptions.COUNTS_MONTHS_DEFAULT);

        /** The trail beside the store that is in use. */
        public TrailOptions options(Path store) {
            Path queues = directory == null ? store.toAbsolutePath().resolveSibling("trail") : directory;
            Path parquet = rolled == null ? queues.resolve("rolled") : rolled;
            return new TrailOptions(queues, parquet, node, (long) reserveMib << 20, syncMs, countsMonths);
        }

        private static Trail of(Yaml.Mapping root, Path config) {
            String directory = root.textOrNull("access_trail");
            Path queues = directory == null ? null : config.resolve(directory).normalize();
            Trail read = root.mappingOrNull("trail", trail -> {
                String rolled = trail.textOrNull("rolled");
                String node = trail.text("node", DEFAULT.node);
                if (!node.matches("[a-z0-9-]{1,64}")) {
                    throw trail.fault("node", "'node' must be 1 to 64 lower-case letters, digits and hyphens");
                }
                return new Trail(
                        queues,
                        rolled == null ? null : config.resolve(rolled).normalize(),
                        node,
                        trail.integer("reserve_mib", 16, 1 << 20, DEFAULT.reserveMib),
                        trail.integer("sync_ms", 10, 60_000, DEFAULT.syncMs),
                        trail.integer(
                                "counts_months",
                                TrailOptions.COUNTS_MONTHS_MIN,
                                TrailOptions.COUNTS_MONTHS_MAX,
                                DEFAULT.countsMonths));
            });
            return read == null
                    ? new Trail(queues, null, DEFAULT.node, DEFAULT.reserveMib, DEFAULT.syncMs, DEFAULT.countsMonths)
                    : read;
        }
    }

    /**
     * Every limit of the wire.
     *
     * @param bodyBytesMax more is 413
     * @param batchSubjectsMax subjects of a batch or organisations of a match; more is 422
     * @param matchNamesMax organisations given by name in one match, since each is a search; more is 422
     * @param headerBytesMax all header fields together; more is 431
     * @param uriBytesMax the request line; more is 414
     * @param connectionsMax of both listeners together; one more is closed unanswered
     * @param idleTimeoutMs a connection on which nothing moves is closed
     * @param requestTimeoutMs from the header to the last byte of the body; later is 408
     * @param shutdownTimeoutMs what requests under way get at a shutdown
     * @param batchesMax batches under way on one event loop; one more is 503
     * @param publicRequestsPerSecond open requests and failed authentications of one address; more is 429
     * @param checksPerSecond subjects of checks that the server takes on, all clients together; more is 503
     * @param unsentBytesMax answers that a client has not read yet; a connection with more is closed
     * @param failedTokensPerSecond tokens that do not hold, of all addresses together; beyond it no unknown one is looked at
     */
    public record Limits(
            int bodyBytesMax,
            int batchSubjectsMax,
            int matchNamesMax,
            int headerBytesMax,
            int uriBytesMax,
            int connectionsMax,
            int idleTimeoutMs,
            int requestTimeoutMs,
            int shutdownTimeoutMs,
            int batchesMax,
            int publicRequestsPerSecond,
            int checksPerSecond,
            int unsentBytesMax,
            int failedTokensPerSecond) {
        /** The contract's bound on a batch. */
        public static final int BATCH_SUBJECTS_MAX = 10_000;

        /** What holds where {@code server.yaml} says nothing. */
        public static final Limits DEFAULT = new Limits(
                2 << 20,
                BATCH_SUBJECTS_MAX,
                100,
                16 << 10,
                4 << 10,
                10_000,
                60_000,
                5_000,
                10_000,
                16,
                50,
                4_000_000,
                8 << 20,
                100);

        static Limits of(Yaml.Mapping mapping) {
            return new Limits(
                    mapping.integer("body_bytes_max", 1 << 10, 16 << 20, DEFAULT.bodyBytesMax),
                    mapping.integer("batch_subjects_max", 1, BATCH_SUBJECTS_MAX, DEFAULT.batchSubjectsMax),
                    mapping.integer("match_names_max", 1, 100, DEFAULT.matchNamesMax),
                    mapping.integer("header_bytes_max", 1 << 10, 64 << 10, DEFAULT.headerBytesMax),
                    mapping.integer("uri_bytes_max", 256, 16 << 10, DEFAULT.uriBytesMax),
                    mapping.integer("connections_max", 1, 1_000_000, DEFAULT.connectionsMax),
                    mapping.integer("idle_timeout_ms", 100, 3_600_000, DEFAULT.idleTimeoutMs),
                    mapping.integer("request_timeout_ms", 100, 600_000, DEFAULT.requestTimeoutMs),
                    mapping.integer("shutdown_timeout_ms", 0, 600_000, DEFAULT.shutdownTimeoutMs),
                    mapping.integer("batches_max", 1, 1_000, DEFAULT.batchesMax),
                    mapping.integer("public_requests_per_second", 1, 1_000_000, DEFAULT.publicRequestsPerSecond),
                    mapping.integer("checks_per_second", 100, 100_000_000, DEFAULT.checksPerSecond),
                    mapping.integer("unsent_bytes_max", 64 << 10, 1 << 30, DEFAULT.unsentBytesMax),
                    mapping.integer("failed_tokens_per_second", 1, 1_000_000, DEFAULT.failedTokensPerSecond));
        }
    }

    /**
     * Reads {@code server.yaml} of a configuration directory.
     *
     * @throws ConfigException with every finding; also for an address that others can reach without TLS or a proxy
     */
    public static ServerConfig load(Path config) {
        return Yaml.read(config.resolve("server.yaml"), root -> of(root, config.toAbsolutePath()));
    }

    /** What {@code demo} serves with: loopback, one port, no file; one issuer for citizens and staff. */
    public static ServerConfig demonstration(int port, Path store, Path ledger, @Nullable Jwt jwt) {
        return new ServerConfig(
                true,
                "127.0.0.1",
                port,
                "127.0.0.1",
                port,
                List.of(),
                0,
                store,
                Trail.DEFAULT,
                null,
                jwt,
                jwt == null ? null : new Jwt(jwt.issuer(), DemoIssuer.STAFF_AUDIENCE, jwt.jwks()),
                Limits.DEFAULT,
                new Database(ledger, null),
                LEDGER_STALENESS_MAX_SECONDS,
                ERASURE_DAYS,
                Running.DEMONSTRATION);
    }

    /** The same with another store, and with its ledger unless the configuration names one. */
    public ServerConfig withStore(Path other) {
        return new ServerConfig(
                demonstration,
                host,
                port,
                managementHost,
                managementPort,
                trustedProxies,
                eventLoops,
                other,
                trail,
                tls,
                jwt,
                jwtStaff,
                limits,
                database.equals(Database.beside(store)) ? Database.beside(other) : database,
                ledgerStalenessMaxSeconds,
                erasureDays,
                running);
    }

    /** Whether both listeners are one. */
    public boolean oneListener() {
        return managementPort == port && managementHost.equals(host) && demonstration;
    }

    /** What clients.yaml may say under this configuration. */
    public KeyPolicy keyPolicy() {
        ClientCertificates clients = tls == null ? null : tls.clients();
        if (clients == null) {
            return new KeyPolicy(demonstration, KeyPolicy.Certificates.NONE);
        }
        return new KeyPolicy(
                demonstration, clients.required() ? KeyPolicy.Certificates.REQUIRED : KeyPolicy.Certificates.OPTIONAL);
    }

    private static ServerConfig of(Yaml.Mapping root, Path directory) {
        boolean demonstration = root.flag("demonstration", false);
        int port = root.integer("port", 0, 65_535, 8080);
        Path store = directory.resolve(root.text("store", "../store")).normalize();
        ServerConfig config = new ServerConfig(
                demonstration,
                root.text("host", "127.0.0.1"),
                port,
                root.text("management_host", "127.0.0.1"),
                root.integer("management_port", 0, 65_535, demonstration ? port : MANAGEMENT_PORT),
                proxies(root),
                root.integer("event_loops", 0, EVENT_LOOPS_MAX, 0),
                store,
                Trail.of(root, directory),
                root.mappingOrNull("tls", tls -> Tls.of(tls, directory)),
                root.mappingOrNull("jwt", jwt -> jwt(jwt, directory)),
                root.mappingOrNull("jwt_staff", jwt -> jwt(jwt, directory)),
                root.has("limits") ? root.mapping("limits", Limits::of) : Limits.DEFAULT,
                Database.of(root, directory, store),
                root.integer("ledger_staleness_max", 1, 3_600, LEDGER_STALENESS_MAX_SECONDS),
                root.integer("erasure_days", 1, 3_650, ERASURE_DAYS),
                Running.of(root, demonstration));
        config.refuseExposed(root);
        config.refuseOneIssuer(root);
        return config;
    }

    private void refuseExposed(Yaml.Mapping root) {
        boolean guarded = tls != null || !trustedProxies.isEmpty();
        if (!guarded && !AddressRange.loopback(host)) {
            root.finding(
                    root.line("host"),
                    "'host' " + host + " can be reached by others: give 'tls', or the 'trusted_proxies' that end TLS");
        }
        if (!guarded && !AddressRange.loopback(managementHost)) {
            root.finding(
                    root.line("management_host"),
                    "'management_host' " + managementHost
                            + " can be reached by others: give 'tls', or the 'trusted_proxies' that end TLS");
        }
        if (!demonstration && managementPort == port && port != 0) {
            root.finding(
                    root.line("management_port"),
                    "'management_port' may equal 'port' in a demonstration only: metrics are not for everyone");
        }
    }

    /** A token would be both: whoever vouches for citizens could make an operator. */
    private void refuseOneIssuer(Yaml.Mapping root) {
        if (jwt != null
                && jwtStaff != null
                && jwt.issuer().equals(jwtStaff.issuer())
                && jwt.audience().equals(jwtStaff.audience())) {
            root.finding(
                    root.line("jwt_staff"),
                    "'jwt_staff' must differ from 'jwt' in issuer or audience: one token must not be of both kinds");
        }
    }

    private static List<AddressRange> proxies(Yaml.Mapping root) {
        List<AddressRange> proxies = new ArrayList<>();
        for (String text : root.texts("trusted_proxies")) {
            AddressRange range = AddressRange.of(text);
            if (range == null) {
                throw root.fault("trusted_proxies", "'" + text + "' is no IP address or range such as 10.0.0.0/8");
            }
            proxies.add(range);
        }
        return List.copyOf(proxies);
    }

    private static Jwt jwt(Yaml.Mapping mapping, Path directory) {
        String jwks = mapping.text("jwks");
        if (jwks.contains("://")) {
            if (!Jwks.safe(jwks)) {
                throw mapping.fault("jwks", "'jwks' must be a file, an https URL, or http to a loopback address");
            }
        } else {
            jwks = directory.resolve(jwks).toString();
        }
        return new Jwt(mapping.text("issuer"), mapping.text("audience"), jwks);
    }
}
