package io.osmanthus.http.command;

import ch.qos.logback.classic.pattern.ThrowableHandlingConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

/** {@code %place} of the text form: an exception's kind and place without its message. Made by logback. */
public final class LogPlace extends ThrowableHandlingConverter {
    @Override
    public String convert(ILoggingEvent event) {
        return event.getThrowableProxy() == null ? "" : LogFields.place(event.getThrowableProxy()) + "\n";
    }
}
