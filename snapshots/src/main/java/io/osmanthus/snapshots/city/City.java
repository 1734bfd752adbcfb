package io.osmanthus.snapshots.city;

import io.osmanthus.snapshots.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.stream.Stream;

/**
 * A synthetic city: the same arguments give the same bytes. Persons, tokens and organisations are numbered from 0, and
 * each can be named without the others; the last argument, the as-of date, moves dates and no identity.
 *
 * <p>Immutable and thread-safe; a city of any size takes some hundred kilobytes.
 */
public final class City {
    /** A province with head-room; the citizen ids would reach for 401 million. */
    public static final long PERSONS_MAX = 100_000_000;

    /** Assumed for a province: 14 million. */
    public static final long ORGANISATIONS_MAX = 20_000_000;

    private static final long STEP_ROWS = 1 << 16;
    private static final String RECORDS =
            "record_id,subject_type,subject_id,item,act_id,occurred_on,ended_on,decided_on,quantity,severity,source,"
                    + "document_no";
    private static final String ARREARS = "scene,person_id,since,amount_cents,reference,source";
    private static final String ORGANISATIONS = "uscc,name,type,district,industry,registered_on,status";
    private static final String LIST_ENTRIES =
            "entry_id,list,subject_type,subject_id,entered_on,leaves_on,reason,legal_basis,source";
    private static final String DELIVERER = "市大数据局";

    private final long persons;
    private final long organisations;
    private final long seed;
    private final int today;
    private final CitizenIds ids;
    private final Tokens tokens;

    /** Where the files go: a directory, or a test that counts. */
    interface Sink {
        OutputStream open(String file) throws IOException;
    }

    /** Writes the rows of one index; some have none, some several. */
    private interface Rows {
        void write(long index) throws IOException;
    }

    /** What a file says about everybody. */
    private interface Table {
        Rows into(Sheet sheet);
    }

    /**
     * A city.
     *
     * @param persons 1 to {@link #PERSONS_MAX}
     * @param organisations 0 to {@link #ORGANISATIONS_MAX}
     * @param asOf the day of its delivery, from 2000 to 2999
     * @throws IllegalArgumentException if a number is out of its range
     */
    public City(long persons, long organisations, long seed, LocalDate asOf) {
        if (persons < 1 || persons > PERSONS_MAX) {
            throw new IllegalArgumentException("a city has 1 to " + PERSONS_MAX + " persons, found " + persons);
        }
        if (organisations < 0 || organisations > ORGANISATIONS_MAX) {
            throw new IllegalArgumentException(
                    "a city has 0 to " + ORGANISATIONS_MAX + " organisations, found " + organisations);
        }
        if (asOf.getYear() < 2000 || asOf.getYear() > 2999) {
            throw new IllegalArgumentException("a city's delivery is of the years 2000 to 2999, found " + asOf);
        }
        this.persons = persons;
        this.organisations = organisations;
        this.seed = seed;
        this.today = (int) asOf.toEpochDay();
        this.ids = new CitizenIds(Draw.key(seed, "citizen ids"));
        this.tokens = new Tokens(persons, seed);
    }

    public long persons() {
        return persons;
    }

    public long organisations() {
        return organisations;
    }

    public long seed() {
        return seed;
    }

    /** The citizen id of a person, 0 to {@link #persons} - 1. */
    public String personId(long person) {
        requireIndex(person, persons, "person");
        byte[] id = new byte[CitizenIds.BYTES];
        ids.write(person, id);
        return new String(id, StandardCharsets.US_ASCII);
    }

    /** How many tokens are bound: first a card for each person in order, then plates, then app ids. */
    public long tokens() {
        return tokens.count();
    }

    /** How many of them are plates. */
    public long plates() {
        return tokens.plates();
    }

    /** How many of them are app ids. */
    public long apps() {
        return tokens.apps();
    }

    /** A bound token, 0 to {@link #tokens} - 1. */
    public Token token(long token) {
        requireIndex(token, tokens.count(), "token");
        return tokens.token(token);
    }

    /** The person who bound a token. */
    public long owner(long token) {
        requireIndex(token, tokens.count(), "token");
        return tokens.owner(token);
    }

    /** A card number that looks like any other and that nobody in this city has bound; any index will do. */
    public Token unknownCard(long index) {
        return tokens.unknownCard(index);
    }

    /** The unified social credit code of an organisation, 0 to {@link #organisations} - 1. */
    public String uscc(long organisation) {
        requireIndex(organisation, organisations, "organisation");
        Organisations cursor = new Organisations(seed, today);
        cursor.at(organisation);
        return cursor.uscc();
    }

