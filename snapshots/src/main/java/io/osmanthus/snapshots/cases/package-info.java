/**
 * Objections and repairs (异议、修复): one table of states, the dates by which they are decided, and what a decision does, in
 * one transaction with the case. What was said stands in the ledger under the person's own key; the rows here hold the
 * course of a case and nothing else.
 */
@NullMarked
package io.osmanthus.snapshots.cases;

import org.jspecify.annotations.NullMarked;
