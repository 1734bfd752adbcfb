package io.osmanthus.http.command;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import io.osmanthus.http.ServerConfig;
import java.net.URL;
import java.util.Objects;
import org.slf4j.LoggerFactory;

/** In which form this process writes its log. */
final class Logs {
    private static final String JSON = "/logback-json.xml";

    private Logs() {}

    /** Text is what a process begins with; JSON takes its place once {@code server.yaml} has been read. */
    static void use(ServerConfig.Log form) {
        if (form == ServerConfig.Log.TEXT || !(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return;
        }
        URL file = Objects.requireNonNull(Logs.class.getResource(JSON), JSON);
        context.reset();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        try {
            configurator.doConfigure(file);
        } catch (JoranException e) {
            throw new IllegalStateException("the log cannot be written as JSON: " + e.getMessage(), e);
        }
    }
}
