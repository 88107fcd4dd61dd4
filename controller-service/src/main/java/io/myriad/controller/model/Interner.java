package io.myriad.controller.model;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Gives equal values one object: the pods of a ReplicaSet have the same labels, owners and tolerations. Starts anew when
 * it holds too many, so it is no leak; sharing is then only less good. Thread-safe.
 */
final class Interner<T> {
    private static final int VALUES_MAX = 100_000;

    private final ConcurrentHashMap<T, T> values = new ConcurrentHashMap<>();

    T intern(T value) {
        T known = values.putIfAbsent(value, value);
        if (known != null) {
            return known;
        }
        if (values.size() > VALUES_MAX) {
            values.clear();
        }
        return value;
    }
}
