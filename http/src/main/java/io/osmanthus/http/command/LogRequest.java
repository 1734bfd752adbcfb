package io.osmanthus.http.command;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.osmanthus.http.Trace;

/** {@code %request} of the text form: the request and the trace that a line belongs to. Made by logback. */
public final class LogRequest extends ClassicConverter {
    @Override
    public String convert(ILoggingEvent event) {
        Trace trace = Trace.current();
        if (trace == null) {
            return "";
        }
        return " [" + trace.requestId() + (trace.traceId() == null ? "" : " trace " + trace.traceId()) + "]";
    }
}
