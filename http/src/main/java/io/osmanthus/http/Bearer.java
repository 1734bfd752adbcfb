package io.osmanthus.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/** What a token says of itself, once it has been verified. Stateless. */
final class Bearer {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Bearer() {}

    /** Until when the token of an admitted request holds, in milliseconds since 1970-01-01; 0 where there is none. */
    static long expiresMs(HttpServerRequest request) {
        String header = request.headers().get(HttpHeaders.AUTHORIZATION);
        String[] parts = header == null ? new String[0] : header.split("\\.", -1);
        if (parts.length != 3) {
            return 0;
        }
        try {
            JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
            return TimeUnit.SECONDS.toMillis(claims.path("exp").asLong() + TokenVerifier.SKEW_SECONDS);
        } catch (IOException | IllegalArgumentException e) {
            return 0;
        }
    }
}
