package io.osmanthus.snapshots.trail;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/*
 * The library's own way to do this is sold separately. A page is taken by exchanging 0 for 0 in it: that makes the file
 * system give it a block, and cannot undo what the writer writes there meanwhile.
 */

/** Takes the disk blocks that a writer will write to next, so that neither its speed nor its life hangs on them. */
final class Ahead {
    private static final VarHandle WORDS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final int PAGE_BYTES = 4_096;
    private static final long AHEAD_BYTES_MIN = 256 << 10;
    private static final long AHEAD_BYTES_MAX = 64 << 20;

    /** How many times what was written since the last look is kept ready. */
    private static final long AHEAD_FACTOR = 8;

    private final TrailWriter writer;
    private Path file = Path.of("");
    private long written;
    private long taken;

    Ahead(TrailWriter writer) {
        this.writer = writer;
    }

    /** Takes more pages if fewer than half of what is due are left. Called on one background thread. */
    void look() throws IOException {
        TrailWriter.Written progress = writer.progress();
        if (progress.bytes() == 0) {
            return;
        }
        Path current = LoopQueue.file(progress.directory(), progress.minute());
        if (!current.equals(file)) {
            file = current;
            written = 0;
            taken = 0;
        }
        long due = Math.min(AHEAD_BYTES_MAX, Math.max(AHEAD_BYTES_MIN, AHEAD_FACTOR * (progress.bytes() - written)));
        written = progress.bytes();
        taken = Math.max(taken, written / PAGE_BYTES * PAGE_BYTES);
        if (taken - written < due / 2 && Files.exists(current)) {
            take(current, taken, written + due);
            taken = written + due;
        }
    }

    private static void take(Path file, long from, long to) throws IOException {
        long begin = from / PAGE_BYTES * PAGE_BYTES;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long end = Math.min(to, channel.size());
            if (end <= begin) {
                return;
            }
            MappedByteBuffer pages = channel.map(FileChannel.MapMode.READ_WRITE, begin, end - begin);
            for (int at = 0; at + Long.BYTES <= pages.capacity(); at += PAGE_BYTES) {
                WORDS.compareAndSet(pages, at, 0L, 0L);
            }
        } catch (InternalError e) {
            throw new IOException("the disk has no block left for " + file.getFileName(), e);
        }
    }
}
