package io.osmanthus.snapshots.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/*
 * A backup of the ledger brings back who left after it was taken, with the key that leaving has destroyed. So departures stand
 * outside of the database too: one line "position subject milliseconds" each, forced to the disk before the person is told
 * that they have left, for as long as backups may be kept. A subject is a pseudonym, as in the ledger, and says nobody's name.
 */

/**
 * Who has left a ledger lately: {@code ledger.left} in the snapshot store. Thread-safe; processes that share the store may
 * write at the same time.
 */
public final class LedgerLeft {
    /** The file's name in the store. */
    public static final String FILE = "ledger.left";

    private static final Pattern LINE = Pattern.compile("([0-9]{1,18}) ([0-9a-f]{32}) ([0-9]{1,18})");

    private final Path file;

    /** The one of a store. */
    public LedgerLeft(Path store) {
        this.file = store.toAbsolutePath().resolve(FILE);
    }

    /** Somebody's last departure. */
    public record Departed(long position, Subject subject, Instant at) {}

    /** Everyone of whom it is known, each once, by position. */
    public List<Departed> read() throws IOException {
        Map<String, Departed> last = new TreeMap<>();
        if (!Files.exists(file)) {
            return List.of();
        }
        for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
            Matcher words = LINE.matcher(line);
            // the last line of a process that was killed: nobody has been told of that departure
            if (words.matches()) {
                Departed one = new Departed(
                        Long.parseLong(words.group(1)),
                        Subject.of(HexFormat.of().parseHex(words.group(2))),
                        Instant.ofEpochMilli(Long.parseLong(words.group(3))));
                last.merge(words.group(2), one, LedgerLeft::later);
            }
        }
        return last.values().stream()
                .sorted((one, other) -> Long.compare(one.position(), other.position()))
                .toList();
    }

    private static Departed later(Departed one, Departed other) {
        return other.at().isBefore(one.at()) ? one : other;
    }

    /** Those that a ledger does not contain: it was restored from a backup of before. */
    public List<Departed> lacking(Ledger ledger) throws IOException {
        List<Departed> known = read();
        return known.isEmpty() ? known : ledger.read(connection -> lacking(connection, known));
    }

    /** The same of a ledger that is not open. */
    public List<Departed> lacking(Ledger.Place place) throws IOException {
        List<Departed> known = read();
        return known.isEmpty() ? known : LedgerSeen.asked(place, connection -> lacking(connection, known));
    }

    private static List<Departed> lacking(Connection connection, List<Departed> known) throws SQLException {
        List<Departed> lacking = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT EXISTS (SELECT 1 FROM change WHERE subject = ? AND position = ? AND kind = 'left')")) {
            for (Departed one : known) {
                select.setBytes(1, one.subject().bytes());
                select.setLong(2, one.position());
                try (ResultSet row = select.executeQuery()) {
                    row.next();
                    if (!row.getBoolean(1)) {
                        lacking.add(one);
                    }
                }
            }
        }
        return lacking;
    }

    /** Adds departures; they are on the disk when it returns. */
    public void note(List<Departed> departed) throws IOException {
        locked(() -> {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                // in front too: behind half a line
                write(channel, "\n" + lines(departed));
                channel.force(true);
            }
        });
    }

    /** Adds what a ledger says, and forgets who left before a moment: no backup is that old. */
    public void renew(List<Departed> said, Instant since) throws IOException {
        locked(() -> {
            List<Departed> all = new ArrayList<>(read());
            all.addAll(said);
            all.removeIf(one -> one.at().isBefore(since));
            Path fresh = Files.createTempFile(file.getParent(), ".ledger", ".new");
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                write(channel, lines(all));
                channel.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        });
    }

    /** Forgets everybody: under another pseudonym key the names mean nothing. */
    public void clear() throws IOException {
        locked(() -> Files.deleteIfExists(file));
    }

    private static String lines(List<Departed> departed) {
        return departed.stream()
                .map(one -> one.position() + " "
                        + HexFormat.of().formatHex(one.subject().bytes()) + " "
                        + one.at().toEpochMilli() + "\n")
                .collect(Collectors.joining());
    }

    private static void write(FileChannel channel, String text) throws IOException {
        ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    /** One at a time: in this process by the class, over all processes by a lock of its own, since the file is replaced. */
    private void locked(Work work) throws IOException {
        synchronized (LedgerLeft.class) {
            try (FileChannel channel = FileChannel.open(
                            file.resolveSibling("." + FILE + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (lock.isValid()) {
                    work.run();
                }
            }
        }
    }
}
