package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encodings and formats: the same rows, however they are written; and what is no text at all. */
final class FormatTest {
    @TempDir
    Path directory = Path.of("");

    /** Two sound rows of each file that is not a disclosure. */
    private static final Map<DeliveryFile, List<String>> SOUND = Map.of(
            DeliveryFile.PERSONS,
            List.of(
                    DeliveryBuilder.person(1880, 1, 1, 1) + ",320508,2026-01-01",
                    DeliveryBuilder.person(1880, 1, 1, 2) + ",320508,2026-01-01"),
            DeliveryFile.TOKENS,
            List.of("card,1," + DeliveryBuilder.PERSON, "card,2," + DeliveryBuilder.PERSON),
            DeliveryFile.CONSENTS,
            List.of(
                    DeliveryBuilder.PERSON + ",transit,2026-01-01,2027-01-01,form-1",
                    DeliveryBuilder.PERSON + ",culture,2026-01-01,2027-01-01,form-2"),
            DeliveryFile.RECORDS,
            List.of(
                    "1,person," + DeliveryBuilder.PERSON + ",volunteer-hours,,2026-01-01,,,1,,文明办,",
                    "2,person," + DeliveryBuilder.PERSON + ",volunteer-hours,,2026-01-01,,,1,,文明办,"),
            DeliveryFile.ARREARS,
            List.of(
                    "transit," + DeliveryBuilder.PERSON + ",2026-01-01,100,ref-1,轨道交通",
                    "transit," + DeliveryBuilder.PERSON + ",2026-01-01,100,ref-2,轨道交通"),
            DeliveryFile.ORGANISATIONS,
            List.of(
                    DeliveryBuilder.ORGANISATION + ",苏州丹桂有限公司,enterprise,320508,C,2020-01-01,active",
                    DeliveryBuilder.organisation("91320508X0000009")
                            + ",苏州金桂有限公司,enterprise,320508,C,2020-01-01,active"),
            DeliveryFile.LIST_ENTRIES,
            List.of(
                    "1,work-safety,organisation," + DeliveryBuilder.ORGANISATION
                            + ",2026-10-01,2029-10-01,依法列入,应急管理部令第11号,应急局",
                    "2,work-safety,organisation," + DeliveryBuilder.ORGANISATION
                            + ",2026-10-02,2029-10-02,依法列入,应急管理部令第11号,应急局"));

    private interface Rewriting {
        void file(Path from, Path to) throws IOException;
    }

    @Test
    void run_gb18030WithCrlf_sameCounts() throws IOException {
        assertSameCounts((from, to) -> Files.write(
                to.resolve(name(from)), text(from).replace("\n", "\r\n").getBytes(Charset.forName("GB18030"))));
    }

    @Test
    void run_utf8WithMarkAndCrAlone_sameCounts() throws IOException {
        assertSameCounts((from, to) -> Files.writeString(
                to.resolve(name(from)), "\uFEFF" + text(from).strip().replace("\n", "\r")));
    }

    @Test
    void run_gzip_sameCounts() throws IOException {
        assertSameCounts((from, to) -> Files.write(to.resolve(name(from) + ".gz"), gzip(Files.readAllBytes(from))));
    }

    @Test
    void run_parquet_sameCounts() throws IOException {
        assertSameCounts((from, to) -> {
            try {
                Fixtures.execute("COPY (SELECT * FROM read_csv('" + from
                        + "', all_varchar = true, header = true, quote = '')) TO '"
                        + to.resolve(name(from).replace(".csv", ".parquet")) + "' (FORMAT parquet)");
            } catch (SQLException e) {
                throw new IOException(e);
            }
        });
    }

