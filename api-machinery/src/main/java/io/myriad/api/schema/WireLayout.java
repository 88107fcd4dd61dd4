package io.myriad.api.schema;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * The protobuf side of an object type: its slots by field number. Where upstream embeds one structure in another, JSON
 * has the inner fields beside the outer ones while protobuf has a message around them; the layout of the outer type then
 * has a slot with {@link Cardinality#INLINE} whose own layout names the inner fields.
 *
 * <p>
 * Immutable; made at the first use of a type and shared from then on.
 */
public final class WireLayout {
    /** How often a slot's field occurs in a message. */
    public enum Cardinality {
        SINGLE, LIST, MAP, INLINE
    }

    /**
     * One protobuf field.
     *
     * @param number the field number
     * @param cardinality how often it occurs
     * @param value the wire form of the value, of a list's elements or of a map's values
     * @param field the JSON field, or null for {@link Cardinality#INLINE}
     * @param key the UTF-8 bytes of {@code ,"name":}, filled up to a multiple of eight; empty for
     *        {@link Cardinality#INLINE}
     * @param keyLength how many of the key's bytes count
     * @param type the type of a message value, or null
     * @param inline the layout of an embedded message, or null
     * @param keptWhenAbsent whether JSON has the field even when the message lacks it
     * @param leftOutWhenZero whether JSON lacks the field when the message has it with a zero value
     */
    public record Slot(int number, Cardinality cardinality, Field.WireType value, @Nullable Field field, byte[] key,
            int keyLength,
            @Nullable ObjectType type, @Nullable WireLayout inline, boolean keptWhenAbsent, boolean leftOutWhenZero) {

        /** The JSON field; must not be called for {@link Cardinality#INLINE}. */
        public Field jsonField() {
            if (field == null) {
                throw new IllegalStateException("slot " + number + " is an embedded message");
            }
            return field;
        }

        /** The type of a message value; must not be called for others. */
        public ObjectType messageType() {
            if (type == null) {
                throw new IllegalStateException("slot " + number + " has no message");
            }
            return type;
        }

        /** The layout of an embedded message; must not be called for others. */
        public WireLayout inlineLayout() {
            if (inline == null) {
                throw new IllegalStateException("slot " + number + " is not embedded");
            }
            return inline;
        }
    }

    /** Above this the table by number would waste memory; the API's largest is below 60. */
    private static final int MAX_FIELD_NUMBER = 4096;

    /** The type of wrapped lists, which the tables give as plain lists. */
    private static final ObjectType WRAPPED_LIST = new ObjectType("list of strings");

    static {
        WRAPPED_LIST.complete(ObjectType.Form.WRAPPED_LIST, List.of(), false, false, null);
    }

    private final Slot[] slots;
    private final int[] kept;
    private final int[] indexByNumber;

    private WireLayout(List<Slot> unsorted) {
        slots = unsorted.toArray(Slot[]::new);
        Arrays.sort(slots, Comparator.comparingInt(Slot::number));
        indexByNumber = new int[slots.length == 0 ? 1 : slots[slots.length - 1].number() + 1];
        Arrays.fill(indexByNumber, -1);
        for (int i = 0; i < slots.length; i++) {
            indexByNumber[slots[i].number()] = i;
        }
        int[] places = new int[slots.length];
        int size = 0;
        for (int i = 0; i < slots.length; i++) {
            if (slots[i].keptWhenAbsent()) {
                places[size++] = i;
            }
        }
        kept = Arrays.copyOf(places, size);
    }

    /** The layout of these fields; those without a protobuf form are left out. */
    static WireLayout of(Iterable<Field> fields) {
        return of(fields, 0);
    }

    private static WireLayout of(Iterable<Field> fields, int depth) {
        List<Slot> slots = new ArrayList<>();
        Map<Integer, List<Field>> embedded = new TreeMap<>();
        for (Field field : fields) {
            Field.Wire wire = field.wire();
            if (wire == null) {
                continue;
            }
            if (wire.via().length > depth) {
                embedded.computeIfAbsent(wire.via()[depth], number -> new ArrayList<>()).add(field);
            } else {
                slots.add(slot(field, wire));
            }
        }
        embedded.forEach((number, inner) -> {
            WireLayout layout = of(inner, depth + 1);
            boolean kept = false;
            for (Slot slot : layout.slots) {
                kept |= slot.keptWhenAbsent();
            }
            slots.add(new Slot(number, Cardinality.INLINE, Field.WireType.MESSAGE, null, new byte[0], 0, null, layout,
                    kept, false));
        });
        return new WireLayout(slots);
    }

    private static Slot slot(Field field, Field.Wire wire) {
        if (wire.number() < 1 || wire.number() > MAX_FIELD_NUMBER) {
            throw new IllegalStateException(
                    "field " + field.name() + " has number " + wire.number() + ", not in 1.." + MAX_FIELD_NUMBER);
        }
        Shape shape = field.shape();
        Cardinality cardinality = Cardinality.SINGLE;
        if (shape instanceof Shape.MapOf map) {
            cardinality = Cardinality.MAP;
            shape = map.value();
        } else if (shape instanceof Shape.ListOf list && !isWrapped(shape, wire)) {
            cardinality = Cardinality.LIST;
            shape = list.element();
        }
        ObjectType type = shape instanceof Shape.Structure structure ? structure.type() : null;
        if (wire.type() == Field.WireType.MESSAGE && type == null) {
            if (!isWrapped(shape, wire)) {
                throw new IllegalStateException("field " + field.name() + " is a message of unknown type");
            }
            type = WRAPPED_LIST;
        }
        byte[] name = field.name().getBytes(StandardCharsets.UTF_8);
        int keyLength = name.length + 4;
        byte[] key = new byte[(keyLength + 7) & ~7];
        key[0] = ',';
        key[1] = '"';
        System.arraycopy(name, 0, key, 2, name.length);
        key[keyLength - 2] = '"';
        key[keyLength - 1] = ':';
        return new Slot(wire.number(), cardinality, wire.type(), field, key, keyLength, type, null,
                keptWhenAbsent(field, cardinality, wire.type()),
                field.omitEmpty() && !field.pointer() && (wire.type() != Field.WireType.MESSAGE || field.omitZero()));
    }

    /** Whether JSON has a list of texts where protobuf has a message around it. */
    private static boolean isWrapped(Shape shape, Field.Wire wire) {
        return wire.type() == Field.WireType.MESSAGE && shape instanceof Shape.ListOf list
                && list.element() instanceof Shape.Scalar;
    }

    private static boolean keptWhenAbsent(Field field, Cardinality cardinality, Field.WireType type) {
        if (!field.omitEmpty()) {
            return true;
        }
        return cardinality == Cardinality.SINGLE && type == Field.WireType.MESSAGE && !field.pointer()
                && !field.omitZero() && field.shape() instanceof Shape.Structure;
    }

    /** How many slots JSON has even when the message lacks them. */
    public int keptSize() {
        return kept.length;
    }

    /** The place of one of the slots that JSON has even when the message lacks them, in ascending order. */
    public int kept(int index) {
        return kept[index];
    }

    /** The number of slots. */
    public int size() {
        return slots.length;
    }

    /** The slot at a place in ascending order of field numbers. */
    public Slot slot(int index) {
        return slots[index];
    }

    /** The place of the field number, or -1 where the type has none. */
    public int index(int fieldNumber) {
        return fieldNumber >= 0 && fieldNumber < indexByNumber.length ? indexByNumber[fieldNumber] : -1;
    }
}
