package io.osmanthus.engine.store;

import net.openhft.chronicle.map.ChronicleMapBuilder;

/**
 * Chronicle Maps in anonymous memory: no file, no return values that nobody reads, no checksums of what never leaves the
 * process, closed by their owner. Chronicle's greeting on the console is switched off.
 */
final class Anonymous {
    static {
        System.setProperty("chronicle.announcer.disable", "true");
    }

    private Anonymous() {}

    static <K, V> ChronicleMapBuilder<K, V> map(String name, Class<K> key, Class<V> value, long entries) {
        return ChronicleMapBuilder.of(key, value)
                .name(name)
                .entries(entries)
                .putReturnsNull(true)
                .removeReturnsNull(true)
                .skipCloseOnExitHook(true)
                .checksumEntries(false);
    }
}
