package io.myriad.apiserver.storage;

import org.jspecify.annotations.Nullable;

import io.myriad.api.GroupVersionKind;

/**
 * How the objects of a kind lie in the store: under which keys, in which version, in which form. Resources of several
 * versions or groups whose objects are the same (events, autoscalers) have equal ones.
 *
 * @param prefix what every key starts with, slash included: {@code /registry/pods/}
 * @param namespaced whether the namespace follows in the key
 * @param kind the kind and version of the stored bytes
 * @param encoding their form
 */
public record StoredKind(String prefix, boolean namespaced, GroupVersionKind kind, Encoding encoding) {
    /** Forms of stored bytes. */
    public enum Encoding {
        /** A protobuf message in its envelope. */
        PROTOBUF,
        /** JSON text. */
        JSON
    }

    /** The namespace and the name in a key; an empty namespace for cluster-scoped objects. */
    public record Place(String namespace, String name) {}

    /** The key of an object. */
    public String key(String namespace, String name) {
        return namespaced ? prefix + namespace + "/" + name : prefix + name;
    }

    /** The first key of a namespace's objects, or of all when it is empty. */
    public String start(String namespace) {
        return namespace.isEmpty() ? prefix : prefix + namespace + "/";
    }

    /** The first key behind those that start with {@code start}, which ends with a slash. */
    public static String end(String start) {
        return start.substring(0, start.length() - 1) + (char) (start.charAt(start.length() - 1) + 1);
    }

    /** The place that a key names, or null when it is no object's key. */
    public @Nullable Place place(String key) {
        if (!key.startsWith(prefix)) {
            return null;
        }
        int slash = key.indexOf('/', prefix.length());
        if (!namespaced) {
            return slash >= 0 || key.length() == prefix.length() ? null : new Place("", key.substring(prefix.length()));
        }
        if (slash <= prefix.length() || slash == key.length() - 1 || key.indexOf('/', slash + 1) >= 0) {
            return null;
        }
        return new Place(key.substring(prefix.length(), slash), key.substring(slash + 1));
    }
}
