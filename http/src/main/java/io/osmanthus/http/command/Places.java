package io.osmanthus.http.command;

import io.osmanthus.http.ServerConfig;
import io.osmanthus.snapshots.Trust;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where configuration and snapshots are: options that several commands share. */
final class Places {
    @Option(
            names = "--config",
            paramLabel = "DIR",
            defaultValue = "config",
            description = "The configuration; default ${DEFAULT-VALUE}.")
    private Path config = Path.of("config");

    @Option(
            names = "--store",
            paramLabel = "DIR",
            description = "The snapshot store; default: the one that server.yaml names.")
    private @Nullable Path store;

    private @Nullable ServerConfig server;

    Path config() {
        return config;
    }

    ServerConfig server() {
        ServerConfig read = server;
        if (read == null) {
            read = ServerConfig.load(config);
            read = store == null ? read : read.withStore(store);
            server = read;
        }
        return read;
    }

    Path store() {
        return store == null
                ? server().store()
                : store; // where it is given, commands without a server need no server.yaml
    }

    /** What is believed here: this key, this builder; unsigned snapshots in a demonstration only. */
    Trust trust(Secrets secrets) {
        return Trust.of(secrets.pseudonymKey(), secrets.verifyKey(), server().demonstration());
    }
}
