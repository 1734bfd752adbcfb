package io.osmanthus.snapshots.intake;

import io.osmanthus.snapshots.Manifest;
import io.osmanthus.snapshots.Phases;
import io.osmanthus.snapshots.Progress;
import io.osmanthus.snapshots.PseudonymKey;
import io.osmanthus.snapshots.QualityFigure;
import io.osmanthus.snapshots.Snapshot;
import io.osmanthus.snapshots.SnapshotBuild;
import io.osmanthus.snapshots.intake.IntakeException.Code;
import io.osmanthus.snapshots.ledger.Ledger;
import io.osmanthus.snapshots.vocabulary.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The face of intake: takes a delivery in and writes the files of a snapshot. Persons come first, then what refers to them,
 * each file in one pass. For one thread; what has been written is thrown away with its directory when it fails.
 */
public final class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    /** Whom facts are about comes before the facts. */
    private static final List<DeliveryFile> ORDER = List.of(
            DeliveryFile.PERSONS,
            DeliveryFile.TOKENS,
            DeliveryFile.CONSENTS,
            DeliveryFile.ORGANISATIONS,
            DeliveryFile.RECORDS,
            DeliveryFile.ARREARS,
            DeliveryFile.LIST_ENTRIES,
            DeliveryFile.PERMITS,
            DeliveryFile.PENALTIES,
            DeliveryFile.ADMINISTRATIVE_ACTS,
            DeliveryFile.COMMITMENTS);

    private final Delivery delivery;
    private final Vocabulary vocabulary;
    private final PseudonymKey key;
    private final LocalDate asOf;
    private final Path directory;
    private final IntakeOptions options;
    private final Progress progress;
    private final Phases phases;
    private final Subjects subjects;
    private final Judges judges;
    private final List<String> warnings = new ArrayList<>();
    private final Map<DeliveryFile, Tally> tallies = new LinkedHashMap<>();
    private final Map<String, LocalDate> factsAsOf = new LinkedHashMap<>();
    private final Map<String, IntakeResult.FileCounts> counts = new LinkedHashMap<>();
    private final Map<String, Long> rows = new TreeMap<>();
    private Map<String, Long> lists = Map.of();
    private List<QualityFigure> quality = List.of();
    private @Nullable List<QualityFigure> concealment;
    private boolean synthetic = true;
    private Ledger.@Nullable Head contained;

    private Intake(
            Delivery delivery,
            Vocabulary vocabulary,
            PseudonymKey key,
            LocalDate asOf,
            Path directory,
            IntakeOptions options,
            Progress progress,
            Phases phases) {
        this.delivery = delivery;
        this.vocabulary = vocabulary;
        this.key = key;
        this.asOf = asOf;
        this.directory = directory;
        this.options = options;
        this.progress = progress;
        this.phases = phases;
        this.subjects = new Subjects(key);
        this.judges = new Judges(subjects, vocabulary, key, asOf);
    }

    /**
     * Takes a delivery in, over the former snapshot of {@code options}: what is delivered replaces its kind of fact as a
     * whole, and for a file that is missing the former facts stand.
     *
     * @param asOf the last day that is not future
     * @param directory an empty directory of a {@link SnapshotBuild}; the Parquet files are written there
     * @throws IntakeException if the delivery cannot be taken in at all; faulty rows are no reason
     */
    public static IntakeResult run(
            Delivery delivery,
            Vocabulary vocabulary,
            PseudonymKey key,
            LocalDate asOf,
            Path directory,
            IntakeOptions options,
            Progress progress) {
        return run(delivery, vocabulary, key, asOf, directory, options, progress, new Phases());
    }

    /** The same, and says what it takes: to read and judge, to sort and write, to carry over, and so on. */
    public static IntakeResult run(
            Delivery delivery,
            Vocabulary vocabulary,
            PseudonymKey key,
            LocalDate asOf,
            Path directory,
            IntakeOptions options,
            Progress progress,
            Phases phases) {
        try {
            return new Intake(delivery, vocabulary, key, asOf, directory, options, progress, phases).run();
        } finally {
            phases.end();
        }
    }

    private IntakeResult run() {
        Path work = directory.resolve("work");
        try {
            Files.createDirectory(work);
            phases.now("signatures");
            verifySignatures();
            phases.now("prepare");
            DeliveryNote note = DeliveryNote.read(part(DeliveryFile.DELIVERY));
            warnAboutFiles(note);
            Snapshot snapshot = options.former();
            Path readable = snapshot == null ? null : snapshot.directory();
            try (Staging staging = Staging.open(work, options.memoryBytes(), options.threads(), readable, progress);
                    Quarantine quarantine = Quarantine.open(staging)) {
                Former former = snapshot == null ? null : Former.of(snapshot, key, staging, directory);
                LedgerFold fold = fold(staging);
                for (DeliveryFile file : ORDER) {
                    long position = LedgerFold.DELIVERED;
                    if (delivery.part(file) == null && former != null && former.has(file)) {
                        carryOver(file, former);
                        position = former.ledgerPosition();
                    } else {
                        take(file, note, staging, quarantine);
                    }
                    fold(file, position, fold);
                }
                phases.now("figures");
                lists = staging.counts("SELECT list, count(*) FROM "
                        + Staging.parquet(directory.resolve(DeliveryFile.LIST_ENTRIES.word() + ".parquet"))
                        + " GROUP BY list ORDER BY list");
                takeReference(note, staging, quarantine);
                long quarantined = quarantine.write(
                        directory.resolve(Snapshot.QUARANTINE), directory.resolve(Snapshot.QUARANTINE_CSV));
                rows.put(Snapshot.QUARANTINE, quarantined);
                rows.put(Snapshot.QUARANTINE_CSV, quarantined);
                measure(note, staging);
            }
            return result();
        } catch (SQLException e) {
            throw Staging.failed(directory, e);
        } catch (IOException e) {
            throw new IntakeException(
                    Code.IO, "writing in " + directory + " failed: " + e + "; look for free space there", e);
        }
    }

    private @Nullable LedgerFold fold(Staging staging) throws SQLException {
        Ledger ledger = options.ledger();
        if (ledger == null) {
            return null;
        }
        phases.now("read_ledger");
        try (Progress.Task task =
                progress.begin("read the ledger", ledger.head().position(), "changes")) {
            LedgerFacts.Read read = LedgerFacts.read(ledger, key, vocabulary, staging, directory, task);
            contained = read.head();
            synthetic &= read.synthetic();
            LOG.info("the ledger is contained up to position {}", read.head().position());
            return new LedgerFold(read, staging, directory);
        }
    }

    private void fold(DeliveryFile file, long position, @Nullable LedgerFold fold) throws SQLException, IOException {
        if (fold != null) {
            phases.now("fold_ledger");
            long folded = fold.fold(file, position, subjects);
            if (folded >= 0) {
                rows.put(file.word() + ".parquet", folded);
            }
        }
    }

    private void verifySignatures() {
        for (DeliveryFile file : ORDER) {
            Delivery.Part part = delivery.part(file);
            if (part != null && file.signed() && !options.demonstration()) {
                options.channels().verify(part, asOf, progress);
            }
        }
    }

    private void warnAboutFiles(DeliveryNote note) {
        for (DeliveryFile file : DeliveryFile.values()) {
            Delivery.Part part = delivery.part(file);
            if (part != null && file.facts() && note.of(file).isEmpty()) {
                warn(part.name() + " is in the delivery, but delivery.csv does not name it");
            }
            if (part == null && !note.of(file).isEmpty()) {
                warn("delivery.csv names " + file.csv() + ", but it is not in the delivery");
            }
        }
    }

    private void take(DeliveryFile file, DeliveryNote note, Staging staging, Quarantine quarantine)
            throws SQLException {
        Delivery.Part part = delivery.part(file);
        phases.now("judge");
        Tally tally = new Tally(sources(file, note));
        staging.create(file.word(), Judges.columns(file));
        try (Staging.Filling filling = staging.fill(file.word())) {
            int deliveredOn = (int) deliveredOn(file, note).toEpochDay();
            RowJudge judge = judges.judge(file, deliveredOn, tally, filling.appender());
            if (part != null) {
                read(part, judge, quarantine);
                tallies.put(file, tally);
                counts.put(file.csv(), tally.counts(judge.masked()));
                factsAsOf.put(file.csv(), deliveredOn(file, note));
                LOG.info("{}: {}", part.name(), counts.get(file.csv()));
            }
            judge.finish();
            if (judge instanceof PersonJudge persons) {
                synthetic &= persons.synthetic();
            }
        }
        phases.now("write");
        String name = file.word() + ".parquet";
        Staging.Step step = new Staging.Step("write " + name, tally.accepted);
        long written = staging.write(step, file.word(), judges.query(file), directory.resolve(name));
        if (written != tally.accepted) {
            throw new IntakeException(
                    Code.COUNT_MISMATCH,
                    name + " has " + written + " rows, " + tally.accepted + " were accepted: nothing is published");
        }
        rows.put(name, written);
    }

    /** The sources that are counted on their own: those that the note names beside each other for the file. */
    private static Set<String> sources(DeliveryFile file, DeliveryNote note) {
        List<DeliveryNote.Line> lines = note.of(file);
        return lines.size() < 2 || file.sourceColumn() < 0
                ? Set.of()
                : lines.stream().map(DeliveryNote.Line::source).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Holds what is disclosed against an independent list, if there is one; nothing of the list is kept. */
    private void takeReference(DeliveryNote note, Staging staging, Quarantine quarantine) throws SQLException {
        DeliveryFile file = DeliveryFile.REFERENCE;
        Delivery.Part part = delivery.part(file);
        if (part == null) {
            return;
        }
        Tally tally = new Tally();
        staging.create(file.word(), ReferenceJudge.COLUMNS);
        try (Staging.Filling filling = staging.fill(file.word())) {
            RowJudge judge = new ReferenceJudge((int) asOf.toEpochDay(), tally, filling.appender());
            read(part, judge, quarantine);
            tallies.put(file, tally);
            counts.put(file.csv(), tally.counts(judge.masked()));
            factsAsOf.put(file.csv(), deliveredOn(file, note));
        }
        Staging.Step step = new Staging.Step("hold against " + part.name(), tally.accepted);
        concealment = Quality.concealment(step, staging, directory, file.word());
        staging.execute("DROP TABLE " + file.word());
    }

    /** Makes the quality figures and keeps them with the facts. */
    private void measure(DeliveryNote note, Staging staging) throws SQLException {
        quality = new Quality(vocabulary).figures(note, tallies);
        List<QualityFigure> all = new ArrayList<>(quality);
        if (concealment != null) {
            all.addAll(concealment);
        }
        rows.put(Snapshot.QUALITY, Quality.write(all, staging, directory));
        if (tallies.keySet().stream().anyMatch(DeliveryFile::timed)
                && !vocabulary.workingDays().covers(asOf.getYear())) {
            warn("there is no notice of the holidays of " + asOf.getYear() + " in holidays/: its working days are taken"
                    + " to be Monday to Friday, and rows are late or not by that");
        }
    }

    /** Lets the former facts of a kind stand, because its file has not been delivered. */
    private void carryOver(DeliveryFile file, Former former) throws SQLException {
        if (file.signed() && !options.demonstration() && former.demonstration()) {
            throw new IntakeException(
                    Code.EVIDENCE_INVALID,
                    file.csv() + " is not in the delivery, and " + former + " holds it without a channel's signature,"
                            + " from a demonstration: deliver it signed, or build into another store");
        }
        if (LedgerFold.FILES.contains(file)) {
            former.mustGoOnWith(contained, file);
        }
        phases.now("carry_over");
        String name = file.word() + ".parquet";
        Former.Carried carried = former.carryOver(file, subjects);
        rows.put(name, carried.rows());
        counts.put(file.csv(), new IntakeResult.FileCounts(0, 0, 0, 0, 0, 0, carried.rows(), Map.of()));
        factsAsOf.put(file.csv(), former.factsAsOf(file));
        // Facts of real persons stay those of real persons, whatever else is delivered beside them.
        synthetic &= former.synthetic() || carried.ofPersons() == 0;
        long dropped = former.rows(file) - carried.rows();
        warn(file.csv() + " is not in the delivery: " + carried.rows() + " rows of " + former.factsAsOf(file)
                + " stand, carried over from " + former
                + (dropped == 0 ? "" : "; " + dropped + " others are about subjects that are no longer there"));
    }

    /** The day that the delivery says of a file, the latest of its sources'. */
    private LocalDate deliveredOn(DeliveryFile file, DeliveryNote note) {
        return note.of(file).stream()
                .map(DeliveryNote.Line::deliveredOn)
                .max(LocalDate::compareTo)
                .orElse(asOf);
    }

    /** Reads one file and holds its counts against those of whoever split it. */
    private void read(Delivery.Part part, RowJudge judge, Quarantine quarantine) throws SQLException {
        Tally tally = judge.tally();
        RowSink sink = row -> {
            if (judge.judge(row) == RowJudge.Verdict.QUARANTINED) {
                quarantine.add(part.file(), tally.read, judge.column(), judge.reason(), judge.shown(row));
            }
        };
        long records = part.format() == Delivery.Format.PARQUET
                ? ParquetRecords.read(part, progress, sink)
                : CsvRecords.read(part, progress, sink);
        long judged = tally.accepted + tally.quarantined + tally.notEnrolled;
        if (records != tally.read || judged != tally.read) {
            throw new IntakeException(
                    Code.COUNT_MISMATCH,
                    part.name() + " has " + records + " records by the first count, " + tally.read + " were read and "
                            + judged + " judged: nothing is published. This is a fault of the program");
        }
    }

    private IntakeResult result() {
        Map<String, Manifest.Counts> manifestCounts = new LinkedHashMap<>();
        counts.forEach((file, count) -> manifestCounts.put(file, count.counts()));
        return new IntakeResult(
                asOf,
                counts,
                quality,
                concealment,
                List.copyOf(warnings),
                new SnapshotBuild.Content(
                        asOf,
                        factsAsOf,
                        key.fingerprint(),
                        synthetic,
                        options.demonstration(),
                        manifestCounts,
                        rows,
                        lists,
                        null,
                        contained == null ? null : contained.id().toString(),
                        contained == null ? 0 : contained.position(),
                        contained == null ? null : contained.hash()));
    }

    private Delivery.Part part(DeliveryFile file) {
        return Objects.requireNonNull(delivery.part(file), "Delivery.open asks for it");
    }

    private void warn(String message) {
        warnings.add(message);
        LOG.warn(message);
    }
}
