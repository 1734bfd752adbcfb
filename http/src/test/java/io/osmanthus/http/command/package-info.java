@NullMarked
package io.osmanthus.http.command;

import org.jspecify.annotations.NullMarked;
