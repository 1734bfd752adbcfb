package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.vocabulary.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTest {
    private static final String HASH = "a".repeat(64);
    private static final String TERMINAL = "  - id: gate\n    role: terminal\n    title: T\n    key_sha256: [" + HASH
            + "]\n    scenes: [transit]\n    grants: [batch]\n    subjects_per_second: 10\n    subjects_per_day: 100\n"
            + "    expires_on: 2030-01-01\n";

    @TempDir
    private Path directory;

    private ServerConfig server(String text) throws IOException {
        Files.writeString(directory.resolve("server.yaml"), text);
        return ServerConfig.load(directory);
    }

    private Clients clients(String text, boolean demonstration) throws IOException {
        Files.writeString(directory.resolve("clients.yaml"), text);
        return Clients.load(
                directory, Rig.VOCABULARY, Set.of("procurement"), KeyPolicy.withoutCertificates(demonstration));
    }

    private String refusedServer(String text) {
        return String.valueOf(
                assertThrows(ConfigException.class, () -> server(text)).getMessage());
    }

    private String refusedClients(String text) {
        return String.valueOf(
                assertThrows(ConfigException.class, () -> clients(text, false)).getMessage());
    }

    @Test
    void shipped_files_hold() {
        ServerConfig config = ServerConfig.load(Rig.CONFIG);
        assertTrue(config.demonstration());
        assertEquals(ServerConfig.Limits.DEFAULT, config.limits());
        assertEquals(8080, config.port());
        assertTrue(Clients.load(Rig.CONFIG, Rig.VOCABULARY, Set.of(), KeyPolicy.withoutCertificates(true))
                .all()
                .isEmpty());
    }

    /** What the shipped files say in comments: every key is known, and its value is what holds without it. */
    @Test
    void shipped_commentedKeys_areAllKnown() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line : Files.readAllLines(Rig.CONFIG.resolve("server.yaml"))) {
            boolean key = line.matches("# +?[a-z_]+:.*|#   +[a-z_]+: .*");
            text.append(key ? line.substring(2) : line).append('\n');
        }
        ServerConfig config = server(text.toString());
        assertEquals(ServerConfig.Limits.DEFAULT, config.limits());
        assertEquals(ServerConfig.load(Rig.CONFIG).port(), config.port());
        assertEquals(1, config.trustedProxies().size());
        List<String> example = new ArrayList<>();
        for (String line : Files.readAllLines(Rig.CONFIG.resolve("clients.yaml"))) {
            if (line.startsWith("# ") && !line.startsWith("# Who")) {
                example.add(line.substring(2));
            }
        }
        Clients clients = clients(String.join("\n", example) + "\n", false);
        assertEquals(2, clients.all().size());
        assertEquals(LocalDate.of(2027, 12, 31), clients.all().get(0).expiresOn());
    }

    @Test
    void server_reachableByOthers_onlyWithTlsOrProxy() throws IOException {
        for (String host : List.of("0.0.0.0", "192.168.1.1", "'::'", "gate.example")) {
            assertTrue(refusedServer("host: " + host + "\n").contains("server.yaml:1: 'host'"), host);
            server("host: " + host + "\ntrusted_proxies: [10.0.0.1]\n");
            server("host: " + host + "\ntls: {certificate: c.pem, key: k.pem}\n");
        }
        for (String host : List.of("127.0.0.1", "127.8.8.8", "'::1'", "localhost")) {
            server("host: " + host + "\n");
        }
        assertTrue(refusedServer("management_host: 0.0.0.0\n").contains("'management_host'"));
    }

    @Test
    void server_issuerOfStaff_neverThatOfCitizens() throws IOException {
        String citizens = "jwt: {issuer: i, audience: a, jwks: j.json}\n";
        ServerConfig.Jwt staff = server(citizens + "jwt_staff: {issuer: i, audience: b, jwks: j.json}\n")
                .jwtStaff();
        assertEquals(new ServerConfig.Jwt("i", "b", directory.resolve("j.json").toString()), staff);
        assertTrue(refusedServer(citizens + "jwt_staff: {issuer: i, audience: a, jwks: k.json}\n")
                .contains("server.yaml:2: 'jwt_staff' must differ"));
    }

    @Test
    void server_onePort_inDemonstrationOnly() throws IOException {
        assertTrue(server("demonstration: true\nport: 9000\nmanagement_port: 9000\n")
                .oneListener());
        assertTrue(server("demonstration: true\nport: 9000\n").oneListener());
        assertFalse(server("demonstration: true\nmanagement_port: 9001\n").oneListener());
        assertFalse(server("port: 9000\n").oneListener());
        assertTrue(refusedServer("port: 9000\nmanagement_port: 9000\n").contains("'management_port'"));
    }

    @Test
    void server_limits_atBoundAndBeyond() throws IOException {
        assertEquals(
                10_000, server("limits: {batch_subjects_max: 10000}\n").limits().batchSubjectsMax());
        assertTrue(refusedServer("limits: {batch_subjects_max: 10001}\n").contains("batch_subjects_max"));
        assertTrue(refusedServer("limits: {batch_subjects_max: 0}\n").contains("batch_subjects_max"));
        assertTrue(refusedServer("limits: {no_such_limit: 1}\n").contains("unknown key 'no_such_limit'"));
        assertTrue(refusedServer("prot: 8080\n").contains("unknown key 'prot'"));
        assertTrue(refusedServer("jwt: {issuer: a, audience: b, jwks: 'http://id.example/k'}\n")
                .contains("loopback"));
        assertTrue(refusedServer("trusted_proxies: [proxy.example]\n").contains("no IP address"));
    }

    @Test
    void clients_sound_parsed() throws IOException {
        Client client = clients("clients:\n" + TERMINAL, false).all().get(0);
        assertEquals(Role.TERMINAL, client.role());
        assertEquals(Set.of(HASH), client.keySha256());
        assertTrue(client.batch());
    }

    @Test
    void clients_contradictory_refusedWithLine() {
        List<String> edits = List.of(
                "role: terminal|role: public",
                "role: terminal|role: citizen",
                "role: terminal|role: desk",
                "role: terminal|role: department",
                "scenes: [transit]|scenes: [space]",
                "scenes: [transit]|scenes: []",
                "scenes: [transit]|scenes: [transit, transit]",
                "grants: [batch]|grants: [all]",
                "grants: [batch]|matters: [procurement]",
                "grants: [batch]|sources: [法院]",
                HASH + "|" + HASH.substring(1),
                HASH + "|" + HASH + ", " + HASH,
                HASH + "|" + HASH + ", " + "b".repeat(64) + ", " + "c".repeat(64),
                "[" + HASH + "]|[]",
                "id: gate|id: Gate!",
                "subjects_per_second: 10|subjects_per_second: 0",
                "2030-01-01|2030-02-30");
        for (String edit : edits) {
            String[] parts = edit.split("\\|", -1);
            String message = refusedClients("clients:\n" + TERMINAL.replace(parts[0], parts[1]));
            assertTrue(message.startsWith("clients.yaml:"), edit + " gave " + message);
            assertFalse(message.contains(HASH.substring(1)), message);
        }
        assertTrue(refusedClients("clients:\n" + TERMINAL + TERMINAL).contains("stands twice"));
    }

    private Clients clients(String certificates, KeyPolicy.Certificates policy) throws IOException {
        Files.writeString(
                directory.resolve("clients.yaml"),
                "clients:\n" + TERMINAL + "    certificate_sha256: [" + certificates + "]\n");
        return Clients.load(directory, Rig.VOCABULARY, Set.of(), new KeyPolicy(false, policy));
    }

    @Test
    void clients_certificates_asOpensslPrintsThem_twoAtTheMost() throws IOException {
        String one = "a1".repeat(32);
        String printed = "'A1" + ":A1".repeat(31) + "'";
        for (KeyPolicy.Certificates policy :
                List.of(KeyPolicy.Certificates.OPTIONAL, KeyPolicy.Certificates.REQUIRED)) {
            assertEquals(Set.of(one), clients(printed, policy).all().get(0).certificateSha256());
            assertEquals(
                    Set.of(one, HASH),
                    clients(one + ", " + HASH, policy).all().get(0).certificateSha256());
            for (String bad : List.of(
                    one + ", " + HASH + ", " + "b".repeat(64),
                    one + ", " + printed,
                    one.substring(1),
                    "'A1:" + "A1".repeat(31) + "'",
                    "'sha256 Fingerprint=" + "A1".repeat(32) + "'")) {
                String message = String.valueOf(assertThrows(ConfigException.class, () -> clients(bad, policy))
                        .getMessage());
                assertTrue(message.startsWith("clients.yaml:"), message);
                assertFalse(message.contains(one.substring(1)), message);
            }
        }
        assertTrue(clients("", KeyPolicy.Certificates.OPTIONAL)
                .all()
                .get(0)
                .certificateSha256()
                .isEmpty());
        assertTrue(
                String.valueOf(assertThrows(ConfigException.class, () -> clients("", KeyPolicy.Certificates.REQUIRED))
                                .getMessage())
                        .contains("'certificate_sha256' is missing"));
        assertTrue(String.valueOf(assertThrows(ConfigException.class, () -> clients(one, KeyPolicy.Certificates.NONE))
                        .getMessage())
                .contains("server.yaml asks for no certificate"));
    }

    @Test
    void server_clientCertificates_anchorsBesideTheFile() throws IOException {
        String tls = "tls: {certificate: c.pem, key: k.pem";
        assertEquals(
                KeyPolicy.Certificates.NONE, server(tls + "}\n").keyPolicy().certificates());
        ServerConfig optional = server(tls + ", client_certificates: {anchors: m.pem}}\n");
        assertEquals(KeyPolicy.Certificates.OPTIONAL, optional.keyPolicy().certificates());
        assertEquals(
                KeyPolicy.Certificates.REQUIRED,
                server(tls + ", client_certificates: {anchors: m.pem, required: true}}\n")
                        .keyPolicy()
                        .certificates());
        assertTrue(refusedServer(tls + ", client_certificates: {required: true}}\n")
                .contains("anchors"));
    }

    @Test
    void clients_staffKeys_inDemonstrationOnly() throws IOException {
        String desk = "clients:\n"
                + TERMINAL.replace("role: terminal", "role: desk")
                        .replace("    scenes: [transit]\n    grants: [batch]\n", "");
        assertEquals(Role.DESK, clients(desk, true).all().get(0).role());
        assertTrue(refusedClients(desk).contains("demonstration"));
    }

    @Test
    void ranges_addresses_containedByPrefix() {
        AddressRange ten = AddressRange.of("10.0.0.0/8");
        AddressRange six = AddressRange.of("fd00::/8");
        assertTrue(ten != null && ten.contains("10.255.1.2") && !ten.contains("11.0.0.1") && !ten.contains("fd00::1"));
        assertTrue(six != null && six.contains("fd12::1") && !six.contains("fe80::1"));
        for (String bad : List.of("10.0.0.0/33", "10.0.0", "a.b.c.d", "proxy", "10.0.0.0/", "1.2.3.4/x", "")) {
            assertTrue(AddressRange.of(bad) == null, bad);
        }
    }
}
