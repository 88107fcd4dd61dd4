package io.myriad.api.codec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.myriad.api.schema.Field;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Shape;

/**
 * The way to a field through structures, compiled for both forms of bytes: field numbers for protobuf, names for JSON.
 * Immutable.
 */
public final class FieldPath {
    private final int[] numbers;
    private final byte[][] names;
    private final Field field;

    private FieldPath(int[] numbers, byte[][] names, Field field) {
        this.numbers = numbers;
        this.names = names;
        this.field = field;
    }

    /**
     * Compiles a path.
     *
     * @param type the type of the object that it starts at
     * @param path JSON names; all but the last are structures
     * @throws IllegalArgumentException when the type has no such field
     */
    public static FieldPath of(ObjectType type, String... path) {
        List<Integer> numbers = new ArrayList<>();
        byte[][] names = new byte[path.length][];
        ObjectType at = type;
        Field field = null;
        for (int i = 0; i < path.length; i++) {
            field = at.field(path[i]);
            if (field == null) {
                throw new IllegalArgumentException(at + " has no field " + path[i]);
            }
            names[i] = path[i].getBytes(StandardCharsets.UTF_8);
            Field.Wire wire = field.wire();
            if (wire != null) {
                for (int via : wire.via()) {
                    numbers.add(via);
                }
                numbers.add(wire.number());
            }
            if (i < path.length - 1) {
                if (!(field.shape() instanceof Shape.Structure structure)) {
                    throw new IllegalArgumentException(at + "." + path[i] + " is no structure");
                }
                at = structure.type();
            }
        }
        if (field == null) {
            throw new IllegalArgumentException("an empty path");
        }
        return new FieldPath(numbers.stream().mapToInt(Integer::intValue).toArray(), names, field);
    }

    /** The field at the path's end. */
    public Field field() {
        return field;
    }

    int[] numbers() {
        return numbers;
    }

    byte[][] names() {
        return names;
    }
}
