package io.myriad.control.informer;

/**
 * Hears of changes, one call at a time per informer, in the order of the server's events. Called on the thread that
 * reads the watch, so it must be quick: put a key into a queue, update a counter.
 */
public interface InformerHandler<T> {
    /**
     * A value is there.
     *
     * @param initial whether it was there when the informer or the handler began
     */
    default void added(ObjectKey key, T now, boolean initial) {}

    /** A value has changed. */
    default void updated(ObjectKey key, T before, T now) {}

    /** A value is gone; {@code last} is what was known of it last. */
    default void deleted(ObjectKey key, T last) {}

    /** Calls the same code for every change, with the key. */
    static <T> InformerHandler<T> ofKey(java.util.function.Consumer<ObjectKey> onChange) {
        return new InformerHandler<>() {
            @Override
            public void added(ObjectKey key, T now, boolean initial) {
                onChange.accept(key);
            }

            @Override
            public void updated(ObjectKey key, T before, T now) {
                onChange.accept(key);
            }

            @Override
            public void deleted(ObjectKey key, T last) {
                onChange.accept(key);
            }
        };
    }
}
