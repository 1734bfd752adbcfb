package io.osmanthus.http.command;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import com.fasterxml.jackson.core.JsonGenerator;
import io.osmanthus.http.Trace;
import java.io.IOException;
import net.logstash.logback.composite.AbstractJsonProvider;
import org.slf4j.event.KeyValuePair;

/**
 * What our log lines have in JSON beyond the usual: of which request they are, and an exception's kind and place without its
 * message, which may quote what a client sent. Made by logback; public for that alone.
 */
public final class LogFields extends AbstractJsonProvider<ILoggingEvent> {
    private static final int FRAMES_MAX = 12;

    @Override
    public void writeTo(JsonGenerator json, ILoggingEvent event) throws IOException {
        boolean named = false;
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                named |= pair.key.equals("request_id");
                json.writeStringField(pair.key, String.valueOf(pair.value));
            }
        }
        Trace trace = Trace.current();
        if (trace != null) {
            if (!named) {
                json.writeStringField("request_id", trace.requestId());
            }
            if (trace.traceId() != null) {
                json.writeStringField("trace_id", trace.traceId());
                json.writeStringField("parent_id", trace.parentId());
            }
        }
        if (event.getThrowableProxy() != null) {
            json.writeStringField("exception", place(event.getThrowableProxy()));
        }
    }

    /** The kind of an exception and where it came from, and those of its causes. */
    static String place(IThrowableProxy thrown) {
        StringBuilder place = new StringBuilder();
        IThrowableProxy at = thrown;
        for (int depth = 0; at != null && depth < FRAMES_MAX; depth++) {
            place.append(depth == 0 ? "" : "\ncaused by ").append(at.getClassName());
            StackTraceElementProxy[] frames = at.getStackTraceElementProxyArray();
            for (int i = 0; frames != null && i < frames.length && i < FRAMES_MAX; i++) {
                place.append("\n    at ").append(frames[i].getStackTraceElement());
            }
            at = at.getCause();
        }
        return place.toString();
    }
}
