package io.myriad.apiserver.storage;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.myriad.api.codec.FieldPath;
import io.myriad.api.codec.ObjectBytes;
import io.myriad.api.schema.ObjectType;

/** Reads the objects of one kind stored as JSON: custom resources, their definitions, API services. */
public final class JsonIndexer implements Indexer {
    private final Map<String, FieldPath> selectable = new LinkedHashMap<>();
    private final List<String> selectableNames;

    /**
     * An indexer for a kind.
     *
     * @param type the kind's type
     * @param selectableFields selector names and their paths, without {@code metadata.name} and
     *            {@code metadata.namespace}; each path leads through structures to a plain field
     * @throws IllegalArgumentException when the type does not have a path
     */
    public JsonIndexer(ObjectType type, Map<String, List<String>> selectableFields) {
        selectableFields.forEach((name, path) -> selectable.put(name,
                FieldPath.of(type, path.toArray(new String[0]))));
        List<String> names = new ArrayList<>(List.of(NAME, NAMESPACE));
        names.addAll(selectable.keySet());
        this.selectableNames = List.copyOf(names);
    }

    @Override
    public List<String> selectableFields() {
        return selectableNames;
    }

    @Override
    public String field(CachedObject object, String name) {
        if (name.equals(NAME)) {
            return object.name();
        }
        if (name.equals(NAMESPACE)) {
            return object.namespace();
        }
        FieldPath path = selectable.get(name);
        if (path == null) {
            return "";
        }
        ObjectBytes bytes = ObjectBytes.of(object.bytes());
        long place = bytes.find(path);
        if (place < 0) {
            return "";
        }
        String text = bytes.text(path);
        if (text != null) {
            return text;
        }
        String literal = new String(object.bytes(), (int) (place >>> 32), (int) place, StandardCharsets.UTF_8);
        return literal.equals("null") ? "" : literal;
    }

    @Override
    public void labels(CachedObject object, LabelVisitor visitor) {
        ObjectBytes.of(object.bytes()).labels(visitor::label);
    }

    @Override
    public @Nullable String label(CachedObject object, String key) {
        String[] found = new String[1];
        ObjectBytes.of(object.bytes()).labels((name, value) -> {
            if (name.equals(key)) {
                found[0] = value;
            }
        });
        return found[0];
    }

    @Override
    public byte[] withResourceVersion(byte[] data, int offset, int length, long resourceVersion) {
        byte[] object = offset == 0 && length == data.length ? data : Arrays.copyOfRange(data, offset, offset + length);
        return ObjectBytes.of(object).withResourceVersion(resourceVersion);
    }
}
