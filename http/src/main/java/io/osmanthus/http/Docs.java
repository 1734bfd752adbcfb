package io.osmanthus.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The contract as a page: Swagger UI from its WebJar over {@code /openapi.yaml}. Everything comes from this server, nothing
 * from outside, and nothing can be sent from the page. Held in memory; immutable.
 */
final class Docs {
    /** That of the parent pom ({@code swagger-ui.version}): it stands in the WebJar's paths. */
    private static final String VERSION = "5.34.1";

    private static final String WEBJAR = "/META-INF/resources/webjars/swagger-ui/" + VERSION + "/";
    private static final String MARK = "<!--demonstration-->";
    private static final String DEMONSTRATION =
            "<p class=\"note demonstration\">示范 · A demonstration: nothing here is official.</p>";

    /** Scripts and styles of this server only; styles that scripts set are no attributes, and need no exception. */
    private static final CharSequence POLICY = HttpHeaders.createOptimized(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");

    private static final CharSequence CONTENT_SECURITY_POLICY = HttpHeaders.createOptimized("Content-Security-Policy");
    private static final CharSequence CONTENT_TYPE_OPTIONS = HttpHeaders.createOptimized("X-Content-Type-Options");
    private static final CharSequence NOSNIFF = HttpHeaders.createOptimized("nosniff");
    private static final CharSequence REFERRER_POLICY = HttpHeaders.createOptimized("Referrer-Policy");
    private static final CharSequence NO_REFERRER = HttpHeaders.createOptimized("no-referrer");
    private static final CharSequence AN_HOUR = HttpHeaders.createOptimized("public, max-age=3600");

    private record Asset(String type, Buffer body) {}

    private final Asset page;
    private final Map<String, Asset> assets;

    private Docs(Asset page, Map<String, Asset> assets) {
        this.page = page;
        this.assets = assets;
    }

    /** Reads page and assets from the jar. */
    static Docs load(boolean demonstration) {
        String html = new String(resource("/docs/index.html"), StandardCharsets.UTF_8)
                .replace(MARK, demonstration ? DEMONSTRATION : "");
        return new Docs(
                new Asset("text/html; charset=utf-8", Buffer.buffer(html)),
                Map.of(
                        "docs.js", script(resource("/docs/docs.js")),
                        "docs.css", style(resource("/docs/docs.css")),
                        "swagger-ui-bundle.js", script(resource(WEBJAR + "swagger-ui-bundle.js")),
                        "swagger-ui.css", style(resource(WEBJAR + "swagger-ui.css"))));
    }

    /** Answers the page. */
    void page(HttpServerResponse response) {
        answer(response, page);
    }

    /** Answers one of the page's scripts and styles, or 404. */
    void asset(HttpServerResponse response, @Nullable String name) {
        Asset asset = name == null ? null : assets.get(name);
        if (asset == null) {
            Reply.problem(response, Problem.NOT_FOUND);
            return;
        }
        response.putHeader(HttpHeaders.CACHE_CONTROL, AN_HOUR);
        answer(response, asset);
    }

    private static void answer(HttpServerResponse response, Asset asset) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, asset.type());
        response.putHeader(CONTENT_SECURITY_POLICY, POLICY);
        response.putHeader(CONTENT_TYPE_OPTIONS, NOSNIFF);
        response.putHeader(REFERRER_POLICY, NO_REFERRER);
        Reply.end(response, asset.body());
    }

    private static Asset script(byte[] body) {
        return new Asset("text/javascript; charset=utf-8", Buffer.buffer(body));
    }

    private static Asset style(byte[] body) {
        return new Asset("text/css; charset=utf-8", Buffer.buffer(body));
    }

    private static byte[] resource(String name) {
        try (InputStream in = Docs.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read from the jar", e);
        }
    }
}
