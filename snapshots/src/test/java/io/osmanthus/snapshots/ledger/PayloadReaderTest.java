package io.osmanthus.snapshots.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One reader for payload after payload says what a tree of each says. */
final class PayloadReaderTest {
    private static final List<String> NAMES = IntStream.range(0, 24)
            .mapToObj(i -> i % 3 == 0 ? "字段" + i : "field_" + i)
            .toList();
    private static final int PAYLOADS = 20_000;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final PayloadReader reader = new PayloadReader();

    @Test
    void payloads_random_wholeAndBroken_areReadAsTreesAre() {
        System.out.println("PayloadReaderTest seed " + seed);
        for (int i = 0; i < PAYLOADS; i++) {
            byte[] whole = payload().bytes();
            if (random.nextInt(8) == 0) {
                // what is cut off is no object; what follows is read all the same
                byte[] cut = Arrays.copyOf(whole, random.nextInt(whole.length));
                assertSame(Payload.of(), reader.read(cut));
            }
            assertSame(Payload.parse(whole), reader.read(whole));
        }
    }

    @Test
    void payloads_notOfOurMaking_areReadAsTreesAre() {
        for (String text : List.of(
                "",
                " ",
                "null",
                "17",
                "\"field_1\"",
                "[{\"field_1\":1}]",
                "{\"field_1\":1",
                "{\"field_1\"",
                "{\"field_1\":[\"a\"",
                "{\"field_1\":{\"field_2\":[",
                "{\"field_1\":1,}",
                "{field_1:1}",
                "{\"field_1\":nul}",
                "{}",
                " {\"field_1\" : \"a\\u4e2d\\n\" , \"field_2\" : 9223372036854775807 } ",
                "{\"field_1\":\"12\",\"field_2\":\"x\",\"field_4\":2.75,\"field_5\":null}",
                "{\"field_1\":1,\"field_1\":2}",
                "{\"field_1\":{\"field_2\":[1,{}]},\"field_2\":\"b\",\"field_4\":[[],{\"a\":1},\"c\",5]}",
                "{\"field_1\":1}{\"field_1\":2}")) {
            assertSame(Payload.parse(text.getBytes(UTF_8)), reader.read(text.getBytes(UTF_8)), text);
            byte[] next = Payload.of().with("field_2", "next").bytes();
            assertSame(Payload.parse(next), reader.read(next), "after " + text);
        }
    }

    private Payload payload() {
        Payload payload = Payload.of();
        for (int i = random.nextInt(NAMES.size()); i > 0; i--) {
            String name = NAMES.get(random.nextInt(NAMES.size()));
            switch (random.nextInt(4)) {
                case 0 -> payload.with(name, random.nextLong() >> random.nextInt(64));
                case 1 -> payload.with(name, text());
                case 2 -> payload.withDay(name, random.nextInt(40_000));
                default ->
                    payload.with(
                            name,
                            IntStream.range(0, random.nextInt(4))
                                    .mapToObj(j -> text())
                                    .toList());
            }
        }
        return payload;
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.appendCodePoint(
                    random.nextBoolean() ? 'a' + random.nextInt(26) : " \"\\\n\t桂花😀".codePointAt(random.nextInt(7)));
        }
        return text.toString();
    }

    private static void assertSame(Payload expected, PayloadReader found) {
        assertSame(expected, found, new String(expected.bytes(), UTF_8));
    }

    private static void assertSame(Payload expected, PayloadReader found, String what) {
        for (String name : NAMES) {
            assertEquals(expected.has(name), found.has(name), what);
            assertEquals(expected.text(name), found.text(name), what);
            assertEquals(expected.number(name), found.number(name), what);
            assertEquals(expected.texts(name), found.texts(name), what);
            assertEquals(expected.day(name), found.day(name), what);
        }
    }
}
