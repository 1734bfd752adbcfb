package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.Trust;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Permits, penalties, administrative acts and commitments: what is accepted, what is not, and what is kept of it. */
final class DisclosureTest {
    private static final List<DeliveryFile> FILES = List.of(
            DeliveryFile.PERMITS, DeliveryFile.PENALTIES, DeliveryFile.ADMINISTRATIVE_ACTS, DeliveryFile.COMMITMENTS);
    private static final String UNKNOWN = DeliveryBuilder.organisation("91320508X0000009");
    private static final String MOBILE = "13812345678";
    private static final Charset GB18030 = Charset.forName("GB18030");

    @TempDir
    Path directory = Path.of("");

    /** What becomes of a row. */
    private record Case(DeliveryFile file, String row, String expected) {}

    @Test
    void judge_everyCase_becomesWhatTheRuleSays() throws IOException, SQLException {
        List<Case> cases = new ArrayList<>();
        for (DeliveryFile file : FILES) {
            String subject = file.columns().stream()
                    .filter(column -> column.endsWith("SHXYM") || column.equals("uscc"))
                    .findFirst()
                    .orElseThrow();
            cases.add(new Case(file, DisclosureRows.of(file), "accepted"));
            cases.add(new Case(file, DisclosureRows.of(file), "DUPLICATE_KEY"));
            for (String absent : List.of("", "00000000000000000X")) {
                cases.add(new Case(file, DisclosureRows.of(file, subject, absent), "REQUIRED_MISSING"));
            }
            cases.add(new Case(file, DisclosureRows.of(file, subject, DeliveryBuilder.PERSON), "NATURAL_PERSON"));
            cases.add(new Case(file, DisclosureRows.of(file, subject, DeliveryBuilder.STRANGER), "NATURAL_PERSON"));
            cases.add(new Case(file, DisclosureRows.of(file, subject, UNKNOWN), "REFERENCE_UNKNOWN"));
            cases.add(new Case(file, DisclosureRows.of(file, subject, "9132"), "REFERENCE_UNKNOWN"));
            cases.add(new Case(file, DisclosureRows.of(file) + ",", "COLUMN_COUNT"));
        }
        permits(cases);
        penalties(cases);
        acts(cases);
        commitments(cases);
        DeliveryBuilder delivery = DeliveryBuilder.basic();
        cases.forEach(one -> delivery.row(one.file(), one.row()));
        Fixtures.Built built = build(delivery);
        Map<String, Integer> next = new java.util.HashMap<>();
        for (Case one : cases) {
            int line = next.merge(one.file().csv(), 1, Integer::sum);
            List<List<String>> found = Fixtures.query("SELECT reason FROM '"
                    + built.snapshot().resolve("quarantine.parquet") + "' WHERE file = '"
                    + one.file().csv()
                    + "' AND line = " + line);
            assertEquals(
                    one.expected(), found.isEmpty() ? "accepted" : found.get(0).get(0), one.row());
        }
        for (DeliveryFile file : FILES) {
            IntakeResult.FileCounts counts = counts(built, file);
            assertEquals(counts.read(), counts.accepted() + counts.quarantined());
            assertEquals(0, counts.notEnrolled());
            long accepted = cases.stream()
                    .filter(one -> one.file() == file && one.expected().equals("accepted"))
                    .count();
            assertEquals(accepted, counts.accepted(), file.csv());
        }
        Snapshot.open(built.snapshot(), Trust.of(Fixtures.KEY, null, true));
    }

