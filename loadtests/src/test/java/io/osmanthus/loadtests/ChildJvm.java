package io.osmanthus.loadtests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The command of another JVM with this one's class path and the flags that Chronicle needs. */
public final class ChildJvm {
    private ChildJvm() {}

    /**
     * The command.
     *
     * @param flags more flags, such as -Xmx2g
     * @param properties system properties; empty ones are left out
     */
    public static List<String> command(
            List<String> flags, Map<String, String> properties, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        Stream.of(System.getProperty("osmanthus.jvm", "").split(" ", -1))
                .filter(flag -> !flag.isEmpty())
                .forEach(command::add);
        command.addAll(flags);
        properties.forEach((name, value) -> {
            if (!value.isEmpty()) {
                command.add("-D" + name + "=" + value);
            }
        });
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(arguments);
        return command;
    }

    /** The repository. */
    public static Path root() {
        return Path.of(System.getProperty("osmanthus.root", ".."));
    }
}
