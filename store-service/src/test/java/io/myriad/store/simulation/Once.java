package io.myriad.store.simulation;

import java.util.function.Consumer;

/** Passes on the first thing it is given. */
final class Once<T> {

    private Consumer<? super T> target;

    Once(Consumer<? super T> target) {
        this.target = target;
    }

    void accept(T value) {
        Consumer<? super T> first = target;
        target = null;
        if (first != null) {
            first.accept(value);
        }
    }
}
