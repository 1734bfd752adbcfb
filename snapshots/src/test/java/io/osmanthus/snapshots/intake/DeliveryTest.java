package io.osmanthus.snapshots.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.QualityFigure;
import io.osmanthus.snapshots.Signing;
import io.osmanthus.snapshots.vocabulary.ConfigException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stops a delivery as a whole, and what is only warned of. */
final class DeliveryTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void open_missingOrEmpty_saysWhatIsNeeded() throws IOException {
        assertRefused(
                directory.resolve("nowhere"), IntakeException.Code.DELIVERY_MISSING, "there is no delivery directory");
        Path empty = Files.createDirectory(directory.resolve("empty"));
        assertRefused(empty, IntakeException.Code.DELIVERY_MISSING, "is empty");
        Files.writeString(empty.resolve("persons.csv"), "person_id,district,enrolled_on\n");
        assertRefused(empty, IntakeException.Code.DELIVERY_MISSING, "has no delivery.csv");
    }

    @Test
    void open_unknownFile_namesIt() throws IOException {
        Path delivery = DeliveryBuilder.basic().write(directory.resolve("delivery"));
        for (String name :
                new String[] {"people.csv", "persons.xlsx", "persons.csv.bz2", "tokens.csv.sig", "consents.csv.sig"}) {
            Path file = Files.writeString(delivery.resolve(name), "");
            assertRefused(delivery, IntakeException.Code.FILE_UNKNOWN, "'" + name + "'");
            Files.delete(file);
        }
        Files.createDirectory(delivery.resolve("tokens.csv"));
        assertRefused(delivery, IntakeException.Code.FILE_UNKNOWN, "'tokens.csv'");
    }

    @Test
    void open_hiddenFile_isNotRead() throws IOException {
        Path delivery = DeliveryBuilder.basic().write(directory.resolve("delivery"));
        Files.writeString(delivery.resolve(".DS_Store"), "what a file manager leaves");
        Delivery opened = Delivery.open(delivery);
        assertNotNull(opened.part(DeliveryFile.PERSONS));
    }

    @Test
    void fields_thousandsOfUnknownColumns_namesAFew() {
        List<String> names = Collections.nCopies(5000, "colour");
        IntakeException refused =
                assertThrows(IntakeException.class, () -> Header.fields(DeliveryFile.TOKENS, names, "tokens.csv"));
        assertTrue(
                String.valueOf(refused.getMessage()).contains("'colour' and 4990 more; missing columns 'scheme'"),
                refused.getMessage());
    }

    @Test
    void open_fileInTwoFormats_namesBoth() throws IOException {
        Path delivery = DeliveryBuilder.basic().write(directory.resolve("delivery"));
        Files.writeString(delivery.resolve("persons.csv.gz"), "");
        assertRefused(delivery, IntakeException.Code.FILE_TWICE, "both persons.csv and persons.csv.gz");
    }

    @Test
    void run_header_namesEveryFault() throws IOException {
        Path delivery = DeliveryBuilder.basic().write(directory.resolve("delivery"));
        Path file = delivery.resolve("tokens.csv");
        Files.writeString(file, "scheme,token,person_id,colour\n");
        assertRefused(delivery, IntakeException.Code.HEADER, "unknown column 'colour'");
        Files.writeString(file, "scheme,token,token\n");
        assertRefused(delivery, IntakeException.Code.HEADER, "repeated column 'token'; missing column 'person_id'");
        Files.writeString(file, "card,3105000000000001," + DeliveryBuilder.PERSON + "\n");
        IntakeException refused = assertRefused(delivery, IntakeException.Code.HEADER, "the header of tokens.csv");
        assertEquals(-1, String.valueOf(refused.getMessage()).indexOf("3105"), "a file without header is not quoted");
        Files.writeString(file, "");
        assertRefused(delivery, IntakeException.Code.HEADER, "tokens.csv has no header line");
        Files.writeString(file, "scheme,token,person_id");
        assertEquals(
                0,
                Objects.requireNonNull(build(delivery).files().get("tokens.csv"))
                        .read());
    }

    @Test
    void run_deliveryNote_isReadStrictly() throws IOException {
        Path delivery = DeliveryBuilder.basic().write(directory.resolve("delivery"));
        String header = "source,file,provided,delivered_on\n";
        for (String row : new String[] {
            ",persons.csv,1,2026-10-14",
            "a,people.csv,1,2026-10-14",
            "a,persons.csv,-1,2026-10-14",
            "a,persons.csv,1,yesterday",
            "a,persons.csv,1"
        }) {
            Files.writeString(delivery.resolve("delivery.csv"), header + row + "\n");
            assertRefused(delivery, IntakeException.Code.DELIVERY_MALFORMED, "delivery.csv, record 1");
        }
        Files.writeString(
                delivery.resolve("delivery.csv"), header + "a,persons.csv,,2026-10-13\nb,records.csv,9,2026-10-14\n");
        IntakeResult result = build(delivery);
        assertEquals(
                List.of(
                        new QualityFigure("a", "persons.csv", null, null, null, 1L, 1L, 3L, 3L, null),
                        new QualityFigure("b", "records.csv", null, null, 9L, null, null, null, null, null)),
                result.quality());
        assertTrue(result.warnings().toString().contains("names records.csv, but it is not in the delivery"));
        assertEquals("2026-10-13", String.valueOf(result.content().factsAsOf().get("persons.csv")));
    }

    @Test
    void run_severalSourcesOfOneFile_countEachOnItsOwn() throws IOException {
        Path delivery = DeliveryBuilder.basic()
                .row(DeliveryFile.DELIVERY, "团市委,records.csv,2,2026-10-14")
                .row(DeliveryFile.DELIVERY, "红十字会,records.csv,1,2026-10-14")
                .row(
                        DeliveryFile.RECORDS,
                        "1,person," + DeliveryBuilder.PERSON + ",volunteer-hours,,2026-10-01,,,1,,团市委,")
                .row(
                        DeliveryFile.RECORDS,
                        "2,person," + DeliveryBuilder.PERSON + ",volunteer-hours,,2026-10-01,,,,,团市委,")
                .row(
                        DeliveryFile.RECORDS,
                        "3,person," + DeliveryBuilder.PERSON + ",blood-donation,,2026-10-01,,,,,红十字会,")
                .write(directory.resolve("delivery"));
        IntakeResult result = build(delivery);
        assertEquals(
                new QualityFigure("团市委", "records.csv", null, null, 2L, 2L, 1L, 14L, 13L, null),
                result.quality().get(1));
        assertEquals(
                new QualityFigure("红十字会", "records.csv", null, null, 1L, 1L, 1L, 6L, 6L, null),
                result.quality().get(2));
    }

    @Test
    void run_onlyTheNote_givesAnEmptySnapshot() throws IOException {
        IntakeResult result = build(DeliveryBuilder.empty().write(directory.resolve("delivery")));
        assertTrue(result.files().isEmpty());
        assertTrue(result.content().synthetic());
    }

    @Test
    void run_outsideDemonstration_needsTheSignatureOfAChannel() throws IOException, GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        KeyPair stranger = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Path delivery = DeliveryBuilder.basic().write(directory.resolve("delivery"));
        Path signature = delivery.resolve("persons.csv.sig");
        byte[] persons = Files.readAllBytes(delivery.resolve("persons.csv"));
        assertUnsigned(delivery, channels(pair, "2026-10-15", "2026-10-16"), "persons.csv is not signed");
        Files.write(signature, Signing.sign(stranger.getPrivate(), persons));
        assertUnsigned(delivery, channels(pair, "2026-10-15", "2026-10-16"), "asked: [app]");
        Files.write(signature, new byte[63]);
        assertUnsigned(delivery, channels(pair, "2026-10-15", "2026-10-16"), "has 63 bytes");
        Files.write(signature, Signing.sign(pair.getPrivate(), persons));
        assertUnsigned(delivery, channels(pair, "2026-10-16", "2026-10-17"), "asked: []");
        assertUnsigned(delivery, channels(pair, "2026-10-14", "2026-10-15"), "asked: []");
        assertUnsigned(delivery, Channels.NONE, "asked: []");
        run(delivery, channels(pair, "2026-10-15", "2026-10-16"));
        persons[persons.length - 2] ^= 1;
        Files.write(delivery.resolve("persons.csv"), persons);
        assertUnsigned(delivery, channels(pair, "2026-10-15", "2026-10-16"), "asked: [app]");
    }

    @Test
    void run_signedConsents_needTheirOwnSignature() throws IOException, GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Path delivery = DeliveryBuilder.basic()
                .row(DeliveryFile.CONSENTS, DeliveryBuilder.PERSON + ",transit,2026-01-01,2027-01-01,form-1")
                .write(directory.resolve("delivery"));
        Channels channels = channels(pair, "2026-10-15", "2026-10-16");
        sign(delivery, "persons.csv", pair);
        assertUnsigned(delivery, channels, "consents.csv is not signed");
        Files.copy(delivery.resolve("persons.csv.sig"), delivery.resolve("consents.csv.sig"));
        assertUnsigned(delivery, channels, "the signature consents.csv.sig is not one of a channel");
        sign(delivery, "consents.csv", pair);
        IntakeResult.FileCounts counts =
                Objects.requireNonNull(run(delivery, channels).files().get("consents.csv"));
        assertEquals(1, counts.accepted());
    }

    @Test
    void run_signedGzipAndParquet_areSignedAsTheyStand() throws IOException, GeneralSecurityException, SQLException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Channels channels = channels(pair, "2026-10-15", "2026-10-16");
        for (String ending : List.of(".csv.gz", ".parquet")) {
            Path delivery = DeliveryBuilder.basic().write(directory.resolve("delivery" + ending));
            Path plain = delivery.resolve("persons.csv");
            Path file = delivery.resolve("persons" + ending);
            if (ending.equals(".parquet")) {
                Fixtures.execute("COPY (SELECT * FROM read_csv('" + plain + "', all_varchar = true)) TO '" + file
                        + "' (FORMAT parquet)");
            } else {
                try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
                    Files.copy(plain, out);
                }
            }
            Path signature = delivery.resolve("persons" + ending + ".sig");
            Files.write(signature, Signing.sign(pair.getPrivate(), Files.readAllBytes(plain)));
            Files.delete(plain);
            assertUnsigned(delivery, channels, "the signature persons" + ending + ".sig is not one of a channel");
            sign(delivery, "persons" + ending, pair);
            IntakeResult.FileCounts counts =
                    Objects.requireNonNull(run(delivery, channels).files().get("persons.csv"));
            assertEquals(1, counts.accepted(), ending);
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);
            assertUnsigned(delivery, channels, "asked: [app]");
        }
    }

    /** The platform would hold the whole file on the heap. */
    @Test
    void run_signedFileOfAnyLength_isVerifiedInPieces() throws IOException, GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Channels channels = channels(pair, "2026-10-15", "2026-10-16");
        Path delivery = DeliveryBuilder.basic().write(directory.resolve("delivery"));
        Path persons = delivery.resolve("persons.csv");
        int lines = (Boolean.getBoolean("osmanthus.drills") ? 1100 << 20 : 9 << 20) >> 10;
        byte[] empty = "\n".repeat(1 << 10).getBytes(StandardCharsets.US_ASCII);
        try (OutputStream out = Files.newOutputStream(persons, StandardOpenOption.APPEND)) {
            for (int i = 0; i < lines; i++) {
                out.write(empty);
            }
        }
        Files.write(delivery.resolve("persons.csv.sig"), LongMessage.sign(pair.getPrivate(), persons));
        IntakeResult.FileCounts counts =
                Objects.requireNonNull(run(delivery, channels).files().get("persons.csv"));
        assertEquals(1, counts.read());
        assertEquals(1, counts.accepted());
        Files.write(persons, new byte[] {'\n'}, StandardOpenOption.APPEND);
        assertUnsigned(delivery, channels, "asked: [app]");
    }

    private static void sign(Path delivery, String name, KeyPair pair) throws IOException {
        byte[] signature = Signing.sign(pair.getPrivate(), Files.readAllBytes(delivery.resolve(name)));
        Files.write(delivery.resolve(name + ".sig"), signature);
    }

    @Test
    void load_shippedChannels_areNone() {
        Channels.load(Fixtures.CONFIG);
    }

    @Test
    void load_faultyChannel_isRefusedWithItsLine() throws IOException {
        Path config = Files.createDirectory(directory.resolve("config"));
        String entry =
                "channels:\n  - {id: a, title: A, files: [records], public_key: x, from: 2026-01-01, until: 2027-01-01}\n";
        for (String text : new String[] {
            entry, entry.replace("records", "persons"), entry.replace("[records]", "[]"), entry.replace("2027", "2025")
        }) {
            Files.writeString(config.resolve("channels.yaml"), text);
            ConfigException refused = assertThrows(ConfigException.class, () -> Channels.load(config));
            assertEquals(2, refused.findings().get(0).line());
        }
    }

    private Channels channels(KeyPair pair, String from, String until) throws IOException {
        Path config = Files.createDirectories(directory.resolve("channels"));
        Files.writeString(
                config.resolve("channels.yaml"),
                "channels:\n  - {id: app, title: App, files: [persons, consents], from: " + from + ", until: " + until
                        + ", public_key: "
                        + Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()) + "}\n");
        return Channels.load(config);
    }

    private void assertUnsigned(Path delivery, Channels channels, String message) {
        IntakeException refused = assertThrows(IntakeException.class, () -> run(delivery, channels));
        assertEquals(IntakeException.Code.EVIDENCE_INVALID, refused.code());
        assertTrue(String.valueOf(refused.getMessage()).contains(message), refused.getMessage());
    }

    private IntakeResult run(Path delivery, Channels channels) throws IOException {
        Path out = Files.createTempDirectory(directory, "out");
        return Intake.run(
                Delivery.open(delivery),
                Fixtures.VOCABULARY,
                Fixtures.KEY,
                Fixtures.AS_OF,
                out,
                new IntakeOptions(false, channels, 128L << 20, 1, null),
                Progress.SILENT);
    }

    private IntakeResult build(Path delivery) {
        return Fixtures.build(delivery, directory.resolve("store")).result();
    }

    private IntakeException assertRefused(Path delivery, IntakeException.Code code, String message) {
        IntakeException refused = assertThrows(IntakeException.class, () -> build(delivery));
        assertEquals(code, refused.code());
        assertTrue(String.valueOf(refused.getMessage()).contains(message), refused.getMessage());
        return refused;
    }
}
