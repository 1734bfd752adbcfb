package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The small parts of intake, each against a plain model or its limits. */
final class PiecesTest {
    @Test
    void keySet_manyKeys_sameAsAHashMapAndSortedAsSqlSorts() {
        Random random = Seed.random("PiecesTest");
        KeySet set = new KeySet();
        Map<String, Integer> model = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            long high = random.nextInt(8) == 0 ? random.nextInt(3) - 1 : random.nextLong();
            long low = random.nextInt(8) == 0 ? random.nextInt(400) : random.nextLong();
            Integer known = model.putIfAbsent(high + ":" + low, set.size());
            assertEquals(known == null ? model.size() - 1 : -1, set.add(high, low));
        }
        for (int i = 0; i < set.size(); i++) {
            assertEquals(i, set.find(set.high(i), set.low(i)));
        }
        assertEquals(-1, set.find(7, 1_000_000));
        int[] order = set.sorted();
        assertEquals(model.size(), order.length);
        for (int i = 1; i < order.length; i++) {
            long before = set.high(order[i - 1]);
            long here = set.high(order[i]);
            assertTrue(before < here || (before == here && set.low(order[i - 1]) < set.low(order[i])));
        }
        assertEquals(0, new KeySet().sorted().length);
    }

    @Test
    void utf8Scan_anyBytes_sameVerdictAsTheDecoder() {
        Random random = Seed.random("PiecesTest");
        for (int round = 0; round < 50_000; round++) {
            byte[] bytes = new byte[random.nextInt(8)];
            for (int i = 0; i < bytes.length; i++) {
                int[] favourites = {
                    0x41, 0x80, 0xBF, 0xC1, 0xC2, 0xE0, 0xA0, 0xED, 0x9F, 0xEF, 0xBD, 0xF0, 0x90, 0xF4, 0x8F, 0xF5, 0xFF
                };
                bytes[i] = (byte) favourites[random.nextInt(favourites.length)];
            }
            Utf8Scan scan = new Utf8Scan();
            int cut = bytes.length / 2;
            scan.accept(bytes, 0, cut);
            scan.accept(bytes, cut, bytes.length);
            scan.finish();
            assertEquals(valid(bytes), scan.faults == 0, () -> java.util.HexFormat.of()
                    .formatHex(bytes));
        }
    }

    private static boolean valid(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    @Test
    void words_manyWords_areFoundAndOthersNot() {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            words.add("词" + i);
        }
        Words dictionary = new Words(words);
        for (int i = 0; i < words.size(); i++) {
            assertEquals(i, dictionary.find(words.get(i)));
        }
        assertEquals(-1, dictionary.find("词"));
        assertEquals(-1, dictionary.find(""));
        assertEquals(-1, new Words(List.of()).find("x"));
    }

    @Test
    void mask_idsAndMobiles_becomeStarsAndAreCounted() {
        FreeText text = new FreeText();
        String id = DeliveryBuilder.PERSON;
        assertEquals("张某 " + "*".repeat(18) + "，电话" + "*".repeat(11), text.mask("张某 " + id + "，电话13812345678"));
        assertEquals("+86" + "*".repeat(11) + " 0086" + "*".repeat(11), text.mask("+8613812345678 008613812345678"));
        assertEquals("x" + "*".repeat(18) + "1", text.mask("x" + id + "1"));
        assertEquals(5, text.masked());
        for (String plain :
                List.of("", "113812345678", "138123456789", "12812345678", "9" + "1".repeat(17), "罚1380000000")) {
            assertEquals(plain, text.mask(plain));
        }
        assertEquals(5, text.masked());
    }

    @Test
    void lastAdultBirthday_onLeapDays() {
        assertAdult("2026-10-15", "2008-10-15");
        // Born on 29 February 2008: of age on 1 March 2026, not the day before.
        assertAdult("2026-02-28", "2008-02-28");
        assertAdult("2026-03-01", "2008-03-01");
        assertAdult("2028-02-29", "2010-02-28");
    }

    private static void assertAdult(String asOf, String birthday) {
        assertEquals(
                java.time.LocalDate.parse(birthday).toEpochDay(),
                PersonJudge.lastAdultBirthday(java.time.LocalDate.parse(asOf), 18));
    }
}
