package io.osmanthus.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.osmanthus.snapshots.cases.CaseKind;
import io.osmanthus.snapshots.cases.CaseState;
import io.osmanthus.snapshots.cases.Move;
import io.osmanthus.snapshots.cases.StateTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the contract says of cases is what the table of states says. */
final class CaseContractTest {
    private final JsonNode root = Schemas.load().root();

    private List<String> words(String pointer) {
        List<String> words = new ArrayList<>();
        root.at(pointer).forEach(word -> {
            if (!word.isNull()) {
                words.add(word.asText());
            }
        });
        return words;
    }

    @Test
    void contract_wordsOfKindsStatesAndMoves_sameAsTheTable() {
        assertEquals(
                Arrays.stream(Move.values()).map(Move::word).toList(),
                words("/components/schemas/Transition/properties/to/enum"));
        for (String schema : List.of("CaseCourse", "CaseFiled", "CaseFile")) {
            String at = "/components/schemas/" + schema + "/properties/";
            assertEquals(Arrays.stream(CaseKind.values()).map(CaseKind::word).toList(), words(at + "kind/enum"));
            assertEquals(Arrays.stream(CaseState.values()).map(CaseState::word).toList(), words(at + "state/enum"));
            assertEquals(
                    Arrays.stream(Move.values())
                            .filter(Move::decides)
                            .map(Move::word)
                            .toList(),
                    words(at + "outcome/enum"));
        }
    }

    @Test
    void contract_tableOfTransitions_isTheTable() {
        String text = root.at("/paths/~1v1~1cases~1{id}~1transitions/post/description")
                .asText();
        Set<String> described = new TreeSet<>();
        for (String line :
                text.lines().filter(line -> line.startsWith("|")).skip(2).toList()) {
            String[] cells = line.substring(1).split("\\|", -1);
            for (String from : cells[0].split(",", -1)) {
                for (String move : cells[1].split(",", -1)) {
                    described.add(from.strip() + " " + move.strip() + " " + leads(cells[2].strip()));
                }
            }
        }
        Set<String> table = new TreeSet<>();
        for (StateTable.Row row : StateTable.table()) {
            CaseState to = row.to();
            String leads = to != null ? to.word() : row.move().decides() ? "as proposed" : "back";
            table.add(row.from().word() + " " + row.move().word() + " " + leads);
        }
        assertEquals(table, described);
        assertTrue(text.contains("`corrected` is no decision on a repair or on an access."));
        for (CaseKind kind : CaseKind.values()) {
            boolean corrects = kind != CaseKind.REPAIR && kind != CaseKind.OBJECTION_ACCESS;
            assertEquals(corrects, StateTable.legal(kind, CaseState.FILED).contains(Move.CORRECTED), kind.word());
        }
    }

    private static String leads(String words) {
        return switch (words) {
            case "where it came from" -> "back";
            case "where that decision leads" -> "as proposed";
            default -> words;
        };
    }
}
