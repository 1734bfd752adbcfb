/**
 * On the wire: the server. Checks are dispatched before the router and never leave their event loop; everything else
 * goes through the router, and what blocks runs on bounded workers.
 *
 * <p>One {@code Loop} per event loop owns what checks need: a reader of the engine, parsers, pseudonymisers, encoded
 * answers. Nothing of it is shared, so nothing of it is locked. {@code Route} is the one table of what is served and to
 * whom; {@code Problem} the one table of what is refused and how.
 */
@NullMarked
package io.osmanthus.http;

import org.jspecify.annotations.NullMarked;
