package io.osmanthus.http;

import io.osmanthus.engine.Engine;
import io.osmanthus.engine.Follower;
import io.osmanthus.snapshots.ledger.Ledger;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * What a server needs to take acts: the ledger, and the engine that follows it. Thread-safe.
 *
 * @param snapshots where a snapshot of a version lies
 * @param stalenessMaxSeconds how long a node answers about persons after it last heard the ledger
 * @param operations the store of snapshots, and what of it failed
 * @param erasureDays after how many days snapshots and trail hold nothing of one who has left
 * @param node what is shown of the node
 */
public record Live(
        Ledger ledger,
        Follower follower,
        Engine engine,
        Function<String, Path> snapshots,
        int stalenessMaxSeconds,
        Operations operations,
        int erasureDays,
        Node node) {}
