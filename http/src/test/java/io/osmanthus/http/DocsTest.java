package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract as a page: what is served, and what a real browser makes of it. */
class DocsTest {
    private static final Path BROWSER = Path.of("/usr/bin/chromium");
    private static Rig rig;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() throws IOException {
        rig = Rig.start();
    }

    @AfterAll
    static void stop() throws IOException {
        rig.close();
    }

    @Test
    void page_everythingItNames_servedFromHereUnderAStrictPolicy() throws IOException {
        Wire.Answer page = rig.get("/docs", null);
        assertEquals(200, page.status());
        assertEquals("text/html; charset=utf-8", page.header("content-type"));
        assertTrue(page.body().contains("示范"), "a demonstration is marked");
        Matcher named = Pattern.compile("(?:src|href)=\"([^\"]+)\"").matcher(page.body());
        int count = 0;
        while (named.find()) {
            count++;
            String path = named.group(1);
            assertTrue(path.startsWith("/") && !path.startsWith("//"), path);
            Wire.Answer asset = rig.get(path, null);
            assertEquals(200, asset.status(), path);
            if (path.startsWith("/docs/")) {
                assertEquals("nosniff", asset.header("x-content-type-options"));
            }
        }
        assertEquals(5, count);
        String policy = Objects.requireNonNull(page.header("content-security-policy"));
        assertTrue(policy.startsWith("default-src 'none'"), policy);
        assertFalse(policy.contains("unsafe") || policy.contains("http"), policy);
        for (String path : List.of("/docs/index.html", "/docs/..%2fopenapi.yaml", "/docs/swagger-ui.css.map")) {
            assertEquals(404, rig.get(path, null).status(), path);
        }
    }

    @Test
    void page_inABrowser_showsEveryRouteAndBreaksNoPolicy() throws IOException, InterruptedException {
        boolean there = Files.isExecutable(BROWSER);
        if (!there) {
            System.out.println("DocsTest: no " + BROWSER + " here, the page is not looked at");
        }
        assumeTrue(there, "no " + BROWSER);
        Path dom = directory.resolve("dom.html");
        Path log = directory.resolve("log.txt");
        Process browser = new ProcessBuilder(
                        BROWSER.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--user-data-dir=" + directory.resolve("profile"),
                        "--enable-logging=stderr",
                        "--virtual-time-budget=30000",
                        "--timeout=60000",
                        "--dump-dom",
                        "http://127.0.0.1:" + rig.port() + "/docs")
                .redirectOutput(dom.toFile())
                .redirectError(log.toFile())
                .start();
        try {
            assertTrue(browser.waitFor(120, TimeUnit.SECONDS), "the browser came to no end");
        } finally {
            browser.destroyForcibly();
        }
        String html = Files.readString(dom);
        String console = Files.readString(log);
        assertFalse(console.contains("Content Security Policy"), console);
        assertFalse(console.contains("Uncaught"), console);
        Map<String, String> shown = new java.util.TreeMap<>();
        Matcher paths = Pattern.compile("data-path=\"([^\"]+)\"").matcher(html);
        while (paths.find()) {
            shown.put(paths.group(1), "");
        }
        for (Route route : Route.values()) {
            assertTrue(shown.containsKey(route.path()), route.path() + " is not on the page: " + shown.keySet());
        }
        assertFalse(html.contains("try-out__btn"), "nothing can be sent from the page");
    }
}
