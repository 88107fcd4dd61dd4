package io.myriad.control.informer;

import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A way to look up kept values, by zero or more strings each. Used as the handle for look-ups, so it is made once and
 * kept in a constant.
 *
 * @param name for metrics and messages
 * @param values the strings under which a value is found; must depend on key and value alone
 */
public record Index<T>(String name, BiFunction<ObjectKey, T, Collection<String>> values) {
    /** Finds values by namespace. */
    public static <T> Index<T> byNamespace() {
        return new Index<>("namespace", (key, value) -> List.of(key.namespace()));
    }
}