    /**
     * Writes the delivery of the whole city. {@code delivery.csv} comes last: a directory without it is not complete.
     *
     * @param out a directory that is empty or does not exist yet
     * @throws DirectoryNotEmptyException if something is in it
     * @throws IOException if it cannot be written; what was written so far stays
     */
    public void generate(Path out, Progress progress) throws IOException {
        Files.createDirectories(out);
        try (Stream<Path> present = Files.list(out)) {
            if (present.findAny().isPresent()) {
                throw new DirectoryNotEmptyException(out.toString());
            }
        }
        generate(file -> Files.newOutputStream(out.resolve(file)), progress);
    }

    void generate(Sink sink, Progress progress) throws IOException {
        Residents residents = new Residents(persons, seed, today, ids);
        Organisations companies = new Organisations(seed, today);
        Manifest manifest = new Manifest(sink, progress);
        manifest.file("persons.csv", "person_id,district,enrolled_on", persons, sheet -> person -> {
            residents.at(person);
            residents.person(sheet);
        });
        manifest.file("tokens.csv", "scheme,token,person_id", tokens.count(), TokenRows::new);
        manifest.file("consents.csv", "person_id,scene,granted_on,expires_on,evidence", persons, sheet -> person -> {
            residents.at(person);
            residents.consents(sheet);
        });
        manifest.file("records.csv", RECORDS, persons + organisations, sheet -> records(sheet, residents, companies));
        manifest.file("arrears.csv", ARREARS, persons, sheet -> person -> {
            residents.at(person);
            residents.arrears(sheet);
        });
        manifest.file("organisations.csv", ORGANISATIONS, organisations, sheet -> organisation -> {
            companies.at(organisation);
            companies.organisation(sheet);
        });
        manifest.file("list_entries.csv", LIST_ENTRIES, organisations, sheet -> organisation -> {
            companies.at(organisation);
            companies.entries(sheet);
        });
        disclosures(manifest, companies);
        manifest.close();
    }

    private void disclosures(Manifest manifest, Organisations companies) throws IOException {
        Disclosures disclosures = new Disclosures(seed, today, companies);
        manifest.file("permits.csv", Disclosures.PERMITS, organisations, sheet -> at -> disclosures.permits(at, sheet));
        manifest.file("penalties.csv", Disclosures.PENALTIES, organisations, sheet -> at -> {
            companies.at(at);
            disclosures.penalties(at, sheet);
        });
        manifest.file(
                "administrative_acts.csv", Disclosures.ACTS, organisations, sheet -> at -> disclosures.acts(at, sheet));
        manifest.file(
                "commitments.csv",
                Disclosures.COMMITMENTS,
                organisations,
                sheet -> at -> disclosures.commitments(at, sheet));
    }

    /** First the persons, then the organisations. */
    private Rows records(Sheet sheet, Residents residents, Organisations companies) {
        PersonRecords records = new PersonRecords(seed, today, residents, sheet);
        return index -> {
            if (index < persons) {
                records.write(index);
                return;
            }
            companies.at(index - persons);
            companies.penalties(sheet);
        };
    }

    private static void requireIndex(long index, long count, String what) {
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException(what + " " + index + " is not in 0 to " + (count - 1));
        }
    }

    /** {@code tokens.csv}: scheme, token and the id of who bound it. */
    private final class TokenRows implements Rows {
        private final Sheet sheet;
        private final byte[] token = new byte[Tokens.BYTES_MAX];
        private final byte[] id = new byte[CitizenIds.BYTES];

        TokenRows(Sheet sheet) {
            this.sheet = sheet;
        }

        @Override
        public void write(long index) throws IOException {
            ids.write(tokens.owner(index), id);
            int length = tokens.write(index, token);
            sheet.put(tokens.scheme(index).word());
            sheet.comma().put(token, length).comma().put(id).end();
        }
    }

    /** Writes the files one after the other, and with each its row of {@code delivery.csv}. */
    private final class Manifest {
        private final Sink sink;
        private final Progress progress;
        private final ByteArrayOutputStream rows = new ByteArrayOutputStream();
        private final Sheet delivery;

        Manifest(Sink sink, Progress progress) throws IOException {
            this.sink = sink;
            this.progress = progress;
            this.delivery = new Sheet(rows, "source,file,provided,delivered_on");
        }

        void file(String name, String header, long count, Table table) throws IOException {
            try (Progress.Task task = progress.begin(name, count, "subjects");
                    Sheet sheet = new Sheet(sink.open(name), header)) {
                Rows rowsOf = table.into(sheet);
                for (long index = 0; index < count; index++) {
                    rowsOf.write(index);
                    if ((index + 1) % STEP_ROWS == 0) {
                        task.advance(STEP_ROWS);
                    }
                }
                task.advance(count % STEP_ROWS);
                delivery.put(DELIVERER).comma().put(name).comma();
                delivery.number(sheet.rows()).comma().date(today).end();
            }
        }

        void close() throws IOException {
            delivery.close();
            try (OutputStream out = sink.open("delivery.csv")) {
                rows.writeTo(out);
            }
        }
    }
}
