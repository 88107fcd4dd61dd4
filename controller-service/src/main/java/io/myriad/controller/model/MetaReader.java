package io.myriad.controller.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.myriad.api.codec.ObjectBytes;
import io.myriad.api.codec.ObjectBytes.OwnerReference;
import io.myriad.control.client.ApiObject;

/** Reads metadata out of objects' bytes; equal labels and owners are shared. Thread-safe. */
final class MetaReader {
    private final Interner<Map<String, String>> labels = new Interner<>();
    private final Interner<List<OwnerReference>> owners = new Interner<>();
    private final Interner<String> namespaces = new Interner<>();

    ObjectMeta read(ApiObject object) {
        ObjectBytes bytes = object.bytes();
        long deleted = bytes.deletionSeconds();
        return new ObjectMeta(namespaces.intern(bytes.namespace()), bytes.name(), bytes.uid(), bytes.resourceVersion(),
                bytes.generation(), Instant.ofEpochSecond(bytes.creationSeconds()),
                deleted == 0 ? null : Instant.ofEpochSecond(deleted), labels.intern(object.labels()),
                owners.intern(object.ownerReferences()));
    }
}
