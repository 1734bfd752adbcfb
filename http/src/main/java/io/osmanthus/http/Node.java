package io.osmanthus.http;

import io.osmanthus.snapshots.ledger.LedgerTail;
import java.time.LocalDate;
import java.util.function.Supplier;

/**
 * What a server shows of the node it runs on. Thread-safe.
 *
 * @param today the day that should be served: today in Asia/Shanghai, or the one that was asked for at the start
 * @param tail how the node follows the ledger
 * @param loads what is measured of generations
 * @param reload which configuration is served
 */
public record Node(Supplier<LocalDate> today, LedgerTail tail, Loads loads, Reload reload) {}
