package io.myriad.store.mvcc;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * The ordered index of keys: a persistent B+tree whose leaves hold the newest {@link KeyVersion} of every key, in key order.
 *
 * <p><b>Idea.</b> A tree is a value: a reader that holds one sees it unchanged for ever, takes no lock and copies nothing. The single writer edits through an
 * {@link Editor}, which copies a node the first time one edit session touches it and changes it in place after that; so a session over hundreds of
 * writes copies each path once. {@link Editor#snapshot} ends the session: what it returned is frozen, the next change copies again.
 *
 * <p><b>Layout.</b> A leaf is an array of versions and nothing else: the key is read out of the version's own bytes. An inner node has the smallest key
 * that ever was under each child but the first, and, as every node, the number of live keys (those whose newest version is no tombstone), so that counting a range costs
 * two descents.
 *
 * <p><b>Cost.</b> Look-up O(log n); range O(log n + keys); count O(log n). One reference a key in a leaf of up to {@value #MAX_WIDTH}. Deleted keys stay, as tombstones,
 * until {@link Editor#remove}; nodes that get thin are merged with a neighbour.
 */
final class KeyTree {

    /** Entries in a node, at most. Wide leaves make ranges fast, narrow ones make path copies cheap. */
    static final int MAX_WIDTH = 64;

    /** A node with fewer entries than this is merged with a neighbour if both fit in one. */
    private static final int MIN_WIDTH = 16;

    /** Spare room in the arrays of a copied node. */
    private static final int SLACK = 4;

    static final KeyTree EMPTY = new KeyTree(new Leaf(0, new KeyVersion[SLACK], 0, 0));

    private final Node root;

    private KeyTree(Node root) {
        this.root = root;
    }

    /** Receives versions in key order. */
    @FunctionalInterface
    interface Visitor {
        /** Returns false to end the walk. */
        boolean visit(KeyVersion newest);
    }

    abstract static sealed class Node permits Leaf, Inner {
        final long session;
        int width;
        int live;

        Node(long session, int width, int live) {
            this.session = session;
            this.width = width;
            this.live = live;
        }
    }

    static final class Leaf extends Node {
        KeyVersion[] entries;

        Leaf(long session, KeyVersion[] entries, int width, int live) {
            super(session, width, live);
            this.entries = entries;
        }

        /** Index of the key, or {@code -(insertion point) - 1}. */
        int find(byte[] key) {
            int low = 0;
            int high = width - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                int order = entries[middle].compareKey(key);
                if (order < 0) {
                    low = middle + 1;
                } else if (order > 0) {
                    high = middle - 1;
                } else {
                    return middle;
                }
            }
            return -low - 1;
        }
    }

    static final class Inner extends Node {
        Node[] children;
        /** {@code separators[i]} is not greater than any key under {@code children[i]} and greater than any before; [0] is not used. */
        byte[][] separators;

        Inner(long session, Node[] children, byte[][] separators, int width, int live) {
            super(session, width, live);
            this.children = children;
            this.separators = separators;
        }

        int childFor(byte[] key) {
            int low = 1;
            int high = width - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                if (Arrays.compareUnsigned(separators[middle], key) <= 0) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
            return high;
        }
    }

    /** The newest version of a key, tombstones included. */
    @Nullable
    KeyVersion get(byte[] key) {
        return get(root, key);
    }

    private static @Nullable KeyVersion get(Node from, byte[] key) {
        Node node = from;
        while (node instanceof Inner inner) {
            node = inner.children[inner.childFor(key)];
        }
        Leaf leaf = (Leaf) node;
        int index = leaf.find(key);
        return index < 0 ? null : leaf.entries[index];
    }

    /** Number of keys whose newest version is no tombstone. */
    int liveCount() {
        return root.live;
    }

    /** Number of live keys in a range that is not a single key. */
    int liveCount(KeyRange range) {
        byte[] to = range.to();
        int before = liveBefore(root, range.from());
        int until = to == null || to.length == 0 ? root.live : liveBefore(root, to);
        return Math.max(0, until - before);
    }

    private static int liveBefore(Node from, byte[] key) {
        int count = 0;
        Node node = from;
        while (node instanceof Inner inner) {
            int child = inner.childFor(key);
            for (int i = 0; i < child; i++) {
                count += inner.children[i].live;
            }
            node = inner.children[child];
        }
        Leaf leaf = (Leaf) node;
        int index = leaf.find(key);
        int end = index < 0 ? -index - 1 : index;
        for (int i = 0; i < end; i++) {
            if (!leaf.entries[i].isTombstone()) {
                count++;
            }
        }
        return count;
    }

    /** Visits the newest version, tombstones included, of every key in a range in key order. */
    void visit(KeyRange range, Visitor visitor) {
        visit(root, range, visitor);
    }

    private static void visit(Node root, KeyRange range, Visitor visitor) {
        if (range.isSingle()) {
            KeyVersion version = get(root, range.from());
            if (version != null) {
                visitor.visit(version);
            }
            return;
        }
        byte[] to = range.to();
        walk(root, range.from(), to == null || to.length == 0 ? null : to, visitor);
    }

    /** {@code from} null: no lower bound left to check below this node; {@code to} likewise. */
    private static boolean walk(Node node, byte @Nullable [] from, byte @Nullable [] to, Visitor visitor) {
        if (node instanceof Leaf leaf) {
            int start = from == null ? 0 : leaf.find(from);
            for (int i = start < 0 ? -start - 1 : start; i < leaf.width; i++) {
                KeyVersion version = leaf.entries[i];
                if (to != null && version.compareKey(to) >= 0 || !visitor.visit(version)) {
                    return false;
                }
            }
            return true;
        }
        Inner inner = (Inner) node;
        int first = from == null ? 0 : inner.childFor(from);
        int last = to == null ? inner.width - 1 : inner.childFor(to);
        for (int i = first; i <= last; i++) {
            if (!walk(inner.children[i], i == first ? from : null, i == last ? to : null, visitor)) {
                return false;
            }
        }
        return true;
    }

    /** Checks order, widths and live counts of the whole tree; for tests. Throws if they are wrong. */
    void checkInvariants() {
        check(root, null, null, true);
    }

    private static int check(Node node, byte @Nullable [] low, byte @Nullable [] high, boolean isRoot) {
        if (node.width > MAX_WIDTH || node.width == 0 && !isRoot) {
            throw new IllegalStateException("node width " + node.width);
        }
        int live = 0;
        if (node instanceof Leaf leaf) {
            for (int i = 0; i < leaf.width; i++) {
                KeyVersion entry = leaf.entries[i];
                if (low != null && entry.compareKey(low) < 0 || high != null && entry.compareKey(high) >= 0
                        || i > 0 && leaf.entries[i - 1].compareKey(entry.key()) >= 0) {
                    throw new IllegalStateException("key out of order: " + entry);
                }
                live += entry.isTombstone() ? 0 : 1;
            }
        } else {
            Inner inner = (Inner) node;
            for (int i = 0; i < inner.width; i++) {
                live += check(inner.children[i], i == 0 ? low : inner.separators[i],
                        i == inner.width - 1 ? high : inner.separators[i + 1], false);
            }
        }
        if (live != node.live) {
            throw new IllegalStateException("node says " + node.live + " live keys, there are " + live);
        }
        return live;
    }

    /** Builds a tree from versions in strictly ascending key order. */
    static KeyTree ofSorted(Iterable<KeyVersion> newest) {
        Editor editor = new Editor(EMPTY);
        for (KeyVersion version : newest) {
            editor.put(version.key(), version);
        }
        return editor.snapshot();
    }

    /** The writer's hold on the tree. One thread. */
    static final class Editor {
        private Node root;
        private long session = 1;

        Editor(KeyTree tree) {
            root = tree.root;
        }

        /** The tree as it is now; later edits do not change what was returned. */
        KeyTree snapshot() {
            session++;
            return new KeyTree(root);
        }

        @Nullable
        KeyVersion get(byte[] key) {
            return KeyTree.get(root, key);
        }

        /** Walks the tree as it is now; the visitor must not edit. */
        void visit(KeyRange range, Visitor visitor) {
            KeyTree.visit(root, range, visitor);
        }

        int liveCount(KeyRange range) {
            return new KeyTree(root).liveCount(range);
        }

        /** Makes {@code version} the newest of its key and returns the one that was. */
        @Nullable
        KeyVersion put(byte[] key, KeyVersion version) {
            Node editable = editable(root);
            KeyVersion replaced = put(editable, key, version);
            if (editable.width > MAX_WIDTH) {
                Node[] children = new Node[2 + SLACK];
                byte[][] separators = new byte[2 + SLACK][];
                children[0] = editable;
                Inner grown = new Inner(session, children, separators, 1, editable.live);
                split(grown, 0);
                editable = grown;
            }
            root = editable;
            return replaced;
        }

        private @Nullable KeyVersion put(Node node, byte[] key, KeyVersion version) {
            if (node instanceof Inner inner) {
                int index = inner.childFor(key);
                Node child = editable(inner.children[index]);
                inner.children[index] = child;
                int before = child.live;
                KeyVersion replaced = put(child, key, version);
                inner.live += child.live - before;
                if (child.width > MAX_WIDTH) {
                    split(inner, index);
                }
                return replaced;
            }
            Leaf leaf = (Leaf) node;
            int index = leaf.find(key);
            int gained = version.isTombstone() ? 0 : 1;
            if (index >= 0) {
                KeyVersion replaced = leaf.entries[index];
                leaf.entries[index] = version;
                leaf.live += gained - (replaced.isTombstone() ? 0 : 1);
                return replaced;
            }
            int at = -index - 1;
            if (leaf.width == leaf.entries.length) {
                leaf.entries = Arrays.copyOf(leaf.entries,
                        Math.min(MAX_WIDTH + 1, leaf.width + Math.max(SLACK, leaf.width / 2)));
            }
            System.arraycopy(leaf.entries, at, leaf.entries, at + 1, leaf.width - at);
            leaf.entries[at] = version;
            leaf.width++;
            leaf.live += gained;
            return null;
        }

        /** Removes a key that has only a compacted tombstone left. */
        void remove(byte[] key) {
            Node editable = editable(root);
            remove(editable, key);
            while (editable instanceof Inner inner && inner.width == 1) {
                editable = inner.children[0];
            }
            root = editable.width == 0 ? EMPTY.root : editable;
        }

        private void remove(Node node, byte[] key) {
            if (node instanceof Inner inner) {
                int index = inner.childFor(key);
                Node child = editable(inner.children[index]);
                inner.children[index] = child;
                int before = child.live;
                remove(child, key);
                inner.live += child.live - before;
                if (child.width < MIN_WIDTH) {
                    mergeThin(inner, index);
                }
                return;
            }
            Leaf leaf = (Leaf) node;
            int index = leaf.find(key);
            if (index < 0) {
                return;
            }
            leaf.live -= leaf.entries[index].isTombstone() ? 0 : 1;
            System.arraycopy(leaf.entries, index + 1, leaf.entries, index, leaf.width - index - 1);
            leaf.width--;
            leaf.entries[leaf.width] = null;
        }

        private Node editable(Node node) {
            if (node.session == session) {
                return node;
            }
            return switch (node) {
                case Leaf leaf ->
                    new Leaf(session, Arrays.copyOf(leaf.entries, room(leaf.width)), leaf.width, leaf.live);
                case Inner inner -> new Inner(session, Arrays.copyOf(inner.children, room(inner.width)),
                        Arrays.copyOf(inner.separators, room(inner.width)),
                        inner.width, inner.live);
            };
        }

        private static int room(int width) {
            return Math.min(MAX_WIDTH + 1, width + SLACK);
        }

        /** Splits the over-full child at {@code index} of an editable node in two halves. */
        private void split(Inner parent, int index) {
            Node right;
            byte[] separator;
            switch (parent.children[index]) {
                case Leaf left -> {
                    int half = left.width / 2;
                    KeyVersion[] moved = Arrays.copyOfRange(left.entries, half, left.width + SLACK);
                    int live = 0;
                    for (int i = half; i < left.width; i++) {
                        live += left.entries[i].isTombstone() ? 0 : 1;
                        left.entries[i] = null;
                    }
                    right = new Leaf(session, moved, left.width - half, live);
                    separator = moved[0].key();
                    left.width = half;
                    left.live -= live;
                }
                case Inner left -> {
                    int half = left.width / 2;
                    Node[] moved = Arrays.copyOfRange(left.children, half, left.width + SLACK);
                    byte[][] separators = Arrays.copyOfRange(left.separators, half, left.width + SLACK);
                    int live = 0;
                    for (int i = half; i < left.width; i++) {
                        live += left.children[i].live;
                        left.children[i] = null;
                        left.separators[i] = null;
                    }
                    right = new Inner(session, moved, separators, left.width - half, live);
                    separator = separators[0];
                    left.width = half;
                    left.live -= live;
                }
            }
            insertChild(parent, index + 1, right, separator);
        }

        private static void insertChild(Inner parent, int at, Node child, byte[] separator) {
            if (parent.width == parent.children.length) {
                int capacity = Math.min(MAX_WIDTH + 1, parent.width + Math.max(SLACK, parent.width / 2));
                parent.children = Arrays.copyOf(parent.children, capacity);
                parent.separators = Arrays.copyOf(parent.separators, capacity);
            }
            System.arraycopy(parent.children, at, parent.children, at + 1, parent.width - at);
            System.arraycopy(parent.separators, at, parent.separators, at + 1, parent.width - at);
            parent.children[at] = child;
            parent.separators[at] = separator;
            parent.width++;
        }

        private static void removeChild(Inner parent, int at) {
            System.arraycopy(parent.children, at + 1, parent.children, at, parent.width - at - 1);
            System.arraycopy(parent.separators, at + 1, parent.separators, at, parent.width - at - 1);
            parent.width--;
            parent.children[parent.width] = null;
            parent.separators[parent.width] = null;
        }

        /** Joins a thin child with a neighbour when both fit in one node; an empty one is dropped. */
        private void mergeThin(Inner parent, int index) {
            if (parent.children[index].width == 0) {
                removeChild(parent, index);
                return;
            }
            if (parent.width == 1) {
                return;
            }
            int leftIndex = index == 0 ? 0 : index - 1;
            Node left = parent.children[leftIndex];
            Node right = parent.children[leftIndex + 1];
            if (left.width + right.width > MAX_WIDTH) {
                return;
            }
            Node joined = editable(left);
            int width = joined.width;
            if (joined instanceof Leaf into && right instanceof Leaf from) {
                into.entries = Arrays.copyOf(into.entries, room(width + from.width));
                System.arraycopy(from.entries, 0, into.entries, width, from.width);
            } else if (joined instanceof Inner into && right instanceof Inner from) {
                into.children = Arrays.copyOf(into.children, room(width + from.width));
                into.separators = Arrays.copyOf(into.separators, room(width + from.width));
                System.arraycopy(from.children, 0, into.children, width, from.width);
                System.arraycopy(from.separators, 0, into.separators, width, from.width);
                into.separators[width] = parent.separators[leftIndex + 1];
            } else {
                throw new IllegalStateException("siblings of different kinds");
            }
            joined.width += right.width;
            joined.live += right.live;
            parent.children[leftIndex] = joined;
            removeChild(parent, leftIndex + 1);
        }
    }
}
