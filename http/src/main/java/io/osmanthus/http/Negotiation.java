package io.osmanthus.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether a request speaks JSON and takes JSON. The usual headers are recognised without allocation. */
final class Negotiation {
    private static final String JSON = "application/json";

    private Negotiation() {}

    /** What is wrong with the headers of a request whose body should be JSON; null where nothing is. */
    static @Nullable Problem refusal(HttpServerRequest request) {
        if (!json(request.headers().get(HttpHeaders.CONTENT_TYPE))) {
            return Problem.MEDIA_TYPE;
        }
        String encoding = request.headers().get(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            return Problem.MEDIA_TYPE;
        }
        return acceptable(request.headers().get(HttpHeaders.ACCEPT)) ? null : Problem.NOT_ACCEPTABLE;
    }

    private static boolean json(@Nullable String type) {
        if (type == null) {
            return false;
        }
        if (type.equals(JSON)) {
            return true;
        }
        String[] parts = type.toLowerCase(Locale.ROOT).split(";", -1);
        if (!parts[0].strip().equals(JSON)) {
            return false;
        }
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].replace("\"", "").replace(" ", "");
            if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
                return false;
            }
        }
        return true;
    }

    /** Whether an {@code Accept} header lets JSON through. */
    static boolean acceptable(@Nullable String accept) {
        return acceptable(accept, JSON);
    }

    /** Whether an {@code Accept} header lets a type through: absent does, and so does any range with a weight above 0. */
    static boolean acceptable(@Nullable String accept, String type) {
        if (accept == null || accept.equals("*/*") || accept.equals(type)) {
            return true;
        }
        String every = type.substring(0, type.indexOf('/') + 1) + "*";
        int best = 0;
        boolean taken = false;
        for (String range : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = range.split(";", -1);
            String named = parts[0].strip();
            int precision = named.equals(type) ? 3 : named.equals(every) ? 2 : named.equals("*/*") ? 1 : 0;
            if (precision > best) {
                best = precision;
                taken = weighted(parts);
            }
        }
        return taken;
    }

    private static boolean weighted(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            if (parameter.startsWith("q=")) {
                return !parameter.substring(2).strip().matches("0(\\.0{0,3})?");
            }
        }
        return true;
    }
}