    @Test
    void run_typedParquet_readAsTheTextsOfTheContract() throws IOException, SQLException {
        Path delivery = DeliveryBuilder.basic().write(directory.resolve("delivery"));
        Fixtures.execute("COPY (SELECT 7 AS record_id, 'person' AS subject_type, '" + DeliveryBuilder.PERSON
                + "' AS subject_id, 'volunteer-hours' AS item, NULL AS act_id, DATE '2026-10-15' AS occurred_on,"
                + " CAST(NULL AS DATE) AS ended_on, CAST(NULL AS DATE) AS decided_on, CAST(12.5 AS DECIMAL(9, 2)) AS quantity,"
                + " NULL AS severity, '文明办' AS source, NULL AS document_no) TO '" + delivery.resolve("records.parquet")
                + "' (FORMAT parquet)");
        Fixtures.Built built = Fixtures.build(delivery, directory.resolve("store"));
        assertEquals(
                1,
                Objects.requireNonNull(built.result().files().get("records.csv"))
                        .accepted());
        assertEquals(
                "7|2026-10-15|12.50",
                String.join(
                        "|",
                        Fixtures.query("SELECT record_id, occurred_on, quantity FROM '"
                                        + built.snapshot().resolve("records.parquet") + "'")
                                .get(0)));
    }

    @Test
    void run_headerInAnotherOrder_sameRows() throws IOException {
        Path delivery = DeliveryBuilder.basic().write(directory.resolve("delivery"));
        Files.writeString(
                delivery.resolve("tokens.csv"), "\"person_id\",token,scheme\n" + DeliveryBuilder.PERSON + ",1,card\n");
        assertEquals(1, tokens(delivery).accepted());
    }