    private static void permits(List<Case> cases) {
        DeliveryFile file = DeliveryFile.PERMITS;
        add(cases, file, "accepted", "XK_XKBH", "JY2");
        add(cases, file, "accepted", "XK_WSH", "苏2号", "XK_YXQZ", "", "XK_YXQZI", "", "XK_XKJGDM", "", "XK_ZT", "");
        add(cases, file, "accepted", "XK_WSH", "苏3号", "SBRQ", "2027-01-01");
        add(cases, file, "NATURAL_PERSON", "XK_XDR_LB", "自然人", "XK_XDR_SHXYM", "", "XK_WSH", "");
        add(cases, file, "NATURAL_PERSON", "XK_WSH", "苏4号", "XK_XKJGDM", DeliveryBuilder.STRANGER);
        add(cases, file, "ID_MALFORMED", "XK_WSH", "苏4号", "XK_LYDWDM", "1132");
        add(cases, file, "REQUIRED_MISSING", "XK_WSH", "");
        add(cases, file, "REQUIRED_MISSING", "XK_WSH", "苏4号", "SBRQ", "");
        add(cases, file, "DATE_MALFORMED", "XK_WSH", "苏4号", "XK_JDRQ", "2026-02-30");
        add(cases, file, "DATE_MALFORMED", "XK_WSH", "苏4号", "XK_YXQZI", "长期");
        add(cases, file, "DATE_FUTURE", "XK_WSH", "苏4号", "XK_JDRQ", "2026-10-16");
        add(cases, file, "DATE_MALFORMED", "XK_WSH", "苏4号", "XK_JDRQ", "2026-10-16", "SBRQ", "soon");
        add(cases, file, "VALUE_MALFORMED", "XK_WSH", "号".repeat(257));
        add(cases, file, "VALUE_MALFORMED", "XK_WSH", "苏4号", "XK_NR", "字".repeat((1 << 16) + 1));
        add(cases, file, "VALUE_MALFORMED", "XK_WSH", "苏4号", "XK_NR", "a\0b");
        add(cases, file, "VALUE_MALFORMED", "XK_WSH", "苏4号", "XK_LYDW", DeliveryBuilder.STRANGER);
    }

    private static void penalties(List<Case> cases) {
        DeliveryFile file = DeliveryFile.PENALTIES;
        add(cases, file, "accepted", "CF_WSH", "罚2号", "CF_NR_FK", "0.000001", "CF_NR_WFFF", "99999999999.999999");
        add(cases, file, "accepted", "CF_WSH", "罚3号", "SEVERITY", "", "CF_NR_FK", "", "CF_GSJZQ", "2029-01-01");
        add(cases, file, "accepted", "CF_CFJG", "另一机关");
        add(cases, file, "NATURAL_PERSON", "CF_XDR_LB", "自然人");
        add(cases, file, "VALUE_MALFORMED", "CF_WSH", "罚4号", "CF_NR_FK", "0.0000001");
        add(cases, file, "VALUE_MALFORMED", "CF_WSH", "罚4号", "CF_NR_FK", "100000000000");
        add(cases, file, "VALUE_MALFORMED", "CF_WSH", "罚4号", "CF_NR_WFFF", "-1");
        add(cases, file, "VALUE_MALFORMED", "CF_WSH", "罚4号", "SEVERITY", "grave");
        add(cases, file, "DATE_MALFORMED", "CF_WSH", "罚4号", "CF_YXQ", "2026-13-01");
        add(cases, file, "DATE_FUTURE", "CF_WSH", "罚4号", "CF_JDRQ", "2026-10-16");
        add(cases, file, "REQUIRED_MISSING", "CF_WSH", "罚4号", "CF_CFJG", "");
        add(cases, file, "REQUIRED_MISSING", "CF_WSH", "罚4号", "CF_XDR_MC", "", "SEVERITY", "grave");
    }

    private static void acts(List<Case> cases) {
        DeliveryFile file = DeliveryFile.ADMINISTRATIVE_ACTS;
        for (String kind : List.of("确认", "征收", "给付", "裁决", "补偿", "奖励", "监督检查", "行政确认")) {
            add(cases, file, kind.equals("行政确认") ? "DUPLICATE_KEY" : "accepted", "kind", kind);
        }
        add(cases, file, "accepted", "act_no", "2", "published_on", "");
        add(cases, file, "VALUE_MALFORMED", "act_no", "3", "kind", "许可");
        add(cases, file, "DATE_FUTURE", "act_no", "3", "decided_on", "2026-10-16");
        add(cases, file, "DATE_MALFORMED", "act_no", "3", "published_on", "x");
        add(cases, file, "REQUIRED_MISSING", "act_no", "");
    }

    private static void commitments(List<Case> cases) {
        DeliveryFile file = DeliveryFile.COMMITMENTS;
        add(cases, file, "accepted", "source", "另一来源");
        add(cases, file, "accepted", "commitment_id", "C2", "state", "made", "decided_on", "");
        add(cases, file, "accepted", "commitment_id", "C3", "state", "kept", "decided_on", "2026-01-05");
        add(cases, file, "REQUIRED_MISSING", "commitment_id", "C4", "state", "kept", "decided_on", "");
        add(cases, file, "VALUE_MALFORMED", "commitment_id", "C4", "state", "forgotten", "decided_on", "");
        add(cases, file, "VALUE_MALFORMED", "commitment_id", "C4", "kind", "pinky");
        add(cases, file, "VALUE_MALFORMED", "commitment_id", DeliveryBuilder.STRANGER);
        add(cases, file, "DATE_MALFORMED", "commitment_id", "C4", "decided_on", "2026-01-04");
        add(cases, file, "DATE_FUTURE", "commitment_id", "C4", "made_on", "2026-10-16", "decided_on", "2026-10-17");
    }

