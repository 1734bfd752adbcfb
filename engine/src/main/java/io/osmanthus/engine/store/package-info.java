/**
 * Where a generation's facts lie, off the heap: identifiers and dossiers in Chronicle Maps in anonymous memory, answer
 * words in a native array, and the populations in RoaringBitmaps.
 *
 * <p>Each store has one owner, the generation, which closes it once. Reads may come from any thread; writes come from the
 * generation's loader and afterwards from its single writer.
 */
@NullMarked
package io.osmanthus.engine.store;

import org.jspecify.annotations.NullMarked;