    @Test
    void run_damagedUtf8_quarantinesTheRowNotTheFile() throws IOException {
        Path delivery = DeliveryBuilder.basic().write(directory.resolve("delivery"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("scheme,token,person_id\n".getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(("plate,苏E1," + DeliveryBuilder.PERSON + "\nplate,").getBytes(StandardCharsets.UTF_8));
        bytes.write(0xFF);
        bytes.writeBytes(",X\nplate,".getBytes(StandardCharsets.UTF_8));
        bytes.write(0xFF);
        bytes.writeBytes(("," + DeliveryBuilder.PERSON + "\ncard,\uFFFD," + DeliveryBuilder.PERSON + "\n")
                .getBytes(StandardCharsets.UTF_8));
        Files.write(delivery.resolve("tokens.csv"), bytes.toByteArray());
        IntakeResult.FileCounts counts = tokens(delivery);
        assertEquals(4, counts.read());
        assertEquals(1, counts.accepted());
        assertEquals(1, counts.notEnrolled(), "who is not enrolled is not read further");
        assertEquals(Map.of(Reason.ENCODING, 2L), counts.reasons());
    }

    @Test
    void run_neitherUtf8NorGb18030_saysWhichFileAndWhatToDo() throws IOException {
        Path delivery = DeliveryBuilder.basic().write(directory.resolve("delivery"));
        byte[] bytes =
                ("scheme,token,person_id\n" + "card,\u00ff,x\n".repeat(100)).getBytes(StandardCharsets.ISO_8859_1);
        Files.write(delivery.resolve("tokens.csv"), bytes);
        assertRefused(delivery, IntakeException.Code.ENCODING, "tokens.csv is neither UTF-8 nor GB18030");
        Files.write(delivery.resolve("tokens.csv"), "scheme,token,person_id\n".getBytes(StandardCharsets.UTF_16));
        assertRefused(delivery, IntakeException.Code.ENCODING, "looks like UTF-16");
        Files.write(delivery.resolve("tokens.csv"), "scheme,token,person_id\n".getBytes(StandardCharsets.UTF_16LE));
        assertRefused(delivery, IntakeException.Code.ENCODING, "looks like UTF-16");
    }

    @Test
    void run_truncatedGzip_saysSo() throws IOException {
        Path delivery = DeliveryBuilder.basic().write(directory.resolve("delivery"));
        byte[] whole = gzip(("scheme,token,person_id\n" + "card,1,x\n".repeat(1_000)).getBytes(StandardCharsets.UTF_8));
        Path file = delivery.resolve("tokens.csv.gz");
        for (int length : new int[] {0, 1, 9, 20, whole.length / 2, whole.length - 8, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertRefused(delivery, IntakeException.Code.DAMAGED, "tokens.csv.gz is truncated or damaged");
        }
        byte[] flipped = whole.clone();
        flipped[whole.length - 5] ^= 1;
        Files.write(file, flipped);
        assertRefused(delivery, IntakeException.Code.DAMAGED, "tokens.csv.gz is truncated or damaged");
        Files.write(file, whole);
        assertEquals(1_000, tokens(delivery).read());
    }

    @Test
    void run_brokenParquet_saysSoWithoutQuoting() throws IOException, SQLException {
        Path delivery = DeliveryBuilder.basic().write(directory.resolve("delivery"));
        Path file = delivery.resolve("tokens.parquet");
        Fixtures.execute(
                "COPY (SELECT 'card' AS scheme, 'secret-' || i AS token, 'x' AS person_id FROM range(20000) t(i)) TO '"
                        + file + "' (FORMAT parquet)");
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        assertRefused(delivery, IntakeException.Code.DAMAGED, "tokens.parquet cannot be read as Parquet");
    }

    @Test
    void run_longFields_areJudgedNotFeared() throws IOException {
        Path delivery = DeliveryBuilder.basic()
                .row(DeliveryFile.TOKENS, "card," + "9".repeat(1 << 19) + "," + DeliveryBuilder.PERSON)
                .row(DeliveryFile.TOKENS, "card," + "9".repeat(1 << 21) + "," + DeliveryBuilder.PERSON)
                .row(DeliveryFile.TOKENS, ",".repeat(1 << 12))
                .row(DeliveryFile.TOKENS, "card,1," + DeliveryBuilder.PERSON)
                .write(directory.resolve("delivery"));
        IntakeResult.FileCounts counts = tokens(delivery);
        assertEquals(Map.of(Reason.COLUMN_COUNT, 2L, Reason.VALUE_MALFORMED, 1L), counts.reasons());
        assertEquals(1, counts.accepted());
    }

    @Test
    void run_tenMebibytesAndFiveThousandColumns_costTheirRowInEachFile() throws IOException {
        for (Map.Entry<DeliveryFile, List<String>> file : SOUND.entrySet()) {
            DeliveryFile kind = file.getKey();
            DeliveryBuilder builder =
                    switch (kind) {
                        case PERSONS, ORGANISATIONS -> DeliveryBuilder.empty();
                        default -> DeliveryBuilder.basic();
                    };
            String first = file.getValue().get(0);
            String second = file.getValue().get(1);
            Path delivery = builder.row(kind, first)
                    .row(kind, "字".repeat((10 << 20) / 3 + 1) + "," + second)
                    .row(kind, second + ",".repeat(5_000))
                    .row(kind, second)
                    .write(directory.resolve("wide-" + kind));
            Path store = directory.resolve("store-" + kind);
            IntakeResult.FileCounts counts = Objects.requireNonNull(
                    Fixtures.build(delivery, store).result().files().get(kind.csv()));
            assertEquals(4, counts.read(), kind.csv());
            assertEquals(Map.of(Reason.COLUMN_COUNT, 2L), counts.reasons(), kind.csv());
            assertEquals(2, counts.accepted(), kind.csv());
            Files.writeString(delivery.resolve(kind.csv()), String.join(",", kind.columns()) + ",x".repeat(5_000));
            IntakeException refused = assertThrows(IntakeException.class, () -> Fixtures.build(delivery, store));
            assertEquals(IntakeException.Code.HEADER, refused.code());
            assertTrue(String.valueOf(refused.getMessage()).length() < 2_000);
        }
    }

    private IntakeResult.FileCounts tokens(Path delivery) {
        return Objects.requireNonNull(Fixtures.build(delivery, directory.resolve("store"))
                .result()
                .files()
                .get("tokens.csv"));
    }

    private void assertRefused(Path delivery, IntakeException.Code code, String message) {
        IntakeException refused =
                assertThrows(IntakeException.class, () -> Fixtures.build(delivery, directory.resolve("store")));
        assertEquals(code, refused.code());
        assertTrue(String.valueOf(refused.getMessage()).contains(message), refused.getMessage());
    }

    private void assertSameCounts(Rewriting rewriting) throws IOException {
        Path delivery = Files.createDirectory(directory.resolve("delivery"));
        try (Stream<Path> files = Files.list(Fixtures.SAMPLE)) {
            for (Path file : files.toList()) {
                rewriting.file(file, delivery);
            }
        }
        Map<String, IntakeResult.FileCounts> expected = Fixtures.build(Fixtures.SAMPLE, directory.resolve("expected"))
                .result()
                .files();
        assertEquals(
                expected,
                Fixtures.build(delivery, directory.resolve("store")).result().files());
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file).replace("\uFEFF", "");
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}
