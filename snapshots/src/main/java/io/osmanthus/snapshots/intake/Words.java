package io.osmanthus.snapshots.intake;

import java.util.List;

/** A fixed dictionary that finds the index of a word without making a text of it. Immutable and thread-safe. */
final class Words {
    private final List<String> words;
    private final int[] table;

    Words(List<String> words) {
        this.words = List.copyOf(words);
        this.table = new int[Integer.highestOneBit(Math.max(4, words.size() * 4))];
        for (int i = 0; i < this.words.size(); i++) {
            int slot = slot(this.words.get(i));
            while (table[slot] != 0) {
                slot = (slot + 1) & (table.length - 1);
            }
            table[slot] = i + 1;
        }
    }

    List<String> words() {
        return words;
    }

    /** The index of a word, or -1. */
    int find(CharSequence text) {
        int slot = slot(text);
        while (table[slot] != 0) {
            if (words.get(table[slot] - 1).contentEquals(text)) {
                return table[slot] - 1;
            }
            slot = (slot + 1) & (table.length - 1);
        }
        return -1;
    }

    private int slot(CharSequence text) {
        int hash = 17;
        for (int i = 0; i < text.length(); i++) {
            hash = hash * 31 + text.charAt(i);
        }
        return (hash ^ (hash >>> 15)) & (table.length - 1);
    }
}
