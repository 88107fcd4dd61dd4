package io.myriad.apiserver.storage;

import org.jspecify.annotations.Nullable;

/**
 * Reads what selections and indexes need from an object's bytes without decoding the rest. One for each kind; pure and
 * safe for any thread.
 */
public interface Indexer {
    /** The field selector name of an object's name, which every kind has. */
    String NAME = "metadata.name";
    /** The field selector name of an object's namespace, which every kind has. */
    String NAMESPACE = "metadata.namespace";

    /** Receives labels. */
    interface LabelVisitor {
        void label(String key, String value);
    }

    /**
     * The fields that field selectors of this kind may name, {@code metadata.name} and {@code metadata.namespace}
     * included.
     */
    Iterable<String> selectableFields();

    /** The field's value as field selectors compare it; empty where it is not set. */
    String field(CachedObject object, String field);

    /** Visits the labels. */
    void labels(CachedObject object, LabelVisitor visitor);

    /** The value of one label, or null. */
    @Nullable
    String label(CachedObject object, String key);

    /** The same object with {@code metadata.resourceVersion} set to {@code resourceVersion}, as a new array. */
    default byte[] withResourceVersion(byte[] stored, long resourceVersion) {
        return withResourceVersion(stored, 0, stored.length, resourceVersion);
    }

    /** As {@link #withResourceVersion(byte[], long)}, of the object in a part of an array. */
    byte[] withResourceVersion(byte[] data, int offset, int length, long resourceVersion);
}
