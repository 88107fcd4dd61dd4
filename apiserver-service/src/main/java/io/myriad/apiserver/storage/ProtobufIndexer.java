package io.myriad.apiserver.storage;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.myriad.api.codec.WireReader;
import io.myriad.api.schema.Field;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Shape;

/**
 * Reads the objects of one kind stored as protobuf, by the field numbers of its schema. Walks the message and skips what
 * it does not look for; only the text that it returns is allocated.
 */
public final class ProtobufIndexer implements Indexer {
    private static final int MAP_KEY = 1;
    private static final int MAP_VALUE = 2;

    /** A plain field: the numbers that lead to it, and what its absence means in a field selector. */
    private record Selectable(int[] path, Field.WireType type) {}

    private final Map<String, @Nullable Selectable> selectable = new LinkedHashMap<>();
    private final List<String> selectableNames;
    private final int metadata;
    private final int labels;
    private final int resourceVersion;

    /**
     * An indexer for a kind.
     *
     * @param type the kind's type
     * @param selectableFields selector names and their paths, without {@code metadata.name} and
     *            {@code metadata.namespace}; each path leads through structures. Where it ends at no plain field
     *            ({@code status.podIPs}), the selector finds it empty, as upstream's does
     * @throws IllegalArgumentException when the type does not have a path
     */
    public ProtobufIndexer(ObjectType type, Map<String, List<String>> selectableFields) {
        this.metadata = number(type, "metadata");
        ObjectType meta = structure(type, "metadata");
        this.labels = number(meta, "labels");
        this.resourceVersion = number(meta, "resourceVersion");
        selectableFields.forEach((name, path) -> selectable.put(name, selectable(type, path)));
        List<String> names = new ArrayList<>(List.of(NAME, NAMESPACE));
        names.addAll(selectable.keySet());
        this.selectableNames = List.copyOf(names);
    }

    private static @Nullable Selectable selectable(ObjectType type, List<String> path) {
        List<Integer> numbers = new ArrayList<>();
        ObjectType at = type;
        for (int i = 0; i < path.size() - 1; i++) {
            addNumbers(numbers, at, path.get(i));
            at = structure(at, path.get(i));
        }
        Field last = addNumbers(numbers, at, path.getLast());
        Field.Wire wire = last.wire();
        if (wire == null || wire.type() == Field.WireType.MESSAGE || !(last.shape() instanceof Shape.Scalar)) {
            return null;
        }
        return new Selectable(numbers.stream().mapToInt(Integer::intValue).toArray(), wire.type());
    }

    private static Field addNumbers(List<Integer> numbers, ObjectType type, String name) {
        Field field = type.field(name);
        Field.Wire wire = field == null ? null : field.wire();
        if (field == null || wire == null) {
            throw new IllegalArgumentException(type + " has no field " + name + " in protobuf");
        }
        for (int via : wire.via()) {
            numbers.add(via);
        }
        numbers.add(wire.number());
        return field;
    }

    private static int number(ObjectType type, String name) {
        List<Integer> numbers = new ArrayList<>();
        addNumbers(numbers, type, name);
        return numbers.getLast();
    }

    private static ObjectType structure(ObjectType type, String name) {
        Field field = type.field(name);
        if (field == null || !(field.shape() instanceof Shape.Structure structure)) {
            throw new IllegalArgumentException(type + " has no structure " + name);
        }
        return structure.type();
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
        Selectable field = selectable.get(name);
        return field == null ? "" : value(object.bytes(), field);
    }

    private static String value(byte[] data, Selectable field) {
        int[] path = field.path();
        int offset = 0;
        int length = data.length;
        for (int depth = 0; depth < path.length - 1; depth++) {
            WireReader reader = new WireReader(data, offset, length);
            length = -1;
            while (length < 0 && reader.next()) {
                if (reader.fieldNumber() == path[depth] && reader.wireType() == WireReader.LENGTH_DELIMITED) {
                    offset = reader.offset();
                    length = reader.length();
                }
            }
            if (length < 0) {
                return absent(field.type());
            }
        }
        WireReader reader = new WireReader(data, offset, length);
        while (reader.next()) {
            if (reader.fieldNumber() == path[path.length - 1]) {
                return text(data, reader, field.type());
            }
        }
        return absent(field.type());
    }

    private static String text(byte[] data, WireReader at, Field.WireType type) {
        return switch (type) {
            case STRING, BYTES -> new String(data, at.offset(), at.length(), StandardCharsets.UTF_8);
            case BOOL -> Boolean.toString(at.varint() != 0);
            case INT32, INT64, UINT32 -> Long.toString(at.varint());
            case UINT64 -> Long.toUnsignedString(at.varint());
            case DOUBLE -> Double.toString(Double.longBitsToDouble(at.varint()));
            case MESSAGE -> throw new IllegalStateException("a message is no plain field");
        };
    }

