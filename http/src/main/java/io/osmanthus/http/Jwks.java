package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Web Key Set (RFC 7517): the keys of the issuer, each pinned to the one algorithm that its type allows here. A
 * key that is not for signatures, or of another kind, is passed over; a set in which no key is left is refused.
 * Immutable.
 */
final class Jwks {
    /** A set of keys is small; a bound on what an address can make us read. */
    static final int BYTES_MAX = 64 << 10;

    private static final int RSA_BITS_MIN = 2048;
    private static final int ED25519_BYTES = 32;
    private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(5);
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** What a key may sign with; {@code jca} is the JDK's name of it. */
    enum Algorithm {
        RS256("SHA256withRSA"),
        ES256("SHA256withECDSAinP1363Format"),
        EdDSA("Ed25519");

        private final String jca;

        Algorithm(String jca) {
            this.jca = jca;
        }

        String jca() {
            return jca;
        }
    }

    /** A key and the only algorithm under which it verifies. */
    record Key(Algorithm algorithm, PublicKey key) {}

    private final Map<String, Key> keys;

    private Jwks(Map<String, Key> keys) {
        this.keys = Map.copyOf(keys);
    }

    /** The key of an id, or null. */
    @Nullable
    Key key(String id) {
        return keys.get(id);
    }

    /** Whether a URL may be asked for keys: https, or http that does not leave the machine. */
    static boolean safe(String url) {
        try {
            URI uri = URI.create(url);
            String host = uri.getHost();
            return host != null
                    && ("https".equals(uri.getScheme())
                            || ("http".equals(uri.getScheme())
                                    && AddressRange.loopback(host.replaceAll("[\\[\\]]", ""))));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Reads the set from a file or a URL. Blocks.
     *
     * @throws IOException if it cannot be had or holds no usable key; the message names the location
     */
    static Jwks load(String location) throws IOException {
        byte[] bytes = location.contains("://") ? fetch(location) : read(Path.of(location));
        if (bytes.length > BYTES_MAX) {
            throw new IOException(location + ": a key set of more than " + BYTES_MAX + " bytes");
        }
        return parse(bytes, location);
    }

    /** Parses a set; {@code location} is for messages. */
    static Jwks parse(byte[] bytes, String location) throws IOException {
        JsonNode root;
        try {
            root = MAPPER.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new IOException(location + ": not JSON", e);
        }
        Map<String, Key> keys = new HashMap<>();
        for (JsonNode node : root.path("keys")) {
            try {
                Key key = key(node);
                String id = node.path("kid").asText();
                if (key != null && !id.isEmpty() && keys.putIfAbsent(id, key) != null) {
                    throw new IOException(location + ": key id '" + id + "' stands twice");
                }
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                throw new IOException(location + ": a key cannot be read", e);
            }
        }
        if (keys.isEmpty()) {
            throw new IOException(location + ": no key for RS256, ES256 or EdDSA (Ed25519) with a 'kid' that may sign");
        }
        return new Jwks(keys);
    }

    private static @Nullable Key key(JsonNode node) throws GeneralSecurityException {
        Key key =
                switch (node.path("kty").asText()) {
                    case "RSA" -> rsa(node);
                    case "EC" -> "P-256".equals(node.path("crv").asText()) ? ec(node) : null;
                    case "OKP" -> "Ed25519".equals(node.path("crv").asText()) ? ed25519(node) : null;
                    default -> null;
                };
        if (key == null || !node.path("use").asText("sig").equals("sig")) {
            return null;
        }
        return node.path("alg")
                        .asText(key.algorithm().name())
                        .equals(key.algorithm().name())
                ? key
                : null;
    }

    private static @Nullable Key rsa(JsonNode node) throws GeneralSecurityException {
        RSAPublicKeySpec spec = new RSAPublicKeySpec(number(node, "n"), number(node, "e"));
        PublicKey key = KeyFactory.getInstance("RSA").generatePublic(spec);
        boolean strong = ((RSAPublicKey) key).getModulus().bitLength() >= RSA_BITS_MIN;
        return strong ? new Key(Algorithm.RS256, key) : null;
    }

    private static Key ec(JsonNode node) throws GeneralSecurityException {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp256r1"));
        ECPoint point = new ECPoint(number(node, "x"), number(node, "y"));
        ECPublicKeySpec spec = new ECPublicKeySpec(point, parameters.getParameterSpec(ECParameterSpec.class));
        return new Key(Algorithm.ES256, KeyFactory.getInstance("EC").generatePublic(spec));
    }

    /** RFC 8032: 32 bytes, little-endian y, the sign of x in the highest bit. */
    private static Key ed25519(JsonNode node) throws GeneralSecurityException {
        byte[] bytes = Base64.getUrlDecoder().decode(node.path("x").asText());
        if (bytes.length != ED25519_BYTES) {
            throw new IllegalArgumentException("an Ed25519 key has 32 bytes");
        }
        byte[] bigEndian = new byte[ED25519_BYTES];
        for (int i = 0; i < ED25519_BYTES; i++) {
            bigEndian[i] = bytes[ED25519_BYTES - 1 - i];
        }
        boolean odd = (bigEndian[0] & 0x80) != 0;
        bigEndian[0] &= 0x7F;
        EdECPoint point = new EdECPoint(odd, new BigInteger(1, bigEndian));
        EdECPublicKeySpec spec = new EdECPublicKeySpec(NamedParameterSpec.ED25519, point);
        return new Key(Algorithm.EdDSA, KeyFactory.getInstance("Ed25519").generatePublic(spec));
    }

    private static BigInteger number(JsonNode node, String field) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(node.path(field).asText()));
    }

    private static byte[] read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(BYTES_MAX + 1);
        }
    }

    private static byte[] fetch(String url) throws IOException {
        HttpClient client =
                HttpClient.newBuilder().connectTimeout(FETCH_TIMEOUT).build();
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(FETCH_TIMEOUT).build();
        try {
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = response.body()) {
                if (response.statusCode() != 200) {
                    throw new IOException(url + ": expected 200, found " + response.statusCode());
                }
                return in.readNBytes(BYTES_MAX + 1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(url + ": interrupted", e);
        }
    }
}
