package io.myriad.apiserver.cache;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.KeyOrder;

/**
 * An immutable ordered map of objects by namespace and name, in the store's key order. A change makes a new tree that shares
 * all but one path with the old one, so a reader keeps a tree as long as it likes and never waits.
 *
 * <p>Shape: leaves are arrays of up to {@link #MAX_WIDTH} objects, branches arrays of up to as many nodes; a branch knows
 * how many objects it has below, so that positions can be counted. 200,000 objects make some 2,200 leaves below 25
 * branches. A change copies one leaf, one branch and the root, about 1 kB; the tree itself costs 6 bytes an object.
 *
 * <p>For example, with width 4 and the names a to g: {@code [[a b c] [d e f g]]}. Adding {@code cc} copies the first leaf
 * to {@code [a b c cc]} and the root; adding {@code h} splits the second one into {@code [d e] [f g h]}.
 */
final class ObjectTree {
    static final int MAX_WIDTH = 128;
    /** Nodes narrower than this are merged with a neighbour. */
    private static final int MIN_WIDTH = 32;
    /** The width of the nodes of a tree that is built at once, with room for some insertions. */
    private static final int BUILD_WIDTH = 112;

    static final ObjectTree EMPTY = new ObjectTree(new Leaf(new CachedObject[0]));

    private sealed interface Node {
        /** The number of objects. */
        int size();

        /** The number of elements in the node's array. */
        int width();

        CachedObject first();
    }

    private record Leaf(CachedObject[] objects) implements Node {
        @Override
        public int size() {
            return objects.length;
        }

        @Override
        public int width() {
            return objects.length;
        }

        @Override
        public CachedObject first() {
            return objects[0];
        }
    }

    private record Branch(Node[] children, int size) implements Node {
        static Branch of(Node[] children) {
            int size = 0;
            for (Node child : children) {
                size += child.size();
            }
            return new Branch(children, size);
        }

        @Override
        public int width() {
            return children.length;
        }

        @Override
        public CachedObject first() {
            return children[0].first();
        }
    }

    private final Node root;

    private ObjectTree(Node root) {
        this.root = root;
    }

    /** The tree of objects that are in key order and all different. */
    static ObjectTree ofSorted(List<CachedObject> objects) {
        if (objects.isEmpty()) {
            return EMPTY;
        }
        Node[] level = new Node[(objects.size() + BUILD_WIDTH - 1) / BUILD_WIDTH];
        for (int i = 0; i < level.length; i++) {
            int from = i * BUILD_WIDTH;
            level[i] = new Leaf(objects.subList(from, Math.min(from + BUILD_WIDTH, objects.size()))
                    .toArray(new CachedObject[0]));
        }
        while (level.length > 1) {
            Node[] above = new Node[(level.length + BUILD_WIDTH - 1) / BUILD_WIDTH];
            for (int i = 0; i < above.length; i++) {
                int from = i * BUILD_WIDTH;
                above[i] = Branch.of(Arrays.copyOfRange(level, from, Math.min(from + BUILD_WIDTH, level.length)));
            }
            level = above;
        }
        return new ObjectTree(level[0]);
    }

    int size() {
        return root.size();
    }

    /** The object of this name, or null. */
    @Nullable
    CachedObject get(String namespace, String name) {
        Node node = root;
        while (node instanceof Branch branch) {
            node = branch.children[childOf(branch, namespace, name)];
        }
        CachedObject[] objects = ((Leaf) node).objects;
        int at = search(objects, namespace, name);
        return at >= 0 ? objects[at] : null;
    }

    /** The tree with this object, in the place of the one of the same name if there is one. */
    ObjectTree with(CachedObject object) {
        Node[] parts = with(root, object);
        return new ObjectTree(parts.length == 1 ? parts[0] : Branch.of(parts));
    }

