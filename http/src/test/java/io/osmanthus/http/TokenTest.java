package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.osmanthus.snapshots.Days;
import io.osmanthus.snapshots.vocabulary.Scheme;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jose4j.jwe.JsonWebEncryption;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenTest {
    private static final Instant NOW = Instant.parse("2026-10-15T04:00:00Z");
    private static final long T = NOW.getEpochSecond();
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);
    private static final String CLAIMS =
            "\"iss\":\"" + DemoIssuer.ISSUER + "\",\"aud\":\"" + DemoIssuer.AUDIENCE + "\"";
    private static final String SOUND =
            "{" + CLAIMS + ",\"exp\":" + (T + 600) + ",\"person_id\":\"" + Rig.PERSON + "\"}";

    @TempDir
    private static Path directory;

    private static KeyPair rsa;
    private static KeyPair ec;
    private static DemoIssuer demo;
    private static TokenVerifier verifier;
    private static TokenVerifier staff;

    @BeforeAll
    static void keys() throws IOException, GeneralSecurityException {
        KeyPairGenerator rsaGenerator = KeyPairGenerator.getInstance("RSA");
        rsaGenerator.initialize(2048);
        rsa = rsaGenerator.generateKeyPair();
        KeyPairGenerator ecGenerator = KeyPairGenerator.getInstance("EC");
        ecGenerator.initialize(new ECGenParameterSpec("secp256r1"));
        ec = ecGenerator.generateKeyPair();
        demo = DemoIssuer.make(CLOCK);
        RSAPublicKey rsaKey = (RSAPublicKey) rsa.getPublic();
        ECPublicKey ecKey = (ECPublicKey) ec.getPublic();
        String own = demo.jwks();
        String jwks = own.substring(0, own.length() - 2)
                + ",{\"kty\":\"RSA\",\"kid\":\"rsa\",\"n\":\"" + number(rsaKey.getModulus()) + "\",\"e\":\""
                + number(rsaKey.getPublicExponent()) + "\"}"
                + ",{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"ec\",\"x\":\""
                + number(ecKey.getW().getAffineX())
                + "\",\"y\":\"" + number(ecKey.getW().getAffineY()) + "\"}"
                + ",{\"kty\":\"oct\",\"kid\":\"hmac\",\"k\":\"AAAA\"}]}";
        Path file = Files.writeString(directory.resolve("jwks.json"), jwks, StandardCharsets.UTF_8);
        verifier = TokenVerifier.load(
                new ServerConfig.Jwt(DemoIssuer.ISSUER, DemoIssuer.AUDIENCE, file.toString()),
                TokenVerifier.Whose.CITIZENS,
                City.KEY,
                CLOCK);
        staff = TokenVerifier.load(
                new ServerConfig.Jwt(DemoIssuer.ISSUER, DemoIssuer.STAFF_AUDIENCE, file.toString()),
                TokenVerifier.Whose.STAFF,
                City.KEY,
                CLOCK);
    }

    private static String number(BigInteger number) {
        byte[] bytes = number.toByteArray();
        int from = bytes[0] == 0 ? 1 : 0;
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(java.util.Arrays.copyOfRange(bytes, from, bytes.length));
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String token(String header, String claims, @Nullable PrivateKey key, String jca) {
        String signed = base64(header) + "." + base64(claims);
        if (key == null) {
            return signed + ".";
        }
        try {
            Signature signature = Signature.getInstance(jca);
            signature.initSign(key);
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String rs256(String claims) {
        return token("{\"alg\":\"RS256\",\"kid\":\"rsa\"}", claims, rsa.getPrivate(), "SHA256withRSA");
    }

    private static String es256(String claims) {
        return token("{\"alg\":\"ES256\",\"kid\":\"ec\"}", claims, ec.getPrivate(), "SHA256withECDSAinP1363Format");
    }

    @Test
    void verify_eachAlgorithm_sameCitizen() {
        City.Pseudonym expected = City.pseudonym(Scheme.PERSON, Rig.PERSON);
        for (String token : List.of(rs256(SOUND), es256(SOUND), demo.citizen(Rig.PERSON, Duration.ofMinutes(10)))) {
            TokenVerifier.Verified verified = verifier.verify(token);
            assertNotNull(verified);
            assertEquals(new Caller.Citizen(expected.high(), expected.low(), Days.MALFORMED), verified.caller());
        }
        TokenVerifier.Verified representative = verifier.verify(demo.representative(Rig.USCC, Duration.ofMinutes(10)));
        assertNotNull(representative);
        assertInstanceOf(Caller.Representative.class, representative.caller());
    }

    @Test
    void verify_wrongSignatureOrAlgorithm_refused() throws GeneralSecurityException {
        String body = base64(SOUND);
        String zeros = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]);
        for (String token : List.of(
                token("{\"alg\":\"none\",\"kid\":\"rsa\"}", SOUND, null, ""),
                token("{\"alg\":\"none\"}", SOUND, null, ""),
                base64("{\"alg\":\"none\",\"kid\":\"rsa\"}") + "." + body + ".AA",
                token("{\"alg\":\"RS256\",\"kid\":\"ec\"}", SOUND, rsa.getPrivate(), "SHA256withRSA"),
                token("{\"alg\":\"ES256\",\"kid\":\"rsa\"}", SOUND, rsa.getPrivate(), "SHA256withRSA"),
                token("{\"alg\":\"HS256\",\"kid\":\"rsa\"}", SOUND, rsa.getPrivate(), "SHA256withRSA"),
                token("{\"alg\":\"HS256\",\"kid\":\"hmac\"}", SOUND, rsa.getPrivate(), "SHA256withRSA"),
                token("{\"alg\":\"RS256\"}", SOUND, rsa.getPrivate(), "SHA256withRSA"),
                token("{\"alg\":\"RS256\",\"kid\":\"other\"}", SOUND, rsa.getPrivate(), "SHA256withRSA"),
                token("{\"alg\":\"RS256\",\"kid\":7}", SOUND, rsa.getPrivate(), "SHA256withRSA"),
                token("{\"alg\":\"RS256\",\"kid\":\"rsa\",\"crit\":[\"x\"]}", SOUND, rsa.getPrivate(), "SHA256withRSA"),
                token("{\"alg\":\"RS256\",\"kid\":\"rsa\",\"typ\":\"JWE\"}", SOUND, rsa.getPrivate(), "SHA256withRSA"),
                token(
                        "{\"alg\":\"RS256\",\"alg\":\"RS256\",\"kid\":\"rsa\"}",
                        SOUND,
                        rsa.getPrivate(),
                        "SHA256withRSA"),
                token("{\"alg\":\"ES256\",\"kid\":\"ec\"}", SOUND, ec.getPrivate(), "SHA256withECDSA"),
                base64("{\"alg\":\"ES256\",\"kid\":\"ec\"}") + "." + body + "." + zeros,
                rs256(SOUND).replace(body, base64(SOUND.replace("0017", "0018"))),
                rs256(SOUND) + "=",
                rs256(SOUND) + ".x",
                "a.b.c",
                "..",
                ".",
                "")) {
            assertNull(verifier.verify(token), token);
        }
    }

    @Test
    void verify_claimsOfTime_heldToTheSecond() {
        long skew = TokenVerifier.SKEW_SECONDS;
        String person = ",\"person_id\":\"" + Rig.PERSON + "\"}";
        assertNotNull(verifier.verify(rs256("{" + CLAIMS + ",\"exp\":" + (T - skew + 1) + person)));
        assertNotNull(verifier.verify(rs256("{" + CLAIMS + ",\"exp\":" + (T + 3600 + skew) + person)));
        assertNotNull(
                verifier.verify(rs256("{" + CLAIMS + ",\"exp\":" + (T + 60) + ",\"nbf\":" + (T + skew) + person)));
        for (String time : List.of(
                "",
                ",\"exp\":\"" + (T + 60) + "\"",
                ",\"exp\":null",
                ",\"exp\":" + (T - skew),
                ",\"exp\":" + (T + 3600 + skew + 1),
                ",\"exp\":1e400",
                ",\"exp\":" + (T + 60) + ",\"nbf\":" + (T + skew + 1),
                ",\"exp\":" + (T + 60) + ",\"nbf\":\"now\"")) {
            assertNull(verifier.verify(rs256("{" + CLAIMS + time + person)), time);
        }
    }

    @Test
    void verify_claimsOfIdentityIssuerAudience_exactlyOneAndOurs() {
        String exp = ",\"exp\":" + (T + 60);
        String person = ",\"person_id\":\"" + Rig.PERSON + "\"}";
        String both = ",\"uscc\":\"" + Rig.USCC + "\"" + person;
        String list = "\"iss\":\"" + DemoIssuer.ISSUER + "\",\"aud\":[\"other\",\"" + DemoIssuer.AUDIENCE + "\"]";
        assertNotNull(verifier.verify(rs256("{" + list + exp + person)));
        for (String claims : List.of(
                "{" + CLAIMS + exp + both,
                "{" + CLAIMS + exp + "}",
                "{" + CLAIMS + exp + ",\"person_id\":\"\"}",
                "{" + CLAIMS + exp + ",\"person_id\":7}",
                "{" + CLAIMS + exp + ",\"person_id\":null}",
                "{" + CLAIMS.replace("issuer", "other") + exp + person,
                "{" + CLAIMS.replace("osmanthus", "other") + exp + person,
                "{\"iss\":\"" + DemoIssuer.ISSUER + "\"" + exp + person,
                "{\"aud\":\"" + DemoIssuer.AUDIENCE + "\"" + exp + person,
                "{" + CLAIMS + exp + ",\"person_id\":\"1\"" + person,
                "[]",
                "not json")) {
            assertNull(verifier.verify(rs256(claims)), claims);
        }
    }

    private static String signed(String header, String claims) {
        return token(header, claims, rsa.getPrivate(), "SHA256withRSA");
    }

    @Test
    void verify_staff_roleAndNameOrNobody() {
        for (Role role : List.of(Role.DESK, Role.OVERSIGHT, Role.OPERATOR)) {
            TokenVerifier.Verified verified = staff.verify(demo.staff("li.na@credit", role, Duration.ofMinutes(10)));
            assertNotNull(verified);
            assertEquals(new Caller.Staff("li.na@credit", role), verified.caller());
        }
        String claims = "{\"iss\":\"" + DemoIssuer.ISSUER + "\",\"aud\":\"" + DemoIssuer.STAFF_AUDIENCE + "\",\"exp\":"
                + (T + 60);
        assertNotNull(staff.verify(rs256(claims + ",\"sub\":\"a\",\"role\":\"desk\"}")));
        assertNotNull(staff.verify(rs256(claims + ",\"sub\":\"" + "a".repeat(64) + "\",\"role\":\"desk\"}")));
        for (String more : List.of(
                "",
                ",\"sub\":\"a\"",
                ",\"role\":\"desk\"",
                ",\"sub\":\"\",\"role\":\"desk\"",
                ",\"sub\":7,\"role\":\"desk\"",
                ",\"sub\":\"" + "a".repeat(65) + "\",\"role\":\"desk\"",
                ",\"sub\":\"a b\",\"role\":\"desk\"",
                ",\"sub\":\"a\\nb\",\"role\":\"desk\"",
                ",\"sub\":\"320508189001010011\",\"role\":\"desk\"",
                ",\"sub\":\"a\",\"role\":\"terminal\"",
                ",\"sub\":\"a\",\"role\":\"citizen\"",
                ",\"sub\":\"a\",\"role\":\"public\"",
                ",\"sub\":\"a\",\"role\":\"DESK\"",
                ",\"sub\":\"a\",\"role\":[\"desk\"]",
                ",\"sub\":\"a\",\"role\":\"desk\",\"uscc\":null",
                ",\"sub\":\"a\",\"role\":\"desk\",\"person_id\":\"" + Rig.PERSON + "\"")) {
            assertNull(staff.verify(rs256(claims + more + "}")), more);
        }
        assertNull(staff.verify(demo.citizen(Rig.PERSON, Duration.ofMinutes(10))));
        assertNull(verifier.verify(demo.staff("li.na", Role.DESK, Duration.ofMinutes(10))));
    }

    @Test
    void verify_otherWaysToWriteAToken_refused() throws JoseException {
        String sound = rs256(SOUND);
        int signature = sound.lastIndexOf('.') + 1;
        String plain = "{\"alg\":\"RS256\",\"kid\":\"rsa\"";
        for (String token : List.of(
                encrypted(SOUND, null),
                encrypted(sound, "JWT"),
                signed(plain + ",\"cty\":\"JWT\"}", sound),
                signed(plain + ",\"cty\":\"application/jwt\"}", encrypted(SOUND, null)),
                signed(plain + ",\"cty\":\"JWT\"}", SOUND),
                signed(plain + ",\"b64\":false}", SOUND),
                signed(plain + ",\"b64\":false,\"crit\":[\"b64\"]}", SOUND),
                unencoded(SOUND.replace(".", "\\u002e")),
                signed(plain + ",\"crit\":[]}", SOUND),
                signed(plain + ",\"k\\u0069d\":\"rsa\"}", SOUND),
                rs256(SOUND.replace("}", ",\"person\\u005fid\":\"" + Rig.PERSON + "\"}")),
                rs256(SOUND.replace("}", ",\"x\":{\"a\":1,\"a\":2}}")),
                rs256(SOUND.replace("}", ",\"uscc\":null}")),
                rs256(SOUND + "{}"),
                sound.substring(0, signature) + "*" + sound.substring(signature),
                sound.substring(0, signature) + " " + sound.substring(signature),
                sound + "\n",
                sound + ".",
                "." + sound,
                sound.replaceFirst("\\.", ".="))) {
            assertNull(verifier.verify(token), token);
        }
    }

    /** Anybody can encrypt to a public key. */
    private static String encrypted(String payload, @Nullable String contentType) throws JoseException {
        JsonWebEncryption jwe = new JsonWebEncryption();
        jwe.setAlgorithmHeaderValue("RSA-OAEP-256");
        jwe.setEncryptionMethodHeaderParameter("A128CBC-HS256");
        jwe.setHeader("zip", "DEF");
        jwe.setKeyIdHeaderValue("rsa");
        if (contentType != null) {
            jwe.setContentTypeHeaderValue(contentType);
        }
        jwe.setKey(rsa.getPublic());
        jwe.setPayload(payload);
        return jwe.getCompactSerialization();
    }

    /** RFC 7797: the claims as they are, and not in base64. */
    private static String unencoded(String claims) throws JoseException {
        JsonWebSignature jws = new JsonWebSignature();
        jws.setAlgorithmHeaderValue("RS256");
        jws.setKeyIdHeaderValue("rsa");
        jws.setHeader("b64", false);
        jws.setCriticalHeaderNames("b64");
        jws.setKey(rsa.getPrivate());
        jws.setPayload(claims);
        return jws.getCompactSerialization();
    }

    @Test
    void verify_keyInTheToken_neverUsed() throws GeneralSecurityException, JoseException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair foreign = generator.generateKeyPair();
        String jwk =
                ",\"jwk\":" + JsonWebKey.Factory.newJwk(foreign.getPublic()).toJson();
        String url = "u\":\"https://127.0.0.1:9/\"";
        for (String own : List.of(jwk, ",\"jk" + url, ",\"x5" + url)) {
            for (String id : List.of("", ",\"kid\":\"rsa\"", ",\"kid\":\"foreign\"")) {
                String header = "{\"alg\":\"RS256\"" + id + own + "}";
                assertNull(verifier.verify(token(header, SOUND, foreign.getPrivate(), "SHA256withRSA")), header);
            }
        }
    }

    @Test
    void verify_otherAlgorithmOfTheSameKey_refused() throws JoseException {
        assertNull(verifier.verify(
                token("{\"alg\":\"RS512\",\"kid\":\"rsa\"}", SOUND, rsa.getPrivate(), "SHA512withRSA")));
        assertNull(verifier.verify(
                token("{\"alg\":\"ES512\",\"kid\":\"ec\"}", SOUND, ec.getPrivate(), "SHA512withECDSAinP1363Format")));
        JsonWebSignature confused = new JsonWebSignature();
        confused.setAlgorithmHeaderValue("HS256");
        confused.setKeyIdHeaderValue("rsa");
        confused.setKey(new HmacKey(rsa.getPublic().getEncoded()));
        confused.setPayload(SOUND);
        assertNull(verifier.verify(confused.getCompactSerialization()));
    }

    @Test
    void verify_deepNesting_refusedWithoutOverflow() {
        String deep = "[".repeat(6000) + "]".repeat(6000);
        String claims = "{" + CLAIMS + ",\"person_id\":\"" + Rig.PERSON + "\",\"exp\":";
        assertNull(verifier.verify(signed("{\"alg\":\"RS256\",\"kid\":" + deep + "}", SOUND)));
        assertNull(verifier.verify(signed("{\"alg\":" + deep + ",\"kid\":\"rsa\"}", SOUND)));
        assertNull(verifier.verify(base64(deep) + "." + base64(SOUND) + ".AA"));
        assertNull(verifier.verify(rs256(claims + (T + 60) + ",\"nbf\":" + "9".repeat(6000) + "}")));
    }

    @Test
    void verify_unknownKeyId_readsTheSetAgainOnceAMinute() throws IOException {
        AtomicReference<Instant> now = new AtomicReference<>(NOW);
        DemoIssuer before = DemoIssuer.make(CLOCK);
        DemoIssuer after = DemoIssuer.make(CLOCK);
        Path file = Files.writeString(
                directory.resolve("turning.json"), before.jwks().replace("\"demonstration\"", "\"before\""));
        TokenVerifier turning = TokenVerifier.load(
                new ServerConfig.Jwt(DemoIssuer.ISSUER, DemoIssuer.AUDIENCE, file.toString()),
                TokenVerifier.Whose.CITIZENS,
                City.KEY,
                now::get);
        Files.writeString(file, after.jwks());
        String token = after.citizen(Rig.PERSON, Duration.ofMinutes(10));
        now.set(NOW.plusSeconds(59));
        assertNull(turning.verify(token));
        now.set(NOW.plusSeconds(60));
        assertNotNull(turning.verify(token));
    }

    @Test
    void verify_keyThatTheIssuerHasWithdrawn_refusedWhenKeysAreOld() throws IOException {
        AtomicReference<Instant> now = new AtomicReference<>(NOW);
        DemoIssuer before = DemoIssuer.make(now::get);
        Path file = Files.writeString(directory.resolve("withdrawn.json"), before.jwks(), StandardCharsets.UTF_8);
        TokenVerifier own = TokenVerifier.load(
                new ServerConfig.Jwt(DemoIssuer.ISSUER, DemoIssuer.AUDIENCE, file.toString()),
                TokenVerifier.Whose.CITIZENS,
                City.KEY,
                now::get);
        Files.writeString(file, DemoIssuer.make(now::get).jwks(), StandardCharsets.UTF_8);
        assertNotNull(own.verify(before.citizen(Rig.PERSON, Duration.ofMinutes(5))));
        now.set(NOW.plusMillis(TokenVerifier.KEYS_AGE_MS));
        assertNull(own.verify(before.citizen(Rig.PERSON, Duration.ofMinutes(5))));
    }

    @Test
    void jwks_keysThatMayNotSign_passedOver() throws GeneralSecurityException, JoseException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024);
        String good = jwk(rsa.getPublic());
        for (String key : List.of(
                jwk(generator.generateKeyPair().getPublic()),
                jwk(EcJwkGenerator.generateJwk(EllipticCurves.P384).getKey()),
                jwk(OkpJwkGenerator.generateJwk("Ed448").getKey()),
                jwk(OkpJwkGenerator.generateJwk("X25519").getKey()),
                good.replace("\"kid\":\"a\",", ""),
                good.replace("{", "{\"use\":\"enc\","),
                good.replace("{", "{\"alg\":\"PS256\","),
                good.replace("\"n\"", "\"m\""),
                good.replace("{", "{\"alg\":\"RS256\",\"alg\":\"RS256\","),
                good + "," + good,
                "7")) {
            byte[] set = ("{\"keys\":[" + key + "]}").getBytes(StandardCharsets.UTF_8);
            assertThrows(IOException.class, () -> Jwks.parse(set, "jwks.json"), key);
        }
    }

    private static String jwk(Key key) throws JoseException {
        JsonWebKey jwk = JsonWebKey.Factory.newJwk(key);
        jwk.setKeyId("a");
        return jwk.toJson();
    }

    @Test
    void demoIssuer_keySet_holdsNoPrivateKey() {
        assertFalse(demo.jwks().contains("\"d\""));
    }

    @Test
    void jwks_unusable_refusedWithLocation() {
        for (String text :
                List.of("", "[]", "{\"keys\":[]}", "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"AA\"}]}")) {
            IOException refused = assertThrows(
                    IOException.class, () -> Jwks.parse(text.getBytes(StandardCharsets.UTF_8), "jwks.json"));
            assertEquals(0, String.valueOf(refused.getMessage()).indexOf("jwks.json"));
        }
    }

    @Test
    void jwks_url_httpsOrLoopbackOnly() {
        assertEquals(
                List.of(true, true, true, false, false, false),
                List.of(
                                "https://id.example/jwks",
                                "http://127.0.0.1:9/jwks",
                                "http://[::1]/jwks",
                                "http://id.example/jwks",
                                "file:///etc/passwd",
                                "://")
                        .stream()
                        .map(Jwks::safe)
                        .toList());
    }
}
