package io.osmanthus.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jose4j.jwa.AlgorithmFactoryFactory;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.Use;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Web Key Set (RFC 7517): the keys of the issuer, each pinned to the one algorithm that its type allows here. A
 * key that is not for signatures, of another kind, or cannot be read is passed over; a set in which no key is left is
 * refused.
 * Immutable.
 */
final class Jwks {
    /** A set of keys is small; a bound on what an address can make us read. */
    static final int BYTES_MAX = 64 << 10;

    private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(5);

    /** A key and the only algorithm under which it verifies. */
    record Pinned(String algorithm, Key key) {}

    private final Map<String, Pinned> keys;

    private Jwks(Map<String, Pinned> keys) {
        this.keys = Map.copyOf(keys);
    }

    /** The key of an id, or null. */
    @Nullable
    Pinned key(String id) {
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
        Map<String, Pinned> keys = new HashMap<>();
        for (JsonWebKey jwk : set(bytes, location).getJsonWebKeys()) {
            String id = jwk.getKeyId();
            String algorithm = algorithm(jwk);
            if (algorithm != null
                    && id != null
                    && !id.isEmpty()
                    && keys.putIfAbsent(id, new Pinned(algorithm, jwk.getKey())) != null) {
                throw new IOException(location + ": key id '" + id + "' stands twice");
            }
        }
        if (keys.isEmpty()) {
            throw new IOException(location + ": no key for RS256, ES256 or EdDSA (Ed25519) with a 'kid' that may sign");
        }
        return new Jwks(keys);
    }

    private static JsonWebKeySet set(byte[] bytes, String location) throws IOException {
        try {
            return new JsonWebKeySet(new String(bytes, StandardCharsets.UTF_8));
        } catch (JoseException | ClassCastException e) {
            throw new IOException(location + ": not a JSON Web Key Set", e);
        }
    }

    /** The one algorithm that a key may verify here, or null; the library knows the least length and the curve. */
    private static @Nullable String algorithm(JsonWebKey jwk) {
        String algorithm =
                switch (jwk.getKeyType()) {
                    case RsaJsonWebKey.KEY_TYPE -> AlgorithmIdentifiers.RSA_USING_SHA256;
                    case EllipticCurveJsonWebKey.KEY_TYPE -> AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256;
                    case OctetKeyPairJsonWebKey.KEY_TYPE -> AlgorithmIdentifiers.EDDSA;
                    default -> null;
                };
        if (algorithm == null
                || !(jwk.getUse() == null || jwk.getUse().equals(Use.SIGNATURE))
                || !(jwk.getAlgorithm() == null || jwk.getAlgorithm().equals(algorithm))
                || (jwk instanceof OctetKeyPairJsonWebKey pair
                        && !pair.getSubtype().equals(OctetKeyPairJsonWebKey.SUBTYPE_ED25519))) {
            return null;
        }
        try {
            AlgorithmFactoryFactory.getInstance()
                    .getJwsAlgorithmFactory()
                    .getAlgorithm(algorithm)
                    .validateVerificationKey(jwk.getKey());
            return algorithm;
        } catch (JoseException e) {
            return null;
        }
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
