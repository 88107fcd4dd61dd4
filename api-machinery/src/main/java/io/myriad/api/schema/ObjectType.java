package io.myriad.api.schema;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The description of an object: its fields, or the special form that stands for it. Types refer to each other and to
 * themselves, so one is made by name first and completed once by whoever loads the table; after that it never changes.
 */
public final class ObjectType {
    /** Forms whose JSON is not the protobuf message's. */
    public enum Form {
        /** Plain fields. */
        OBJECT,
        /** RFC 3339 with whole seconds. */
        TIME,
        /** RFC 3339 with six digits of fraction. */
        MICRO_TIME,
        /** Go's duration text, nanoseconds in protobuf. */
        DURATION,
        /** Quantity text. */
        QUANTITY,
        /** Integer or string. */
        INT_OR_STRING,
        /** Any JSON value, as bytes in protobuf. */
        RAW_JSON,
        /** An object of any kind, as bytes in protobuf. */
        RAW_OBJECT,
        /** A plain array in JSON, a message with one repeated field in protobuf. */
        WRAPPED_LIST,
        /** A schema or an array of schemas. */
        SCHEMA_OR_ARRAY,
        /** A schema or a boolean. */
        SCHEMA_OR_BOOL,
        /** A schema or an array of strings. */
        SCHEMA_OR_STRING_ARRAY,
        /** The body of a patch request. */
        PATCH_BODY
    }

    private final String name;
    private Form form = Form.OBJECT;
    private volatile Map<String, Field> fields = Map.of();
    /** Gives the fields when they are asked for first; null once they were. */
    private volatile @Nullable Supplier<? extends Collection<Field>> pending;
    private boolean typeMeta;
    private boolean atomic;
    private boolean open;
    private @Nullable String protoName;
    private @Nullable ObjectType schema;
    private volatile @Nullable WireLayout layout;

    /** A type by name, without content yet. */
    public ObjectType(String name) {
        this.name = name;
    }

    /**
     * Gives the type its content; called once, before the type is shared between threads.
     *
     * @param form the form
     * @param fields the fields in the table's order
     * @param typeMeta whether objects have {@code apiVersion} and {@code kind}
     * @param atomic whether server-side apply replaces the object as a whole
     * @param protoName the full name of the protobuf message, or null
     */
    public void complete(Form form, Collection<Field> fields, boolean typeMeta, boolean atomic,
            @Nullable String protoName) {
        completeLater(form, () -> fields, typeMeta, atomic, protoName);
        known();
    }

    /**
     * As {@link #complete}, with fields that are made when somebody asks for them first.
     *
     * @param fields gives the fields in the table's order; called once
     */
    void completeLater(Form form, Supplier<? extends Collection<Field>> fields, boolean typeMeta, boolean atomic,
            @Nullable String protoName) {
        this.form = form;
        this.typeMeta = typeMeta;
        this.atomic = atomic;
        this.protoName = protoName;
        pending = fields;
    }

    private Map<String, Field> known() {
        return pending == null ? fields : readPending();
    }

    private synchronized Map<String, Field> readPending() {
        Supplier<? extends Collection<Field>> supplier = pending;
        if (supplier != null) {
            Collection<Field> read = supplier.get();
            Map<String, Field> byName = LinkedHashMap.newLinkedHashMap(read.size());
            for (Field field : read) {
                byName.put(field.name(), field);
            }
            fields = Collections.unmodifiableMap(byName);
            pending = null;
        }
        return fields;
    }

    /**
     * Gives the type of a custom resource, or of a part of one, its content; called once, before the type is shared
     * between threads.
     *
     * @param fields the fields that the schema names
     * @param atomic whether server-side apply replaces the object as a whole
     * @param open whether objects may have fields that the schema does not name
     */
    public void completeCustom(Collection<Field> fields, boolean atomic, boolean open) {
        complete(Form.OBJECT, fields, false, atomic, null);
        this.open = open;
    }

    /**
     * Gives a type of one of the forms that may stand for a schema its content; called once, before the type is shared
     * between threads.
     *
     * @param form one of {@link Form#SCHEMA_OR_ARRAY}, {@link Form#SCHEMA_OR_BOOL}, {@link Form#SCHEMA_OR_STRING_ARRAY}
     * @param schema the type of the schema
     * @param protoName the full name of the protobuf message, or null
     */
    public void completeSchemaForm(Form form, ObjectType schema, @Nullable String protoName) {
        complete(form, List.of(), false, false, protoName);
        this.schema = schema;
    }

    /** The schema's type of the forms that may stand for a schema; must not be called for others. */
    public ObjectType schema() {
        if (schema == null) {
            throw new IllegalStateException(name + " stands for no schema");
        }
        return schema;
    }

    /** The definition's name, such as {@code io.k8s.api.core.v1.Pod}. */
    public String name() {
        return name;
    }

    public Form form() {
        return form;
    }

    /** The fields, in the table's order. */
    public Collection<Field> fields() {
        return known().values();
    }

    /** The field of this JSON name, or null. */
    public @Nullable Field field(String jsonName) {
        return known().get(jsonName);
    }

    /** Whether objects carry {@code apiVersion} and {@code kind}, which protobuf keeps in its envelope. */
    public boolean typeMeta() {
        return typeMeta;
    }

    /** Whether server-side apply replaces the object as a whole. */
    public boolean atomic() {
        return atomic;
    }

    /** Whether objects may have fields that the type does not name: parts of custom resources may. */
    public boolean open() {
        return open;
    }

    /** The protobuf message's full name, or null where there is none. */
    public @Nullable String protoName() {
        return protoName;
    }

    /** The fields by protobuf number; made at the first call. */
    public WireLayout layout() {
        WireLayout known = layout;
        if (known == null) {
            known = WireLayout.of(known().values());
            layout = known;
        }
        return known;
    }

    /** The names in {@code path} followed through structures; null where one is missing. */
    public @Nullable Field resolve(List<String> path) {
        ObjectType type = this;
        Field found = null;
        for (String part : path) {
            found = type.field(part);
            if (found == null) {
                return null;
            }
            if (found.shape() instanceof Shape.Structure structure) {
                type = structure.type();
            }
        }
        return found;
    }

    @Override
    public String toString() {
        return name;
    }
}
