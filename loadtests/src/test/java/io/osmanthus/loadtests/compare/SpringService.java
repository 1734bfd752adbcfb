package io.osmanthus.loadtests.compare;

import io.osmanthus.http.ApiKey;
import io.osmanthus.loadtests.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The service a city would otherwise write: {@code src/compare/spring-redis}, built by Maven as its documentation says, one
 * executable jar in a process of its own.
 */
final class SpringService implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("ready on (http://\\S+)");

    private final Process process;
    private final String address;

    private SpringService(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /** Builds the jar; Maven fetches Spring where it is not there yet. */
    static Path build() throws IOException, InterruptedException {
        Path project =
                ChildJvm.root().resolve("loadtests/src/compare/spring-redis").toAbsolutePath();
        Path target = ChildJvm.root().resolve("loadtests/target/spring-redis").toAbsolutePath();
        Shell.run(List.of(
                "mvn",
                "-q",
                "-B",
                "-f",
                project.resolve("pom.xml").toString(),
                "package",
                "-DskipTests",
                "-Dchecks.target=" + target));
        return target.resolve("checks.jar");
    }

    static SpringService start(Path jar, int redisPort, String apiKey, String xmx) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + xmx,
                "-jar",
                jar.toString());
        ProcessBuilder builder = new ProcessBuilder(Shell.pinned("serverCpu", command)).redirectErrorStream(true);
        builder.environment().put("REDIS_PORT", String.valueOf(redisPort));
        builder.environment().put("CHECKS_PSEUDONYM_KEY", OsmanthusNode.PSEUDONYM_KEY);
        builder.environment().put("CHECKS_API_KEY_SHA256", ApiKey.sha256(apiKey));
        Process process = builder.start();
        BufferedReader output = process.inputReader();
        StringBuilder said = new StringBuilder();
        String line = output.readLine();
        while (line != null) {
            said.append(line).append('\n');
            Matcher ready = READY.matcher(line);
            if (ready.find()) {
                return new SpringService(process, ready.group(1));
            }
            line = output.readLine();
        }
        Shell.end(process);
        throw new IOException("the Spring service did not start:\n" + said);
    }

    String address() {
        return address;
    }

    long residentBytes() throws IOException {
        return Shell.residentBytes(process);
    }

    @Override
    public void close() {
        Shell.end(process);
    }
}
