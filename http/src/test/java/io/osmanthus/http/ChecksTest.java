package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.engine.rules.SceneRule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ChecksTest {
    private static final String PATH = "/v1/scenes/transit/checks";
    private static Rig rig;

    @BeforeAll
    static void start() throws IOException {
        rig = Rig.start();
    }

    @AfterAll
    static void stop() throws IOException {
        rig.close();
        assertEquals(0, rig.city.openReaders.get(), "readers let go");
        rig.city.publish(9, Rig.words());
    }

    private static String known() {
        return "{\"benefit\":\"" + Rig.benefit("transit", 1) + "\",\"ttl_seconds\":60}";
    }

    @Test
    void check_knownToken_benefitWithTtl() throws IOException {
        Wire.Answer answer = rig.check("gate", "transit", Rig.subject("card", Rig.CARD));
        assertEquals(200, answer.status(), answer.body());
        assertEquals(known(), answer.body().strip());
        assertEquals("application/json", answer.header("content-type"));
        assertEquals("no-store", answer.header("cache-control"));
    }

    @Test
    void check_noneOrUnknown_sameHeadAndLengthAsBenefit() throws IOException {
        Wire.Answer benefit = rig.check("gate", "transit", Rig.subject("card", Rig.CARD));
        for (String body :
                List.of(Rig.subject("card", "nobody"), Rig.subject("plate", Rig.PLATE), Rig.subject("app", Rig.CARD))) {
            Wire.Answer none = rig.check("gate", "transit", body);
            assertEquals("{\"benefit\":null,\"ttl_seconds\":0}", none.body().strip());
            assertEquals(benefit.head(), none.head());
            assertEquals(benefit.body().length(), none.body().length());
        }
    }

    @Test
    void check_writtenOtherwise_sameToken() throws IOException {
        String plate = "{\"benefit\":\"" + Rig.benefit("parking", 2) + "\",\"ttl_seconds\":60}";
        for (String token : List.of(
                "苏E12345", "苏e-123 45", "\\u82cfE12345", "苏Ｅ１２３４５", "\\u82CF\\uFF25-12\\u3000345", "苏E12\\t345")) {
            Wire.Answer answer = rig.check("garage", "parking", Rig.subject("plate", token));
            assertEquals(plate, answer.body().strip(), token);
        }
        String keys = "{ \"t\\u006fken\" : \"" + Rig.CARD + "\" ,\n\t\"scheme\":\"c\\u0061rd\" } \r\n";
        assertEquals(known(), rig.check("gate", "transit", keys).body().strip());
    }

    @Test
    void check_organisationScene_takesUsccOnly() throws IOException {
        Wire.Answer answer = rig.check("counter", "approvals", Rig.subject("uscc", Rig.USCC));
        assertTrue(answer.body().startsWith("{\"benefit\":\"" + Rig.benefit("approvals", 1)), answer.body());
        for (String body : List.of(Rig.subject("uscc", Rig.USCC), Rig.subject("person", Rig.PERSON))) {
            assertEquals(400, rig.check("gate", "transit", body).status());
        }
        assertEquals(
                400,
                rig.check("counter", "approvals", Rig.subject("card", Rig.CARD)).status());
    }

    @Test
    void check_malformed_400WithPointerAndWithoutToken() throws IOException {
        String sound = "\"scheme\":\"card\",\"token\":\"SECRET-99\"";
        for (String body : List.of(
                "",
                "{",
                "[]",
                "null",
                "{}",
                "{\"scheme\":\"card\"}",
                "{\"token\":\"SECRET-99\"}",
                "{" + sound,
                "{" + sound + "}x",
                "{" + sound + ",}",
                "{" + sound + ",\"token\":\"SECRET-99\"}",
                "{" + sound + ",\"line\":\"1\"}",
                Rig.subject("passport", "SECRET-99"),
                "{\"scheme\":7,\"token\":\"SECRET-99\"}",
                "{\"scheme\":\"card\",\"token\":7}",
                Rig.subject("card", ""),
                Rig.subject("card", " - "),
                Rig.subject("card", "\\ud800SECRET"),
                Rig.subject("card", "SECRET\n"),
                Rig.subject("card", "SECRET\\x41"),
                "\ufeff{" + sound + "}",
                Rig.subject("card", "9".repeat(SubjectParser.TOKEN_BYTES_MAX + 1)))) {
            Wire.Answer answer = rig.check("gate", "transit", body);
            assertEquals(400, answer.status(), body);
            assertEquals("application/problem+json", answer.header("content-type"));
            assertTrue(answer.body().contains("\"pointer\":"), answer.body());
            assertFalse(answer.body().contains("SECRET"), answer.body());
        }
        String longest = Rig.subject("card", "9".repeat(SubjectParser.TOKEN_BYTES_MAX));
        assertEquals(200, rig.check("gate", "transit", longest).status());
    }

    @Test
    void check_invalidUtf8_400() throws IOException {
        for (byte[] bad : List.of(
                new byte[] {(byte) 0xC0, (byte) 0x80},
                new byte[] {(byte) 0xE0, (byte) 0x80, (byte) 0x80},
                new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
                new byte[] {(byte) 0xF5, (byte) 0x80, (byte) 0x80, (byte) 0x80},
                new byte[] {(byte) 0x80},
                new byte[] {(byte) 0xE8, (byte) 0x8B})) {
            byte[] head = "{\"scheme\":\"card\",\"token\":\"A".getBytes(StandardCharsets.UTF_8);
            byte[] body = Arrays.copyOf(head, head.length + bad.length + 2);
            System.arraycopy(bad, 0, body, head.length, bad.length);
            body[body.length - 2] = '"';
            body[body.length - 1] = '}';
            try (Wire wire = rig.wire()) {
                wire.send(Rig.request(
                        "POST",
                        PATH,
                        rig.key("gate"),
                        "Content-Type: application/json",
                        "Content-Length: " + body.length));
                wire.send(body);
                assertEquals(400, wire.answer().status(), Arrays.toString(bad));
            }
        }
    }

    @Test
    void check_splitAtEveryByte_sameAnswer() throws IOException {
        byte[] request =
                Rig.post(PATH, rig.key("gate"), Rig.subject("card", Rig.CARD)).getBytes(StandardCharsets.UTF_8);
        try (Wire wire = rig.wire()) {
            for (int cut = 1; cut < request.length; cut++) {
                wire.send(Arrays.copyOf(request, cut));
                wire.send(Arrays.copyOfRange(request, cut, request.length));
                assertEquals(known(), wire.answer().body().strip(), "cut at " + cut);
            }
            for (byte b : request) {
                wire.send(new byte[] {b});
            }
            assertEquals(known(), wire.answer().body().strip());
        }
    }

    @Test
    void check_pipelined_answersInOrder() throws IOException {
        StringBuilder requests = new StringBuilder();
        int count = 200;
        for (int i = 0; i < count; i++) {
            requests.append(
                    Rig.post(PATH, rig.key("gate"), Rig.subject("card", i % 3 == 0 ? Rig.CARD : "unknown-" + i)));
        }
        try (Wire wire = rig.wire()) {
            wire.send(requests.toString());
            for (int i = 0; i < count; i++) {
                Wire.Answer answer = wire.answer();
                assertEquals(200, answer.status());
                assertEquals(i % 3 == 0, answer.body().contains(Rig.benefit("transit", 1)), "answer " + i);
            }
        }
    }

    @Test
    void check_chunked_sameAnswer() throws IOException {
        StringBuilder request = new StringBuilder(Rig.request(
                "POST",
                PATH,
                rig.key("gate"),
                "Content-Type: application/json; charset=UTF-8",
                "Transfer-Encoding: chunked"));
        for (char c : Rig.subject("card", Rig.CARD).toCharArray()) {
            request.append("1\r\n").append(c).append("\r\n");
        }
        request.append("0\r\n\r\n");
        try (Wire wire = rig.wire()) {
            wire.send(request.toString());
            assertEquals(known(), wire.answer().body().strip());
        }
    }

    @Test
    void check_expectContinue_answered() throws IOException {
        String body = Rig.subject("card", Rig.CARD);
        try (Wire wire = rig.wire()) {
            wire.send(Rig.request(
                    "POST",
                    PATH,
                    rig.key("gate"),
                    "Content-Type: application/json",
                    "Expect: 100-continue",
                    "Content-Length: " + body.length()));
            wire.send(body);
            assertEquals(known(), wire.answer().body().strip());
        }
    }

    @Test
    void check_otherMethodPathTypeOrAccept_405404415406() throws IOException {
        Wire.Answer get = rig.get(PATH, rig.key("gate"));
        assertEquals(405, get.status());
        assertEquals("POST", get.header("allow"));
        String body = Rig.subject("card", Rig.CARD);
        assertEquals(404, rig.check("gate", "no-such-scene", body).status());
        String plain = Rig.post(PATH, rig.key("gate"), body);
        for (String type :
                List.of("text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk")) {
            Wire.Answer answer = Wire.once(rig.port(), plain.replace("application/json", type));
            assertEquals(415, answer.status(), type);
        }
        assertEquals(415, with(plain, "Content-Encoding: gzip").status());
        assertEquals(406, with(plain, "Accept: text/html").status());
        assertEquals(406, with(plain, "Accept: application/json;q=0, text/html").status());
        assertEquals(200, with(plain, "Accept: text/html, application/*;q=0.5").status());
    }

    private static Wire.Answer with(String request, String header) throws IOException {
        return Wire.once(rig.port(), request.replace("Host:", header + "\r\nHost:"));
    }

    @Test
    void answers_allScenes_oneLengthEach() {
        for (SceneRule rule : Rig.RULES.scenes()) {
            SceneAnswers answers = new SceneAnswers(rule);
            Set<Integer> lengths = new HashSet<>();
            for (int code = 0; code <= rule.benefits().size(); code++) {
                lengths.add(answers.single(code).length());
            }
            assertEquals(
                    Set.of(answers.singleBytes()), lengths, rule.definition().id());
        }
    }
}
