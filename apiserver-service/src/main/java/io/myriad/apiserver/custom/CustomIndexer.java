package io.myriad.apiserver.custom;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.codec.JsonReader;
import io.myriad.api.codec.JsonWriter;
import io.myriad.api.custom.CustomSchema;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.Indexer;
import io.myriad.apiserver.storage.JsonIndexer;

/**
 * Reads the objects of a custom resource. What comes from the store is brought into the form of the present schema once,
 * when it arrives: objects from before a default or a field was there are served as if they had been written today.
 */
final class CustomIndexer implements Indexer {
    private final CustomSchema schema;
    private final GroupVersionKind kind;
    private final JsonIndexer indexer;
    private final boolean asStored;

    /**
     * @param schema the schema of the storage version
     * @param kind the kind in the storage version
     * @param selectableFields selector names and their paths, which the schema has
     * @param asStored whether objects keep the version in which they were stored, as only a webhook can convert them
     */
    CustomIndexer(CustomSchema schema, GroupVersionKind kind, Map<String, List<String>> selectableFields,
            boolean asStored) {
        this.asStored = asStored;
        this.schema = schema;
        this.kind = kind;
        this.indexer = new JsonIndexer(schema.type(), selectableFields);
    }

    @Override
    public Iterable<String> selectableFields() {
        return indexer.selectableFields();
    }

    @Override
    public String field(CachedObject object, String field) {
        return indexer.field(object, field);
    }

    @Override
    public void labels(CachedObject object, LabelVisitor visitor) {
        indexer.labels(object, visitor);
    }

    @Override
    public @Nullable String label(CachedObject object, String key) {
        return indexer.label(object, key);
    }

    @Override
    public byte[] withResourceVersion(byte[] data, int offset, int length, long resourceVersion) {
        byte[] stored = offset == 0 && length == data.length ? data : Arrays.copyOfRange(data, offset, offset + length);
        ObjectNode object = JsonReader.read(stored, null).object();
        if (!asStored) {
            object.put("kind", kind.kind()).put("apiVersion", kind.apiVersion());
            schema.conformStored(object);
        }
        object.withObjectProperty("metadata").put("resourceVersion", Long.toString(resourceVersion));
        return JsonWriter.write(object);
    }
}
