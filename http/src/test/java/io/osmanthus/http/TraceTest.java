package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TraceTest {
    private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";

    @Test
    void traceparent_sound_taken() {
        for (String text : List.of(
                "00-" + ID + "-" + PARENT + "-01",
                "00-" + ID + "-" + PARENT + "-00",
                "cc-" + ID + "-" + PARENT + "-01-more")) {
            Trace trace = Trace.of(text);
            assertEquals(ID, trace.traceId(), text);
            assertEquals(PARENT, trace.parentId(), text);
        }
    }

    /** As the standard says it: an unsound one is as good as none. */
    @Test
    void traceparent_unsound_dropped() {
        for (String text : List.of(
                "",
                "00",
                "00-" + ID + "-" + PARENT,
                "00-" + ID + "-" + PARENT + "-01-more",
                "00-" + ID + "-" + PARENT + "-011",
                "ff-" + ID + "-" + PARENT + "-01",
                "00-" + "0".repeat(32) + "-" + PARENT + "-01",
                "00-" + ID + "-" + "0".repeat(16) + "-01",
                "00-" + ID.toUpperCase(java.util.Locale.ROOT) + "-" + PARENT + "-01",
                "00_" + ID + "-" + PARENT + "-01",
                "0g-" + ID + "-" + PARENT + "-01",
                "00-320508189001010017320508189001010-" + PARENT + "-01")) {
            Trace trace = Trace.of(text);
            assertNull(trace.traceId(), text);
            assertNull(trace.parentId(), text);
        }
    }

    @Test
    void answers_haveARequestId_andProblemsTheSameAsInstance() throws IOException {
        try (Rig rig = Rig.start()) {
            Wire.Answer scenes = rig.get("/v1/scenes", null);
            String id = Objects.requireNonNull(scenes.header("Osmanthus-Request-Id"));
            assertTrue(id.matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"), id);
            assertNotEquals(id, rig.get("/v1/scenes", null).header("Osmanthus-Request-Id"));
            for (Wire.Answer refused : List.of(
                    rig.get("/v1/nowhere", null),
                    rig.get("/v1/me/score", "x"),
                    rig.check("gate", "parking", Rig.subject("card", Rig.CARD)),
                    rig.check("gate", "transit", "{"))) {
                String own = Objects.requireNonNull(refused.header("Osmanthus-Request-Id"));
                assertTrue(refused.body().contains("\"instance\":\"urn:uuid:" + own + "\""), refused.body());
            }
            assertNull(
                    rig.check("gate", "transit", Rig.subject("card", Rig.CARD)).header("Osmanthus-Request-Id"));
        }
    }
}
