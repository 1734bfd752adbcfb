package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class ReaderPoolTest {
    private final City city = new City(Rig.RULES);

    @Test
    void giveBack_afterClose_takesHoldOfNothing() {
        city.publish(1, Rig.words());
        ReaderPool pool = new ReaderPool(city, 2);
        Answers answers = pool.borrow();
        assertNotNull(answers);
        answers.advance();
        assertEquals(1, city.readersAt(1));
        pool.close();
        pool.giveBack(answers);
        assertEquals(0, city.readersAt(1));
        assertNull(pool.borrow());
    }
}
