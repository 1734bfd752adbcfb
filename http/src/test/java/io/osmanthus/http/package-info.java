/** Tests on real sockets. {@code Rig} is a running server, {@code City} a few tokens behind it, {@code Wire} a client. */
@NullMarked
package io.osmanthus.http;

import org.jspecify.annotations.NullMarked;
