package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.osmanthus.snapshots.Canonical;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of a match: organisations by code or by name, in order. */
record MatchRequest(List<Asked> organisations) {
    /** Longer codes are none; the standard has 18 characters. */
    static final int USCC_CHARACTERS_MAX = 64;

    static final int NAME_CHARACTERS_MAX = 200;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(JsonBytes.DEPTH_MAX)
                    .build())
            .build();

    /** One organisation asked for: by canonical code, or by name. One of the two is null. */
    record Asked(@Nullable String uscc, @Nullable String name) {}

    /** What came of a body: a request, or why not. */
    sealed interface Parsed {
        record Good(MatchRequest request) implements Parsed {}

        record Bad(Problem problem, Problem.Fault fault) implements Parsed {}
    }

    static Parsed parse(byte[] body, int length, ServerConfig.Limits limits) {
        List<Asked> organisations = new ArrayList<>();
        try (JsonParser json = FACTORY.createParser(body, 0, length)) {
            Parsed.Bad bad = read(json, organisations, limits.batchSubjectsMax());
            if (bad != null) {
                return bad;
            }
        } catch (JsonProcessingException e) {
            return malformed("", "is not well-formed JSON in UTF-8, repeats a key, or is nested too deep");
        } catch (IOException e) {
            return malformed("", "is not UTF-8");
        }
        if (organisations.isEmpty()) {
            return unacceptable("must be at least one organisation");
        }
        long names =
                organisations.stream().filter(asked -> asked.name() != null).count();
        if (names > limits.matchNamesMax()) {
            return unacceptable("must be at most " + limits.matchNamesMax() + " by name");
        }
        return new Parsed.Good(new MatchRequest(List.copyOf(organisations)));
    }

    private static Parsed.@Nullable Bad read(JsonParser json, List<Asked> organisations, int most) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT
                || !"organisations".equals(json.nextFieldName())
                || json.nextToken() != JsonToken.START_ARRAY) {
            return malformed("", "must be an object with 'organisations', a list, and nothing else");
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            String pointer = "/organisations/" + organisations.size();
            if (organisations.size() == most) {
                return unacceptable("must be at most " + most + " organisations");
            }
            Asked asked = json.currentToken() == JsonToken.START_OBJECT ? asked(json) : null;
            if (asked == null) {
                return malformed(pointer, "must be an object with either 'uscc' or 'name', a text that is not empty");
            }
            organisations.add(asked);
        }
        if (json.nextToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
            return malformed("", "must be an object with 'organisations', a list, and nothing else");
        }
        return null;
    }

    private static @Nullable Asked asked(JsonParser json) throws IOException {
        String key = json.nextFieldName();
        String text = key == null ? null : json.nextTextValue();
        if (key == null || text == null || json.nextToken() != JsonToken.END_OBJECT) {
            return null;
        }
        if (key.equals("uscc") && text.length() <= USCC_CHARACTERS_MAX) {
            String code = Canonical.of(text);
            return code.isEmpty() ? null : new Asked(code, null);
        }
        boolean name = key.equals("name") && !text.isBlank() && text.length() <= NAME_CHARACTERS_MAX;
        return name ? new Asked(null, text.strip()) : null;
    }

    private static Parsed.Bad malformed(String pointer, String detail) {
        return new Parsed.Bad(Problem.MALFORMED, new Problem.Fault(pointer, detail));
    }

    private static Parsed.Bad unacceptable(String detail) {
        return new Parsed.Bad(Problem.UNPROCESSABLE, new Problem.Fault("/organisations", detail));
    }
}
