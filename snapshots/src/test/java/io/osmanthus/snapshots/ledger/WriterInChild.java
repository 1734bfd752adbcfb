package io.osmanthus.snapshots.ledger;

import io.osmanthus.snapshots.PseudonymKey;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Writes acts with idempotency keys until it is killed, and one line for each that was acknowledged: number and position.
 * Arguments: a directory of an embedded database or a JDBC URL with user and password; the first number; the file.
 */
final class WriterInChild {
    private static final int UNDER_WAY = 32;

    private WriterInChild() {}

    public static void main(String[] arguments) throws IOException {
        Ledger.Place place = arguments[0].startsWith("jdbc:")
                ? new Ledger.Place(arguments[0], arguments[3], arguments[4])
                : EmbeddedDatabase.start(Path.of(arguments[0])).place();
        Ledger ledger = Ledger.open(place, PseudonymKey.ofHex("0f".repeat(32)), InstantSource.system());
        int number = Integer.parseInt(arguments[1]);
        ArrayDeque<CompletableFuture<Act.Receipt>> underWay = new ArrayDeque<>();
        int first = number;
        try (FileOutputStream out = new FileOutputStream(arguments[2], true)) {
            while (true) {
                underWay.add(LedgerKillDrillTest.submit(ledger, number++));
                if (underWay.size() == UNDER_WAY) {
                    String line;
                    try {
                        line = first + " " + underWay.remove().join().position() + "\n";
                    } catch (CompletionException e) {
                        line = first + " lost\n";
                    }
                    first++;
                    out.write(line.getBytes(StandardCharsets.US_ASCII));
                }
            }
        }
    }
}
