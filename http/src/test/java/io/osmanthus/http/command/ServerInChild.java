package io.osmanthus.http.command;

import io.osmanthus.snapshots.ledger.Ledger;
import java.nio.file.Path;

/** A server as a process of its own, to be killed: what {@link LedgerRig#child} starts. Prints its port. */
final class ServerInChild {
    private ServerInChild() {}

    public static void main(String[] arguments) throws InterruptedException {
        Serving serving = LedgerRig.serve(
                Path.of(arguments[0]),
                new Ledger.Place(arguments[1], arguments[2], arguments[3]),
                arguments[4],
                arguments[5]);
        System.out.println(serving.port());
        serving.await();
    }
}