    /** The tree without the object of this name; this one when there is none. */
    ObjectTree without(String namespace, String name) {
        Node rest = without(root, namespace, name);
        while (rest instanceof Branch branch && branch.children.length == 1) {
            rest = branch.children[0];
        }
        return rest == root ? this : new ObjectTree(rest);
    }

    /** How many objects come before {@code text} in key order, which is a whole key or any other text. */
    int rank(String text) {
        int before = 0;
        Node node = root;
        while (node instanceof Branch branch) {
            Node[] children = branch.children;
            int low = 0;
            int high = children.length - 1;
            while (low < high) {
                int middle = (low + high + 1) >>> 1;
                if (compare(children[middle].first(), text) < 0) {
                    low = middle;
                } else {
                    high = middle - 1;
                }
            }
            for (int i = 0; i < low; i++) {
                before += children[i].size();
            }
            node = children[low];
        }
        CachedObject[] objects = ((Leaf) node).objects;
        int low = 0;
        int high = objects.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (compare(objects[middle], text) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return before + low;
    }

    /** The objects from position {@code from} up to, not including, {@code to}: a view, in key order. */
    List<CachedObject> list(int from, int to) {
        Objects.checkFromToIndex(from, to, size());
        return new Range(this, from, to);
    }

    /** All objects in key order. */
    List<CachedObject> list() {
        return list(0, size());
    }

    private static int compare(CachedObject object, String text) {
        return KeyOrder.compareToText(object.namespace(), object.name(), text);
    }

    private static int compare(CachedObject object, String namespace, String name) {
        return KeyOrder.compare(object.namespace(), object.name(), namespace, name);
    }

    /** The index of the object of this name, or as {@link Arrays#binarySearch} where it would be. */
    private static int search(CachedObject[] objects, String namespace, String name) {
        int low = 0;
        int high = objects.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int sign = compare(objects[middle], namespace, name);
            if (sign < 0) {
                low = middle + 1;
            } else if (sign > 0) {
                high = middle - 1;
            } else {
                return middle;
            }
        }
        return -low - 1;
    }