    private static void add(List<Case> cases, DeliveryFile file, String expected, String... changes) {
        cases.add(new Case(file, DisclosureRows.of(file, changes), expected));
    }

    @Test
    void run_soundRows_keepWhatLaterStepsNeed() throws IOException, SQLException {
        String fact = "联系人 " + DeliveryBuilder.STRANGER + " 电话 " + MOBILE;
        Fixtures.Built built = build(DeliveryBuilder.basic()
                .row(DeliveryFile.PENALTIES, DisclosureRows.of(DeliveryFile.PENALTIES, "CF_SY", fact, "BZ", MOBILE))
                .row(DeliveryFile.COMMITMENTS, DisclosureRows.of(DeliveryFile.COMMITMENTS)));
        assertEquals(
                List.of(List.of(
                        "0",
                        "苏〔2026〕1号",
                        "联系人 " + "*".repeat(18) + " 电话 " + "*".repeat(11),
                        "1500000",
                        "2026-09-01",
                        "2026-09-03",
                        "general",
                        DisclosureRows.AUTHORITY)),
                Fixtures.query("SELECT organisation, document_no, facts, fine_cents, decided_on, reported_on, severity,"
                        + " authority_code FROM '" + built.snapshot().resolve("penalties.parquet") + "'"));
        assertEquals(3, counts(built, DeliveryFile.PENALTIES).masked());
        assertEquals(
                List.of(List.of("0", "C1", "voluntary", "2026-01-05", "2026-08-01", "broken")),
                Fixtures.query("SELECT organisation, commitment_id, kind, made_on, decided_on, state FROM '"
                        + built.snapshot().resolve("commitments.parquet") + "'"));
    }

    @Test
    void run_nationalLayout_dropsWhoIsBehindTheOrganisationUnread() throws IOException, SQLException {
        for (DeliveryFile file : List.of(DeliveryFile.PERMITS, DeliveryFile.PENALTIES)) {
            String prefix = file == DeliveryFile.PERMITS ? "XK_" : "CF_";
            List<String> header = new ArrayList<>(file.columns());
            List<String> fields = new ArrayList<>(DisclosureRows.fields(file).values());
            // The national standard knows nothing of these.
            for (String own : List.of("SEVERITY", "SBRQ")) {
                int at = header.indexOf(own);
                if (at >= 0) {
                    header.remove(at);
                    fields.remove(at);
                }
            }
            for (String column :
                    List.of("XDR_GSZC", "XDR_ZZJG", "XDR_SWDJ", "XDR_SYDW", "XDR_SHZZ", "FRDB", "FR_SFZH")) {
                header.add(3, prefix + column);
                fields.add(3, column.equals("FRDB") ? "桂不语" : DeliveryBuilder.STRANGER);
            }
            for (String column : List.of("XDR_ZJLX", "XDR_ZJHM")) {
                header.add(0, prefix + column);
                // A control sign and broken text where nobody reads are no faults.
                fields.add(0, column.equals("XDR_ZJLX") ? "\0\uFFFD" : DeliveryBuilder.STRANGER);
            }
            if (file == DeliveryFile.PENALTIES) {
                assertEquals(29, header.size());
            }
            Path delivery = DeliveryBuilder.basic().write(directory.resolve("delivery-" + file));
            Files.writeString(
                    delivery.resolve(file.csv()), String.join(",", header) + "\n" + String.join(",", fields) + "\n");
            Fixtures.Built built = Fixtures.build(delivery, directory.resolve("store-" + file));
            assertEquals(1, counts(built, file).accepted(), counts(built, file).toString());
            assertEquals(0, counts(built, file).masked());
            assertAbsent(built.snapshot(), DeliveryBuilder.STRANGER, "桂不语");
            assertEquals(
                    List.of(List.of("2026-10-15")),
                    Fixtures.query(
                            "SELECT reported_on FROM '" + built.snapshot().resolve(file.word() + ".parquet") + "'"),
                    "without a day of reporting, the day of the delivery");
            assertSameFromParquet(built, delivery, file);
        }
    }

