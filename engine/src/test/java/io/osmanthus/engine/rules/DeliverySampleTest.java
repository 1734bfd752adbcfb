package io.osmanthus.engine.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import io.osmanthus.snapshots.Canonical;
import io.osmanthus.snapshots.vocabulary.Item;
import io.osmanthus.snapshots.vocabulary.SceneDefinition;
import io.osmanthus.snapshots.vocabulary.SubjectType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * The delivery sample against what an independent program says of it, past intake and store: a straight reader that trusts
 * the sample to be well-formed CSV and judges only what the sample has faults in.
 */
class DeliverySampleTest {
    private static final RuleSet RULES = Shipped.RULES;

    private final Map<String, SubjectFacts> persons = new HashMap<>();
    private final Map<String, SubjectFacts> organisations = new HashMap<>();
    private final Map<String, String> tokens = new HashMap<>();
    private int asOf;

    @Test
    void answers_ofTheSample_areWhatTheIndependentProgramSays() throws IOException {
        Path directory = Path.of(System.getProperty("osmanthus.root", "."), "http/src/test/resources/delivery-sample");
        Path beside = directory.resolveSibling("delivery-sample-expected.json");
        Path inside = directory.resolve("delivery-sample-expected.json");
        Path answers = Files.exists(beside) ? beside : inside;
        if (!Files.exists(answers)) {
            System.out.println("DeliverySampleTest: skipped, no sample at " + directory);
        }
        Assumptions.assumeTrue(Files.exists(answers));
        JsonNode expected = new ObjectMapper().readTree(answers.toFile());
        asOf = Shipped.day(expected.get("as_of").textValue());
        read(directory, expected);

        Judge judge = RULES.judge();
        int scores = 0;
        for (var person : expected.get("persons").properties()) {
            SubjectFacts facts = facts(persons, person.getKey());
            assertEquals(person.getValue().get("score").intValue(), judge.score(facts, asOf), person.getKey());
            ScoringScheme.Grade grade = judge.grade(facts, asOf);
            assertEquals(
                    person.getValue().get("grade").textValue(), grade == null ? null : grade.id(), person.getKey());
            scores++;
        }
        int benefits = 0;
        for (JsonNode check : expected.get("checks")) {
            String person = tokens.get(
                    check.get(0).textValue() + " " + Canonical.of(check.get(1).textValue()));
            long word = person == null ? 0 : judge.answerWord(facts(persons, person), asOf);
            for (var scene : check.get(2).properties()) {
                String benefit = Shipped.benefit(word, scene.getKey());
                assertEquals(scene.getValue().textValue(), benefit, check.toString());
                benefits++;
            }
        }
        int outcomes = 0;
        for (var organisation : expected.get("matches").properties()) {
            SubjectFacts facts = facts(organisations, organisation.getKey());
            for (var matter : organisation.getValue().get("outcomes").properties()) {
                MatchReport report = judge.match(facts, Shipped.matter(matter.getKey()), asOf);
                assertEquals(
                        matter.getValue().textValue(),
                        report.outcome().name().toLowerCase(Locale.ROOT),
                        organisation + " " + matter.getKey());
                outcomes++;
            }
        }
        System.out.println("DeliverySampleTest: " + scores + " scores and grades, " + benefits + " benefits, "
                + outcomes + " outcomes");
        assertTrue(scores > 0 && benefits > 0 && outcomes > 0);
    }

