/**
 * This engine beside what else a city could take, in one run on one machine: a bare Vert.x server, Redis, a Spring Boot service on
 * Redis, Netflix Hollow. The program writes {@code RESULTS.md} itself; losing rows stay in.
 */
@NullMarked
package io.osmanthus.loadtests.compare;

import org.jspecify.annotations.NullMarked;
