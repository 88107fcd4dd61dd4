package io.myriad.apiserver.storage;

/**
 * One version of one object as it is served: immutable, shared between all readers, never decoded to be listed or
 * watched.
 *
 * @param namespace empty for cluster-scoped objects
 * @param name the object's name
 * @param bytes the protobuf message without its envelope, or the JSON text of kinds stored as JSON; {@code
 *     metadata.resourceVersion} is in it. Nobody changes the array.
 * @param resourceVersion the store's revision of this version
 */
public record CachedObject(String namespace, String name, byte[] bytes, long resourceVersion) {}