    private void assertSameFromParquet(Fixtures.Built expected, Path delivery, DeliveryFile file)
            throws IOException, SQLException {
        Path csv = delivery.resolve(file.csv());
        Files.writeString(csv, Files.readString(csv).replace("\0", ""));
        Fixtures.execute("COPY (SELECT * FROM read_csv('" + csv + "', all_varchar = true)) TO '"
                + delivery.resolve(file.word() + ".parquet") + "' (FORMAT parquet)");
        Files.delete(csv);
        Fixtures.Built built = Fixtures.build(delivery, directory.resolve("parquet-" + file));
        assertEquals(counts(expected, file), counts(built, file));
        assertAbsent(built.snapshot(), DeliveryBuilder.STRANGER, "桂不语");
    }

    @Test
    void run_naturalPersonsAndTheirValues_areNowhere() throws IOException, SQLException {
        Fixtures.Built built = build(DeliveryBuilder.basic()
                .row(
                        DeliveryFile.PENALTIES,
                        DisclosureRows.of(
                                DeliveryFile.PENALTIES,
                                "CF_XDR_LB",
                                "自然人",
                                "CF_XDR_MC",
                                "桂不语",
                                "CF_XDR_SHXYM",
                                DeliveryBuilder.STRANGER))
                .row(DeliveryFile.PERMITS, DisclosureRows.of(DeliveryFile.PERMITS, "XK_JDRQ", DeliveryBuilder.STRANGER))
                .row(DeliveryFile.PERMITS, DisclosureRows.of(DeliveryFile.PERMITS, "XK_JDRQ", MOBILE))
                .row(DeliveryFile.TOKENS, DeliveryBuilder.STRANGER + ",1," + DeliveryBuilder.PERSON)
                .row(DeliveryFile.TOKENS, "苏E12345,1," + DeliveryBuilder.PERSON)
                .row(DeliveryFile.PERSONS, DeliveryBuilder.STRANGER.substring(0, 17) + "?,320508,2026-01-01"));
        assertAbsent(
                built.snapshot(),
                DeliveryBuilder.STRANGER,
                DeliveryBuilder.STRANGER.substring(0, 17),
                "桂不语",
                MOBILE,
                "苏E12345");
        assertEquals(
                "file,line,column,reason,value",
                Files.readAllLines(built.snapshot().resolve("quarantine.csv")).get(0));
    }

    @Test
    void run_quarantine_showsWhatIdentifiesNobody() throws IOException, SQLException {
        Fixtures.Built built = build(DeliveryBuilder.basic()
                .row(DeliveryFile.PERMITS, DisclosureRows.of(DeliveryFile.PERMITS, "XK_JDRQ", "2026/02/30"))
                .row(DeliveryFile.PERMITS, DisclosureRows.of(DeliveryFile.PERMITS, "XK_XDR_SHXYM", UNKNOWN))
                .row(DeliveryFile.PERMITS, DisclosureRows.of(DeliveryFile.PERMITS, "XK_JDRQ", "=1+1"))
                .row(DeliveryFile.PENALTIES, DisclosureRows.of(DeliveryFile.PENALTIES, "SEVERITY", "grave"))
                .row(DeliveryFile.PENALTIES, DisclosureRows.of(DeliveryFile.PENALTIES, "CF_NR_FK", "1e3")));
        List<List<String>> expected = List.of(
                List.of("penalties.csv", "1", "SEVERITY", "VALUE_MALFORMED", "grave"),
                List.of("penalties.csv", "2", "CF_NR_FK", "VALUE_MALFORMED", "***"),
                List.of("permits.csv", "1", "XK_JDRQ", "DATE_MALFORMED", "2026/02/30"),
                List.of("permits.csv", "2", "XK_XDR_SHXYM", "REFERENCE_UNKNOWN", UNKNOWN),
                List.of("permits.csv", "3", "XK_JDRQ", "DATE_MALFORMED", "***"));
        for (String format : List.of("parquet", "csv")) {
            assertEquals(
                    expected,
                    Fixtures.query("SELECT * FROM '" + built.snapshot().resolve("quarantine." + format)
                            + "' ORDER BY file, line"));
        }
    }

