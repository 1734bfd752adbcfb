package io.osmanthus.http.command;

import io.osmanthus.engine.EngineException;
import io.osmanthus.http.ServerException;
import io.osmanthus.snapshots.SnapshotException;
import io.osmanthus.snapshots.intake.IntakeException;
import io.osmanthus.snapshots.ledger.LedgerException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/** Which failures are part of the trade, and say enough by their message. */
final class Failures {
    private static final List<Class<? extends Exception>> EXPECTED = List.of(
            CommandException.class,
            SnapshotException.class,
            IntakeException.class,
            EngineException.class,
            ServerException.class,
            LedgerException.class,
            IOException.class);

    private Failures() {}

    static boolean expected(Exception e) {
        return EXPECTED.stream().anyMatch(type -> type.isInstance(e));
    }

    /** What happened, also where the platform's message is no more than a path. */
    static String message(Exception e) {
        String message = String.valueOf(e.getMessage());
        if (e instanceof NoSuchFileException) {
            return message + " does not exist";
        }
        if (e instanceof DirectoryNotEmptyException) {
            return message + " is not empty";
        }
        if (e instanceof FileAlreadyExistsException) {
            return message + " already exists";
        }
        if (e instanceof AccessDeniedException) {
            return message + " may not be read or written by this user";
        }
        return message;
    }
}
