package io.myriad.store.mvcc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Which watchers want a key. Watchers of a single key are found by hash; those of a range in an interval tree: a treap ordered by the range's beginning (and end), each node
 * knowing the furthest end below it, so that a subtree which ends before the key is not entered. Watchers of the same range share a node. A look-up costs
 * O(log ranges + matches). One thread.
 */
final class WatcherIndex {

    private final Map<Key, List<Watcher>> singles = new HashMap<>();
    private final Random priorities;
    private @Nullable Node root;
    private int size;

    /** A key by content. Also the probe of a look-up, so its array may belong to a larger one. */
    private record Key(byte[] array, int offset, int length) {
        static Key of(Slice key) {
            return new Key(key.array(), key.offset(), key.length());
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key
                    && Arrays.equals(array, offset, offset + length, key.array, key.offset, key.offset + key.length);
        }

        @Override
        public int hashCode() {
            int hash = 1;
            for (int i = offset; i < offset + length; i++) {
                hash = 31 * hash + array[i];
            }
            return hash;
        }
    }

    private static final class Node {
        final byte[] from;
        /** Null: unbounded. */
        final byte @Nullable [] to;
        final int priority;
        final List<Watcher> watchers = new ArrayList<>(1);
        byte @Nullable [] furthest;
        @Nullable
        Node left;
        @Nullable
        Node right;

        Node(byte[] from, byte @Nullable [] to, int priority) {
            this.from = from;
            this.to = to;
            this.furthest = to;
            this.priority = priority;
        }

        void update() {
            furthest = to;
            if (left != null) {
                furthest = further(furthest, left.furthest);
            }
            if (right != null) {
                furthest = further(furthest, right.furthest);
            }
        }

        int order(byte[] otherFrom, byte @Nullable [] otherTo) {
            int order = Arrays.compareUnsigned(otherFrom, from);
            return order != 0 ? order : compareEnds(otherTo, to);
        }
    }

    private static int compareEnds(byte @Nullable [] a, byte @Nullable [] b) {
        if (a == null || b == null) {
            return a == b ? 0 : a == null ? 1 : -1;
        }
        return Arrays.compareUnsigned(a, b);
    }

    private static byte @Nullable [] further(byte @Nullable [] a, byte @Nullable [] b) {
        return compareEnds(a, b) >= 0 ? a : b;
    }

    WatcherIndex(Random priorities) {
        this.priorities = priorities;
    }

    int size() {
        return size;
    }

    void add(Watcher watcher) {
        KeyRange range = watcher.spec().keys();
        size++;
        if (range.isSingle()) {
            singles.computeIfAbsent(new Key(range.from(), 0, range.from().length), absent -> new ArrayList<>(1))
                    .add(watcher);
        } else {
            root = add(root, range.from(), endOf(range), watcher);
        }
    }

    void remove(Watcher watcher) {
        KeyRange range = watcher.spec().keys();
        size--;
        if (range.isSingle()) {
            Key key = new Key(range.from(), 0, range.from().length);
            List<Watcher> watchers = singles.get(key);
            if (watchers != null && watchers.remove(watcher) && watchers.isEmpty()) {
                singles.remove(key);
            }
        } else {
            root = remove(root, range.from(), endOf(range), watcher);
        }
    }

    /** Hands over every watcher whose range holds the event's key. */
    void forEachWatching(KeyVersion event, Consumer<Watcher> consumer) {
        if (!singles.isEmpty()) {
            List<Watcher> watchers = singles.get(Key.of(event.keySlice()));
            if (watchers != null) {
                watchers.forEach(consumer);
            }
        }
        stab(root, event, consumer);
    }

    private static void stab(@Nullable Node start, KeyVersion event, Consumer<Watcher> consumer) {
        Node node = start;
        while (node != null && (node.furthest == null || event.compareKey(node.furthest) < 0)) {
            stab(node.left, event, consumer);
            if (event.compareKey(node.from) < 0) {
                return;
            }
            if (node.to == null || event.compareKey(node.to) < 0) {
                node.watchers.forEach(consumer);
            }
            node = node.right;
        }
    }

    private static byte @Nullable [] endOf(KeyRange range) {
        return range.isUnbounded() ? null : range.to();
    }

    private Node add(@Nullable Node node, byte[] from, byte @Nullable [] to, Watcher watcher) {
        if (node == null) {
            Node added = new Node(from, to, priorities.nextInt());
            added.watchers.add(watcher);
            return added;
        }
        int order = node.order(from, to);
        if (order == 0) {
            node.watchers.add(watcher);
            return node;
        }
        Node top = node;
        if (order < 0) {
            Node child = add(node.left, from, to, watcher);
            node.left = child;
            if (child.priority > node.priority) {
                node.left = child.right;
                child.right = node;
                top = child;
            }
        } else {
            Node child = add(node.right, from, to, watcher);
            node.right = child;
            if (child.priority > node.priority) {
                node.right = child.left;
                child.left = node;
                top = child;
            }
        }
        node.update();
        top.update();
        return top;
    }

    private @Nullable Node remove(@Nullable Node node, byte[] from, byte @Nullable [] to, Watcher watcher) {
        if (node == null) {
            return null;
        }
        int order = node.order(from, to);
        if (order == 0) {
            node.watchers.remove(watcher);
            return node.watchers.isEmpty() ? join(node.left, node.right) : node;
        }
        if (order < 0) {
            node.left = remove(node.left, from, to, watcher);
        } else {
            node.right = remove(node.right, from, to, watcher);
        }
        node.update();
        return node;
    }

    private static @Nullable Node join(@Nullable Node left, @Nullable Node right) {
        if (left == null || right == null) {
            return left == null ? right : left;
        }
        if (left.priority > right.priority) {
            left.right = join(left.right, right);
            left.update();
            return left;
        }
        right.left = join(left, right.left);
        right.update();
        return right;
    }
}
