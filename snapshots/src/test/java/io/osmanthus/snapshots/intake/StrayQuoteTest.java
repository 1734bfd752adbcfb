package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One stray quote in the middle of five million rows loses one row, not tens of thousands. */
final class StrayQuoteTest {
    private static final int ROWS = 5_000_000;
    private static final int STRAY = ROWS / 2;
    private static final int ENROLLED_EVERY = 50;

    @TempDir
    Path directory = Path.of("");

    @Test
    void run_oneStrayQuoteInFiveMillionRows_oneRowIsQuarantined() throws IOException, SQLException {
        Path delivery = DeliveryBuilder.basic().write(directory.resolve("delivery"));
        write(delivery.resolve("tokens.csv"));
        Fixtures.Built built = Fixtures.build(delivery, directory.resolve("store"));
        IntakeResult.FileCounts counts =
                Objects.requireNonNull(built.result().files().get("tokens.csv"));
        assertEquals(ROWS, counts.read());
        assertEquals(1, counts.quarantined());
        assertEquals(Map.of(Reason.COLUMN_COUNT, 1L), counts.reasons());
        assertEquals(ROWS / ENROLLED_EVERY, counts.accepted());
        assertEquals(ROWS - ROWS / ENROLLED_EVERY - 1, counts.notEnrolled());
        assertEquals(
                List.of(List.of("tokens.csv", String.valueOf(STRAY), "", "COLUMN_COUNT", "")),
                Fixtures.query("SELECT * FROM '" + built.snapshot().resolve("quarantine.parquet") + "'"));
    }

    private static void write(Path file) throws IOException {
        byte[] enrolled = ("," + DeliveryBuilder.PERSON + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] stranger = ("," + DeliveryBuilder.STRANGER + "\n").getBytes(StandardCharsets.US_ASCII);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            out.write("scheme,token,person_id\n".getBytes(StandardCharsets.US_ASCII));
            for (int row = 1; row <= ROWS; row++) {
                String stray = row == STRAY ? "\"" : "";
                out.write(("card," + stray + (10_000_000 + row)).getBytes(StandardCharsets.US_ASCII));
                out.write(row % ENROLLED_EVERY == 1 ? enrolled : stranger);
            }
        }
    }
}
