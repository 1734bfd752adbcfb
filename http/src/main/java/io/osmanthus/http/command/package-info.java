/**
 * The command line: each command is one class that reads its options, calls the modules below and prints results on
 * stdout, progress and complaints on stderr. Exit 0 done, 1 the work failed, 2 wrong usage.
 */
@NullMarked
package io.osmanthus.http.command;

import org.jspecify.annotations.NullMarked;
