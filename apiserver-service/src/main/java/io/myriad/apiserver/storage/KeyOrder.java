package io.myriad.apiserver.storage;

/**
 * The order of objects in a list: the store's, which is that of the bytes of {@code namespace/name}. Because {@code -}
 * and {@code .} sort before {@code /}, the objects of namespace {@code a-b} come before those of {@code a}.
 */
public final class KeyOrder {
    private KeyOrder() {}

    /** Compares the keys of two objects; an empty namespace stands for none. */
    public static int compare(String namespace, String name, String otherNamespace, String otherName) {
        if (namespace.equals(otherNamespace)) {
            return compare(name, otherName);
        }
        if (namespace.isEmpty() || otherNamespace.isEmpty()) {
            return compare(key(namespace, name), key(otherNamespace, otherName));
        }
        int shared = Math.min(namespace.length(), otherNamespace.length());
        for (int i = 0; i < shared; i++) {
            if (namespace.charAt(i) != otherNamespace.charAt(i)) {
                return rank(namespace.charAt(i)) - rank(otherNamespace.charAt(i));
            }
        }
        return namespace.length() < otherNamespace.length()
                ? '/' - rank(otherNamespace.charAt(shared))
                : rank(namespace.charAt(shared)) - '/';
    }

    /** Compares the key of an object, {@code namespace/name}, with any text. */
    public static int compareToText(String namespace, String name, String text) {
        if (namespace.isEmpty()) {
            return compare(name, 0, text, 0);
        }
        int length = namespace.length();
        int shared = Math.min(length, text.length());
        for (int i = 0; i < shared; i++) {
            if (namespace.charAt(i) != text.charAt(i)) {
                return rank(namespace.charAt(i)) - rank(text.charAt(i));
            }
        }
        if (text.length() <= length) {
            return 1;
        }
        char behind = text.charAt(length);
        return behind == '/' ? compare(name, 0, text, length + 1) : '/' - rank(behind);
    }

    /** Compares keys, or parts of them, as their UTF-8 bytes compare. */
    public static int compare(String left, String right) {
        return compare(left, 0, right, 0);
    }

    private static int compare(String left, int leftStart, String right, int rightStart) {
        int leftLength = left.length() - leftStart;
        int rightLength = right.length() - rightStart;
        int shared = Math.min(leftLength, rightLength);
        for (int i = 0; i < shared; i++) {
            char a = left.charAt(leftStart + i);
            char b = right.charAt(rightStart + i);
            if (a != b) {
                return rank(a) - rank(b);
            }
        }
        return leftLength - rightLength;
    }

    /** The key of an object without its resource's prefix: {@code namespace/name}, or {@code name} without a namespace. */
    public static String key(String namespace, String name) {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }

    /** UTF-16 sorts surrogates before U+E000 to U+FFFF, UTF-8 after them. */
    private static int rank(char unit) {
        return Character.isSurrogate(unit) ? unit + 0x2800 : unit;
    }
}