    private void read(Path directory, JsonNode expected) {
        expected.get("persons").fieldNames().forEachRemaining(id -> persons.put(id, Shipped.person()));
        expected.get("matches").fieldNames().forEachRemaining(id -> organisations.put(id, Shipped.organisation()));
        for (NamedCsvRecord row : rows(directory, "tokens.csv")) {
            String person = row.getField("person_id").toUpperCase(Locale.ROOT);
            if (persons.containsKey(person)) {
                tokens.putIfAbsent(row.getField("scheme") + " " + Canonical.of(row.getField("token")), person);
            }
        }
        for (NamedCsvRecord row : rows(directory, "consents.csv")) {
            SubjectFacts facts = persons.get(row.getField("person_id").toUpperCase(Locale.ROOT));
            SceneDefinition scene = RULES.vocabulary().scene(row.getField("scene"));
            Integer granted = date(row.getField("granted_on"));
            Integer expires = date(row.getField("expires_on"));
            if (facts != null && scene != null && granted != null && expires != null) {
                facts.addConsent(scene.index(), granted, expires);
            }
        }
        Set<String> seen = new HashSet<>();
        for (NamedCsvRecord row : rows(directory, "arrears.csv")) {
            SubjectFacts facts = persons.get(row.getField("person_id").toUpperCase(Locale.ROOT));
            SceneDefinition scene = RULES.vocabulary().scene(row.getField("scene"));
            String source = row.getField("source");
            if (facts != null
                    && scene != null
                    && scene.arrearsSources().contains(source)
                    && seen.add(source + " " + row.getField("reference"))) {
                facts.addArrears(scene.index(), Shipped.day(row.getField("since")));
            }
        }
        readRecords(directory);
        seen.clear();
        for (NamedCsvRecord row : rows(directory, "list_entries.csv")) {
            SubjectFacts facts = organisations.get(row.getField("subject_id"));
            var list = RULES.vocabulary().list(row.getField("list"));
            if (facts != null
                    && list != null
                    && row.getField("subject_type").equals("organisation")
                    && !row.getField("legal_basis").isEmpty()
                    && seen.add(row.getField("source") + " " + row.getField("entry_id"))) {
                int entry = facts.addEntry(
                        list.index(),
                        Shipped.day(row.getField("entered_on")),
                        Shipped.dayOrNone(row.getField("leaves_on")));
                facts.entryId[entry] = row.getField("entry_id");
            }
        }
    }

    private void readRecords(Path directory) {
        Set<String> seen = new HashSet<>();
        List<NamedCsvRecord> accepted = new ArrayList<>();
        for (NamedCsvRecord row : rows(directory, "records.csv")) {
            if (accepted(row) && seen.add(row.getField("source") + " " + row.getField("record_id"))) {
                accepted.add(row);
            }
        }
        accepted.sort(Comparator.comparing(row -> row.getField("record_id")));
        Map<String, Integer> acts = new TreeMap<>();
        for (NamedCsvRecord row : accepted) {
            boolean person = row.getField("subject_type").equals("person");
            SubjectFacts facts = (person ? persons : organisations).get(row.getField("subject_id"));
            String act = row.getField("act_id");
            String quantity = row.getField("quantity");
            if (facts == null) {
                continue;
            }
            int i = facts.addRecord(
                    Shipped.item(row.getField("item")),
                    Shipped.day(row.getField("occurred_on")),
                    Shipped.dayOrNone(row.getField("ended_on")),
                    quantity.isEmpty() ? 0 : Math.round(Double.parseDouble(quantity) * 100),
                    act.isEmpty() ? 0 : acts.computeIfAbsent(act, key -> acts.size() + 1));
            facts.recordId[i] = row.getField("record_id");
        }
    }

    private boolean accepted(NamedCsvRecord row) {
        Item item = RULES.vocabulary().item(row.getField("item"));
        boolean person = row.getField("subject_type").equals("person");
        if (item == null
                || (item.subject() == SubjectType.PERSON) != person
                || !item.sources().contains(row.getField("source"))) {
            return false;
        }
        Integer occurred = date(row.getField("occurred_on"));
        Integer ended = date(row.getField("ended_on"));
        Integer decided = date(row.getField("decided_on"));
        String quantity = row.getField("quantity");
        if (occurred == null
                || occurred == SubjectFacts.NONE
                || occurred > asOf
                || ended == null
                || ended > asOf
                || (ended != SubjectFacts.NONE && ended < occurred)
                || decided == null
                || decided > asOf
                || (!quantity.isEmpty() && !quantity.matches("\\d+(\\.\\d{1,2})?"))) {
            return false;
        }
        for (Item.Column column : item.requires()) {
            if (row.getField(column.name().toLowerCase(Locale.ROOT)).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static SubjectFacts facts(Map<String, SubjectFacts> subjects, String id) {
        SubjectFacts facts = subjects.get(id);
        if (facts == null) {
            throw new AssertionError("unknown subject " + id);
        }
        return facts;
    }

    /** Epoch day; NONE where empty; null where it is no date. */
    private static @Nullable Integer date(String text) {
        try {
            return text.isEmpty()
                    ? (Integer) SubjectFacts.NONE
                    : (Integer) (int) LocalDate.parse(text).toEpochDay();
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static List<NamedCsvRecord> rows(Path directory, String file) {
        try (Stream<NamedCsvRecord> rows = CsvReader.builder()
                .detectBomHeader(true)
                .ofNamedCsvRecord(directory.resolve(file), StandardCharsets.UTF_8)
                .stream()) {
            return rows.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
