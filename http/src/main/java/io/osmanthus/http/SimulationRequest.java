package io.osmanthus.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.osmanthus.engine.Supposed;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The body of a simulation: records to leave out, records to suppose, the day.
 *
 * @param without ids of records, in the order given
 * @param with supposed to have occurred on {@code on}
 */
record SimulationRequest(
        List<String> without, List<With> with, @Nullable LocalDate on) {
    /** A body holds {@link #WITHOUT_MAX} ids and {@link Supposed#COUNT_MAX} records, generously. */
    static final int BODY_BYTES_MAX = 128 << 10;

    static final int WITHOUT_MAX = 1_000;

    /** How far the day may lie from that of the generation, in years: no adverse record lasts longer. */
    static final int YEARS_MAX = 5;

    private static final int ID_CHARACTERS_MAX = 128;
    private static final int NUMBER_CHARACTERS_MAX = 32;
    private static final int DECIMALS_MAX = 2;
    private static final BigDecimal QUANTITY_MAX = BigDecimal.valueOf(10_000_000_000L);
    private static final BigDecimal UNHEARD_OF = BigDecimal.ONE.negate();

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(JsonBytes.DEPTH_MAX)
                    .maxNumberLength(NUMBER_CHARACTERS_MAX)
                    .build())
            .build();

    /** A record that is supposed: the word of its item, and how much of it. */
    record With(String item, @Nullable BigDecimal quantity) {}

    /** What came of a body: a request, or why not. */
    sealed interface Parsed {}

    /** A body that was understood. */
    record Good(SimulationRequest request) implements Parsed {}

    /** Why a body is refused. */
    record Bad(Problem problem, Problem.Fault fault) implements Parsed {
        static Bad malformed(String pointer, String detail) {
            return new Bad(Problem.MALFORMED, new Problem.Fault(pointer, detail));
        }

        static Bad unacceptable(String pointer, String detail) {
            return new Bad(Problem.UNPROCESSABLE, new Problem.Fault(pointer, detail));
        }
    }

    /** Thrown within this class only: a refusal found deep in the text. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        private final transient Bad bad;

        Refused(Bad bad) {
            super("refused", null, false, false);
            this.bad = bad;
        }
    }

    static Parsed parse(byte[] body, int length) {
        try (JsonParser json = FACTORY.createParser(body, 0, length)) {
            return new Good(read(json));
        } catch (Refused refused) {
            return refused.bad;
        } catch (JsonProcessingException e) {
            return Bad.malformed("", "is not well-formed JSON in UTF-8, repeats a key, or is nested too deep");
        } catch (IOException e) {
            return Bad.malformed("", "is not UTF-8");
        }
    }

    private static SimulationRequest read(JsonParser json) throws IOException, Refused {
        Set<String> without = new LinkedHashSet<>();
        List<With> with = new ArrayList<>();
        LocalDate on = null;
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw malformed("", "must be an object with any of 'without', 'with', 'on'");
        }
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            json.nextToken();
            switch (key) {
                case "without" -> without(json, without);
                case "with" -> with(json, with);
                case "on" -> on = day(json);
                default -> throw malformed("", "must have no other keys than 'without', 'with', 'on'");
            }
        }
        if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
            throw malformed("", "must be one object and nothing after it");
        }
        return new SimulationRequest(List.copyOf(without), List.copyOf(with), on);
    }

    private static void without(JsonParser json, Set<String> ids) throws IOException, Refused {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw malformed("/without", "must be a list of record ids");
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            String pointer = "/without/" + ids.size();
            if (ids.size() == WITHOUT_MAX) {
                throw unacceptable("/without", "must be at most " + WITHOUT_MAX + " records");
            }
            if (json.currentToken() != JsonToken.VALUE_STRING || json.getTextLength() > ID_CHARACTERS_MAX) {
                throw malformed(pointer, "must be a record id, a text");
            }
            if (!ids.add(json.getText())) {
                throw unacceptable(pointer, "stands in the list already");
            }
        }
    }

    private static void with(JsonParser json, List<With> records) throws IOException, Refused {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw malformed("/with", "must be a list of objects with 'item' and 'quantity'");
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (records.size() == Supposed.COUNT_MAX) {
                throw unacceptable("/with", "must be at most " + Supposed.COUNT_MAX + " records");
            }
            records.add(record(json, "/with/" + records.size()));
        }
    }

    private static With record(JsonParser json, String pointer) throws IOException, Refused {
        String item = null;
        BigDecimal quantity = null;
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw malformed(pointer, "must be an object with 'item' and 'quantity'");
        }
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            if (key.equals("item") && value == JsonToken.VALUE_STRING) {
                item = json.getText();
            } else if (key.equals("quantity") && value != null && value.isNumeric()) {
                quantity = quantity(json.getText(), pointer + "/quantity");
            } else if (!key.equals("quantity") || value != JsonToken.VALUE_NULL) {
                throw malformed(pointer, "must have 'item', a text, and 'quantity', a number, and nothing else");
            }
        }
        if (item == null) {
            throw malformed(pointer, "must have 'item'");
        }
        return new With(item, quantity);
    }

    private static BigDecimal quantity(String text, String pointer) throws Refused {
        BigDecimal quantity;
        try {
            quantity = new BigDecimal(text);
        } catch (NumberFormatException e) {
            quantity = UNHEARD_OF; // an exponent beyond an int
        }
        // the scale first: 1e-999999999 and 1E+999999999 are short texts and long numbers
        if (Math.abs((long) quantity.scale()) > NUMBER_CHARACTERS_MAX
                || quantity.signum() < 0
                || quantity.compareTo(QUANTITY_MAX) > 0
                || quantity.stripTrailingZeros().scale() > DECIMALS_MAX) {
            throw unacceptable(pointer, "must be 0 … 10,000,000,000 with at most two decimals");
        }
        return quantity;
    }

    private static LocalDate day(JsonParser json) throws IOException, Refused {
        if (json.currentToken() == JsonToken.VALUE_STRING && json.getTextLength() == "YYYY-MM-DD".length()) {
            try {
                return LocalDate.parse(json.getText());
            } catch (DateTimeParseException e) {
                throw malformed("/on", "must be a date YYYY-MM-DD");
            }
        }
        throw malformed("/on", "must be a date YYYY-MM-DD");
    }

    /** The day asked for, or that of the generation. */
    LocalDate on(LocalDate today) {
        return on == null ? today : on;
    }

    /** What is wrong with the request on a day under a vocabulary, about a person with these records; or null. */
    @Nullable
    Bad refusal(LocalDate today, Vocabulary vocabulary, Set<String> records) {
        LocalDate day = on(today);
        if (day.isBefore(today.minusYears(YEARS_MAX)) || day.isAfter(today.plusYears(YEARS_MAX))) {
            return Bad.unacceptable("/on", "must be within " + YEARS_MAX + " years of today");
        }
        for (int i = 0; i < without.size(); i++) {
            if (!records.contains(without.get(i))) {
                return Bad.unacceptable("/without/" + i, "is no record of yours");
            }
        }
        for (int i = 0; i < with.size(); i++) {
            Item item = vocabulary.item(with.get(i).item());
            if (item == null || item.subject() != SubjectType.PERSON) {
                return Bad.unacceptable("/with/" + i + "/item", "is no item about persons; /v1/catalogue has them");
            }
            if (item.requires().contains(Item.Column.QUANTITY) && with.get(i).quantity() == null) {
                return Bad.unacceptable("/with/" + i + "/quantity", "is needed for this item");
            }
        }
        return null;
    }

    /** The records supposed, once {@link #refusal} has found nothing. */
    List<Supposed> supposed(LocalDate today, Vocabulary vocabulary) {
        int day = (int) on(today).toEpochDay();
        List<Supposed> supposed = new ArrayList<>();
        for (With one : with) {
            Item item = vocabulary.item(one.item());
            if (item != null) {
                BigDecimal quantity = one.quantity() == null ? BigDecimal.ZERO : one.quantity();
                long hundredths = quantity.movePointRight(DECIMALS_MAX).longValueExact();
                supposed.add(Supposed.on(item.index(), day, hundredths));
            }
        }
        return supposed;
    }

    private static Refused malformed(String pointer, String detail) {
        return new Refused(Bad.malformed(pointer, detail));
    }

    private static Refused unacceptable(String pointer, String detail) {
        return new Refused(Bad.unacceptable(pointer, detail));
    }
}
