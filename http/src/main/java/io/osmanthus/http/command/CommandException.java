package io.osmanthus.http.command;

/** Work that cannot be done; the message says what, where and what to do. Exit code 1. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandException(String message) {
        super(message);
    }
}