    @Test
    void run_everyFormat_sameCounts() throws IOException, SQLException {
        DeliveryBuilder builder = DeliveryBuilder.basic();
        for (DeliveryFile file : FILES) {
            builder.row(file, DisclosureRows.of(file))
                    .row(file, DisclosureRows.of(file))
                    .row(file, "too,few");
        }
        Map<String, IntakeResult.FileCounts> expected = build(builder).result().files();
        Path gb18030 = builder.write(directory.resolve("gb18030"));
        Path gzip = builder.write(directory.resolve("gzip"));
        for (DeliveryFile file : FILES) {
            Path plain = gb18030.resolve(file.csv());
            Files.write(plain, Files.readString(plain).replace("\n", "\r\n").getBytes(GB18030));
            Path zipped = gzip.resolve(file.csv());
            Files.write(gzip.resolve(file.csv() + ".gz"), gzip(Files.readAllBytes(zipped)));
            Files.delete(zipped);
        }
        assertEquals(
                expected,
                Fixtures.build(gb18030, directory.resolve("s1")).result().files());
        assertEquals(
                expected, Fixtures.build(gzip, directory.resolve("s2")).result().files());
        for (DeliveryFile file : FILES) {
            Path zipped = gzip.resolve(file.csv() + ".gz");
            byte[] bytes = Files.readAllBytes(zipped);
            Files.write(zipped, Arrays.copyOf(bytes, bytes.length - 5));
            IntakeException refused =
                    assertThrows(IntakeException.class, () -> Fixtures.build(gzip, directory.resolve("s2")));
            assertEquals(IntakeException.Code.DAMAGED, refused.code());
            Files.write(zipped, bytes);
        }
    }

    @Test
    void run_corruptRows_costThemselvesOnly() throws IOException {
        for (DeliveryFile file : FILES) {
            Path delivery = DeliveryBuilder.basic().write(directory.resolve("corrupt-" + file));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            line(out, String.join(",", file.columns()));
            line(out, DisclosureRows.of(file));
            line(out, "\"" + DisclosureRows.of(file));
            line(out, DisclosureRows.of(file).replaceFirst(",", "\0,"));
            line(out, "字".repeat(10 << 20) + "," + DisclosureRows.of(file));
            line(out, DisclosureRows.of(file) + ",".repeat(5_000));
            String cut = DisclosureRows.of(file);
            out.write(cut.substring(0, cut.indexOf(',')).getBytes(StandardCharsets.UTF_8));
            out.write(new byte[] {(byte) 0xFF, (byte) 0xFE});
            line(out, cut.substring(cut.indexOf(',')));
            line(out, DisclosureRows.of(file, key(file), "另一"));
            Files.write(delivery.resolve(file.csv()), out.toByteArray());
            IntakeResult.FileCounts counts = counts(Fixtures.build(delivery, directory.resolve("store-" + file)), file);
            assertEquals(7, counts.read(), file.csv());
            assertEquals(
                    Map.of(Reason.COLUMN_COUNT, 3L, Reason.VALUE_MALFORMED, 1L, Reason.ENCODING, 1L),
                    counts.reasons(),
                    file.csv());
            assertEquals(2, counts.accepted(), file.csv());
            Files.writeString(delivery.resolve(file.csv()), String.join(",", file.columns()) + ",x".repeat(5_000));
            IntakeException refused = assertThrows(
                    IntakeException.class, () -> Fixtures.build(delivery, directory.resolve("store-" + file)));
            assertEquals(IntakeException.Code.HEADER, refused.code());
            assertTrue(String.valueOf(refused.getMessage()).length() < 2_000);
        }
    }

    private static String key(DeliveryFile file) {
        return switch (file) {
            case PERMITS -> "XK_WSH";
            case PENALTIES -> "CF_WSH";
            case ADMINISTRATIVE_ACTS -> "act_no";
            default -> "commitment_id";
        };
    }

    private static void line(ByteArrayOutputStream out, String text) throws IOException {
        out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private Fixtures.Built build(DeliveryBuilder builder) throws IOException {
        return Fixtures.build(builder.write(directory.resolve("delivery")), directory.resolve("store"));
    }

    private static IntakeResult.FileCounts counts(Fixtures.Built built, DeliveryFile file) {
        return Objects.requireNonNull(built.result().files().get(file.csv()));
    }

    /** Looks for texts in every file of a snapshot, in Parquet behind its compression. */
    private static void assertAbsent(Path snapshot, String... secrets) throws IOException, SQLException {
        try (Stream<Path> files = Files.list(snapshot)) {
            for (Path file : files.toList()) {
                String text = file.toString().endsWith(".parquet")
                        ? Fixtures.query("SELECT * FROM '" + file + "'").toString()
                        : Files.readString(file);
                for (String secret : secrets) {
                    assertFalse(text.contains(secret), file.getFileName() + " holds what it must not");
                }
            }
        }
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}