    /** The index of the only child that can have the object of this name. */
    private static int childOf(Branch branch, String namespace, String name) {
        int low = 0;
        int high = branch.children.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (compare(branch.children[middle].first(), namespace, name) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** The node with the object: one node, or two when it had to be split. */
    private static Node[] with(Node node, CachedObject object) {
        return switch (node) {
            case Leaf leaf -> {
                CachedObject[] objects = leaf.objects;
                int at = search(objects, object.namespace(), object.name());
                if (at >= 0) {
                    CachedObject[] copy = objects.clone();
                    copy[at] = object;
                    yield new Node[]{new Leaf(copy)};
                }
                CachedObject[] copy = new CachedObject[objects.length + 1];
                int where = -at - 1;
                System.arraycopy(objects, 0, copy, 0, where);
                copy[where] = object;
                System.arraycopy(objects, where, copy, where + 1, objects.length - where);
                yield split(copy, where == objects.length);
            }
            case Branch branch -> {
                int at = childOf(branch, object.namespace(), object.name());
                yield split(replaced(branch.children, at, at + 1, with(branch.children[at], object)),
                        at == branch.children.length - 1);
            }
        };
    }

    /** Splits what is too wide; at the end where keys only grow, so that the left part stays full. */
    private static Node[] split(CachedObject[] objects, boolean atEnd) {
        if (objects.length <= MAX_WIDTH) {
            return new Node[]{new Leaf(objects)};
        }
        int middle = atEnd ? BUILD_WIDTH : objects.length / 2;
        return new Node[]{new Leaf(Arrays.copyOf(objects, middle)),
                new Leaf(Arrays.copyOfRange(objects, middle, objects.length))};
    }

    private static Node[] split(Node[] children, boolean atEnd) {
        if (children.length <= MAX_WIDTH) {
            return new Node[]{Branch.of(children)};
        }
        int middle = atEnd ? BUILD_WIDTH : children.length / 2;
        return new Node[]{Branch.of(Arrays.copyOf(children, middle)),
                Branch.of(Arrays.copyOfRange(children, middle, children.length))};
    }

    private static Node[] replaced(Node[] children, int from, int to, Node... by) {
        Node[] copy = new Node[children.length - (to - from) + by.length];
        System.arraycopy(children, 0, copy, 0, from);
        System.arraycopy(by, 0, copy, from, by.length);
        System.arraycopy(children, to, copy, from + by.length, children.length - to);
        return copy;
    }

    private static Node without(Node node, String namespace, String name) {
        return switch (node) {
            case Leaf leaf -> {
                CachedObject[] objects = leaf.objects;
                int at = search(objects, namespace, name);
                if (at < 0) {
                    yield leaf;
                }
                CachedObject[] copy = new CachedObject[objects.length - 1];
                System.arraycopy(objects, 0, copy, 0, at);
                System.arraycopy(objects, at + 1, copy, at, copy.length - at);
                yield new Leaf(copy);
            }
            case Branch branch -> {
                int at = childOf(branch, namespace, name);
                Node child = without(branch.children[at], namespace, name);
                yield child == branch.children[at] ? branch : Branch.of(rejoined(branch.children, at, child));
            }
        };
    }

    /** The children with {@code child} at its place, merged with a neighbour when it has become narrow. */
    private static Node[] rejoined(Node[] children, int at, Node child) {
        if (child.width() >= MIN_WIDTH || children.length == 1) {
            return replaced(children, at, at + 1, child);
        }
        int left = at == 0 ? 0 : at - 1;
        Node first = at == 0 ? child : children[left];
        Node second = at == 0 ? children[1] : child;
        Node[] joined = switch (first) {
            case Leaf leaf -> {
                CachedObject[] other = ((Leaf) second).objects;
                CachedObject[] all = Arrays.copyOf(leaf.objects, leaf.objects.length + other.length);
                System.arraycopy(other, 0, all, leaf.objects.length, other.length);
                yield split(all, false);
            }
            case Branch branch -> split(replaced(branch.children, branch.children.length, branch.children.length,
                    ((Branch) second).children), false);
        };
        return replaced(children, left, left + 2, joined);
    }

    /** The leaf with the object at a position, and the position of its first one. */
    private Leaf leafAt(int position, int[] start) {
        Node node = root;
        int before = 0;
        while (node instanceof Branch branch) {
            int i = 0;
            while (position - before >= branch.children[i].size()) {
                before += branch.children[i++].size();
            }
            node = branch.children[i];
        }
        start[0] = before;
        return (Leaf) node;
    }

    private static final class Range extends AbstractList<CachedObject> {
        private final ObjectTree tree;
        private final int from;
        private final int to;

        Range(ObjectTree tree, int from, int to) {
            this.tree = tree;
            this.from = from;
            this.to = to;
        }

        @Override
        public int size() {
            return to - from;
        }

        @Override
        public CachedObject get(int index) {
            int[] start = new int[1];
            Leaf leaf = tree.leafAt(from + Objects.checkIndex(index, size()), start);
            return leaf.objects[from + index - start[0]];
        }

        @Override
        public List<CachedObject> subList(int first, int last) {
            Objects.checkFromToIndex(first, last, size());
            return new Range(tree, from + first, from + last);
        }

        @Override
        public Iterator<CachedObject> iterator() {
            return new Iterator<>() {
                private final int[] start = new int[1];
                private CachedObject[] objects = new CachedObject[0];
                private int index;
                private int position = from;

                @Override
                public boolean hasNext() {
                    return position < to;
                }

                @Override
                public CachedObject next() {
                    if (position >= to) {
                        throw new NoSuchElementException();
                    }
                    if (index == objects.length) {
                        objects = tree.leafAt(position, start).objects;
                        index = position - start[0];
                    }
                    position++;
                    return objects[index++];
                }
            };
        }
    }
}