    private static String absent(Field.WireType type) {
        return switch (type) {
            case STRING, BYTES, MESSAGE -> "";
            case BOOL -> "false";
            case INT32, INT64, UINT32, UINT64, DOUBLE -> "0";
        };
    }

    @Override
    public void labels(CachedObject object, LabelVisitor visitor) {
        byte[] data = object.bytes();
        WireReader meta = metadata(data);
        while (meta != null && meta.next()) {
            if (meta.fieldNumber() == labels) {
                visitor.label(entryText(data, meta, MAP_KEY), entryText(data, meta, MAP_VALUE));
            }
        }
    }

    @Override
    public @Nullable String label(CachedObject object, String key) {
        byte[] data = object.bytes();
        WireReader meta = metadata(data);
        while (meta != null && meta.next()) {
            if (meta.fieldNumber() == labels) {
                WireReader entry = new WireReader(data, meta.offset(), meta.length());
                while (entry.next()) {
                    if (entry.fieldNumber() == MAP_KEY && equals(data, entry.offset(), entry.length(), key)) {
                        return entryText(data, meta, MAP_VALUE);
                    }
                }
            }
        }
        return null;
    }

    private @Nullable WireReader metadata(byte[] data) {
        WireReader reader = new WireReader(data, 0, data.length);
        while (reader.next()) {
            if (reader.fieldNumber() == metadata) {
                return new WireReader(data, reader.offset(), reader.length());
            }
        }
        return null;
    }

    private static String entryText(byte[] data, WireReader at, int part) {
        WireReader entry = new WireReader(data, at.offset(), at.length());
        while (entry.next()) {
            if (entry.fieldNumber() == part) {
                return new String(data, entry.offset(), entry.length(), StandardCharsets.UTF_8);
            }
        }
        return "";
    }

    /** Whether the bytes are this text; label keys are ASCII. */
    private static boolean equals(byte[] data, int offset, int length, String text) {
        if (length != text.length()) {
            return false;
        }
        for (int i = length - 1; i >= 0; i--) {
            if (data[offset + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public byte[] withResourceVersion(byte[] data, int offset, int length, long version) {
        int end = offset + length;
        WireReader reader = new WireReader(data, offset, length);
        while (reader.next()) {
            if (reader.fieldNumber() == metadata && reader.wireType() == WireReader.LENGTH_DELIMITED) {
                return splice(data, offset, end, reader, version);
            }
        }
        byte[] field = versionField(version);
        byte[] result = new byte[1 + varintLength(field.length) + field.length + length];
        int at = putLengthDelimited(result, 0, metadata, field.length);
        System.arraycopy(field, 0, result, at, field.length);
        System.arraycopy(data, offset, result, at + field.length, length);
        return result;
    }

    /** Replaces the version inside the metadata that {@code at} stands on, or puts it where its number belongs. */
    private byte[] splice(byte[] data, int offset, int end, WireReader at, long version) {
        WireReader meta = new WireReader(data, at.offset(), at.length());
        int cutFrom = at.end();
        int cutTo = at.end();
        while (meta.next()) {
            if (meta.fieldNumber() >= resourceVersion) {
                cutFrom = meta.fieldOffset();
                cutTo = meta.fieldNumber() == resourceVersion ? meta.end() : cutFrom;
                break;
            }
        }
        byte[] field = versionField(version);
        int metaLength = at.length() - (cutTo - cutFrom) + field.length;
        int head = at.fieldOffset() - offset;
        byte[] result = new byte[head + 1 + varintLength(metaLength) + metaLength + end - at.end()];
        System.arraycopy(data, offset, result, 0, head);
        int to = putLengthDelimited(result, head, metadata, metaLength);
        System.arraycopy(data, at.offset(), result, to, cutFrom - at.offset());
        to += cutFrom - at.offset();
        System.arraycopy(field, 0, result, to, field.length);
        System.arraycopy(data, cutTo, result, to + field.length, end - cutTo);
        return result;
    }

    private byte[] versionField(long version) {
        byte[] digits = Long.toString(version).getBytes(StandardCharsets.ISO_8859_1);
        byte[] field = new byte[2 + digits.length];
        putLengthDelimited(field, 0, resourceVersion, digits.length);
        System.arraycopy(digits, 0, field, 2, digits.length);
        return field;
    }

    private static int putLengthDelimited(byte[] into, int at, int number, int length) {
        into[at++] = (byte) (number << 3 | WireReader.LENGTH_DELIMITED);
        int rest = length;
        for (; rest > 0x7f; rest >>>= 7) {
            into[at++] = (byte) (rest | 0x80);
        }
        into[at++] = (byte) rest;
        return at;
    }

    private static int varintLength(int value) {
        return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
    }
}
