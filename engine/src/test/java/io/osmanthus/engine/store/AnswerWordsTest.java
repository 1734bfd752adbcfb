package io.osmanthus.engine.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class AnswerWordsTest {
    @Test
    void set_firstAndLast_keepTheirWords() {
        try (AnswerWords words = AnswerWords.create(3)) {
            words.set(0, -1);
            words.set(2, 0x123456789ABCDEFL);
            assertEquals(-1, words.get(0));
            assertEquals(0, words.get(1));
            assertEquals(0x123456789ABCDEFL, words.get(2));
        }
    }

    @Test
    void get_outsideTheCapacity_fails() {
        try (AnswerWords words = AnswerWords.create(3)) {
            assertThrows(RuntimeException.class, () -> words.get(3));
            assertThrows(RuntimeException.class, () -> words.get(-1));
            assertThrows(RuntimeException.class, () -> words.set(3, 1));
            assertThrows(RuntimeException.class, () -> words.set(-1, 1));
        }
    }

    @Test
    void get_afterClose_fails() {
        AnswerWords words = AnswerWords.create(3);
        words.close();
        assertThrows(RuntimeException.class, () -> words.get(0));
        assertThrows(RuntimeException.class, () -> words.set(0, 1));
    }
}
