package io.osmanthus.http.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is shipped beside the program, judged by the tools that it is for. CI has them; elsewhere a test says what is missing. */
final class DeploymentTest {
    private static final Path CONFIG = Program.root().resolve("config");

    @TempDir
    private Path directory;

    private record Run(int exit, String output) {}

    /** Runs a tool. */
    private Run run(List<String> command) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), command + " does not end");
        return new Run(process.exitValue(), Files.readString(output));
    }

    private static void need(String tool, String debianPackage) {
        boolean there = Stream.of("/usr/bin", "/usr/local/bin", "/bin")
                .anyMatch(path -> Files.isExecutable(Path.of(path, tool)));
        String reason = tool + " is not installed (Debian: " + debianPackage + ")";
        if (!there && "true".equals(System.getenv("CI"))) {
            fail(reason + ", and CI must have it");
        }
        if (!there) {
            System.out.println("skipped: " + reason);
        }
        Assumptions.assumeTrue(there, reason);
    }

    @Test
    void alerts_promtool_findsThemSound_andTheirTestsPass() throws Exception {
        need("promtool", "prometheus");
        Run check = run(List.of(
                "promtool",
                "check",
                "rules",
                CONFIG.resolve("prometheus/alerts.yaml").toString()));
        assertEquals(0, check.exit(), check.output());
        Run test = run(List.of(
                "promtool",
                "test",
                "rules",
                CONFIG.resolve("prometheus/alerts_test.yaml").toString()));
        assertEquals(0, test.exit(), test.output());
    }

    /** The test above can fail: a threshold ten times as high is noticed. */
    @Test
    void alerts_thresholdMoved_testsFail() throws Exception {
        need("promtool", "prometheus");
        String alerts = Files.readString(CONFIG.resolve("prometheus/alerts.yaml"));
        Files.writeString(
                directory.resolve("alerts.yaml"),
                alerts.replace("osmanthus_ledger_unheard_seconds > 15", "osmanthus_ledger_unheard_seconds > 150"));
        Files.copy(CONFIG.resolve("prometheus/alerts_test.yaml"), directory.resolve("alerts_test.yaml"));
        Run test = run(List.of(
                "promtool",
                "test",
                "rules",
                directory.resolve("alerts_test.yaml").toString()));
        assertNotEquals(0, test.exit(), test.output());
    }

    /** The program's place is not there on a machine that builds: everything else is judged. */
    @Test
    void unit_systemd_findsItSound_andHardened() throws Exception {
        need("systemd-analyze", "systemd");
        Path unit = directory.resolve("osmanthus.service");
        Files.writeString(
                unit,
                Files.readString(CONFIG.resolve("systemd/osmanthus.service"))
                        .replace("/opt/osmanthus/bin/java", "/bin/true"));
        Run verified = run(List.of("systemd-analyze", "verify", "--man=no", unit.toString()));
        assertEquals(0, verified.exit(), verified.output());
        assertEquals("", verified.output().strip());
        Run security = run(List.of("systemd-analyze", "security", "--offline=true", "--threshold=20", unit.toString()));
        assertEquals(0, security.exit(), security.output());
    }

    /** The container makes what CI starts. */
    @Test
    void container_stepsAreThoseOfTheScript() throws IOException {
        String file = Files.readString(CONFIG.resolve("container/Containerfile"));
        assertTrue(file.contains("image.sh /build/osmanthus.jar /opt/osmanthus"), file);
        assertTrue(Files.isExecutable(CONFIG.resolve("container/image.sh")));
        assertTrue(Files.readString(Program.root().resolve(".ci/run")).contains("config/container/try.sh"));
    }
}
