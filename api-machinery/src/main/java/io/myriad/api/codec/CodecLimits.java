package io.myriad.api.codec;

/** Bounds on input, so that no bytes can exhaust stack or heap. */
final class CodecLimits {
    /** Objects and arrays within each other. Every reader here recurses, so this bounds the stack. */
    static final int MAX_DEPTH = 500;
    /** Problems that strict decoding collects, as upstream. */
    static final int MAX_STRICT_PROBLEMS = 100;

    private static final int MIN_OBJECTS = 50_000;
    private static final int BYTES_PER_OBJECT = 4;

    /**
     * The objects that a message of this many bytes may hold: an empty one costs two bytes on the wire and a hundred
     * times that in a tree.
     */
    static int objectBudget(int lengthBytes) {
        return MIN_OBJECTS + lengthBytes / BYTES_PER_OBJECT;
    }

    private CodecLimits() {}
}
