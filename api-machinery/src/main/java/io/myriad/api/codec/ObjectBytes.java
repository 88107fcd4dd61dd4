package io.myriad.api.codec;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.myriad.api.value.Timestamps;

/**
 * An object as it is stored, protobuf in its envelope or JSON, whose fields are read by walking the bytes; the rest is
 * skipped, nothing is decoded. The bytes must not change. Safe to share between threads.
 */
public final class ObjectBytes {
    /** An owner reference. */
    public record OwnerReference(String apiVersion, String kind, String name, String uid, boolean controller,
            boolean blockOwnerDeletion) {}

    /** Numbers of {@code ObjectMeta}'s fields, which every kind has as its field 1. */
    static final int METADATA = 1;
    private static final int NAME = 1;
    private static final int GENERATE_NAME = 2;
    private static final int NAMESPACE = 3;
    private static final int UID = 5;
    static final int RESOURCE_VERSION = 6;
    private static final int GENERATION = 7;
    private static final int CREATION_TIMESTAMP = 8;
    private static final int DELETION_TIMESTAMP = 9;
    private static final int LABELS = 11;
    private static final int ANNOTATIONS = 12;
    private static final int OWNER_REFERENCES = 13;
    private static final int FINALIZERS = 14;

    private static final byte[] METADATA_KEY = ascii("metadata");
    private static final byte[] RESOURCE_VERSION_KEY = ascii("resourceVersion");

    private final byte[] data;
    private final boolean json;
    /** Where the tags of message and metadata begin; 0 where there is none, and in JSON. */
    private int messageField;
    private int metadataField;
    private final int messageOffset;
    private final int messageLength;
    private final int metadataOffset;
    private final int metadataLength;

    private ObjectBytes(byte[] data) {
        this.data = data;
        json = !Envelope.isEnvelope(data);
        if (json) {
            messageOffset = 0;
            messageLength = data.length;
            long place = JsonScanner.find(data, 0, data.length, METADATA_KEY);
            metadataOffset = place < 0 ? 0 : (int) (place >>> 32);
            metadataLength = place < 0 ? 0 : (int) place;
            return;
        }
        WireReader wire = new WireReader(data, Envelope.MAGIC_BYTES, data.length - Envelope.MAGIC_BYTES);
        int offset = 0;
        int length = 0;
        while (wire.next()) {
            if (wire.fieldNumber() == Envelope.RAW) {
                wire.require(WireReader.LENGTH_DELIMITED);
                messageField = wire.fieldOffset();
                offset = wire.offset();
                length = wire.length();
            }
        }
        messageOffset = offset;
        messageLength = length;
        wire = new WireReader(data, offset, length);
        offset = 0;
        length = 0;
        while (wire.next()) {
            if (wire.fieldNumber() == METADATA && wire.wireType() == WireReader.LENGTH_DELIMITED) {
                metadataField = wire.fieldOffset();
                offset = wire.offset();
                length = wire.length();
            }
        }
        metadataOffset = offset;
        metadataLength = length;
    }

    /**
     * Finds the message and its metadata; the array is kept.
     *
     * @throws MalformedException when the bytes are neither
     */
    public static ObjectBytes of(byte[] data) {
        return new ObjectBytes(data);
    }

    /** The bytes, not copied. */
    public byte[] bytes() {
        return data;
    }

    /** Whether the bytes are JSON; otherwise they are protobuf in an envelope. */
    public boolean isJson() {
        return json;
    }

    /** Where the message begins: behind the envelope's head, or 0 for JSON. */
    public int messageOffset() {
        return messageOffset;
    }

    /** The message's length in bytes. */
    public int messageLength() {
        return messageLength;
    }

    public String apiVersion() {
        return json ? jsonText(0, data.length, ascii("apiVersion")) : Envelope.parse(data).apiVersion();
    }

    public String kind() {
        return json ? jsonText(0, data.length, ascii("kind")) : Envelope.parse(data).kind();
    }

    public String name() {
        return metadataText(NAME, "name");
    }

    public String generateName() {
        return metadataText(GENERATE_NAME, "generateName");
    }

    /** The namespace, or empty. */
    public String namespace() {
        return metadataText(NAMESPACE, "namespace");
    }

    public String uid() {
        return metadataText(UID, "uid");
    }

    /** The resource version in the bytes; empty as the store keeps them. */
    public String resourceVersion() {
        return metadataText(RESOURCE_VERSION, "resourceVersion");
    }

    /** The generation, 0 where there is none. */
    public long generation() {
        if (json) {
            long place = metadataPlace("generation");
            return place < 0 ? 0 : jsonLong(place);
        }
        long value = 0;
        WireReader wire = metadata();
        while (wire.next()) {
            if (wire.fieldNumber() == GENERATION) {
                value = wire.varint();
            }
        }
        return value;
    }

    private long jsonLong(long place) {
        String text = new String(data, (int) (place >>> 32), (int) place, StandardCharsets.US_ASCII);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException wrong) {
            throw new MalformedException("not a number: " + text);
        }
    }

    /** Seconds since 1970 of the creation, or 0. */
    public long creationSeconds() {
        return seconds(CREATION_TIMESTAMP, "creationTimestamp");
    }

    /** Seconds since 1970 of the deletion time, or 0 where the object is not being deleted. */
    public long deletionSeconds() {
        return seconds(DELETION_TIMESTAMP, "deletionTimestamp");
    }

    /** Whether the object is being deleted. */
    public boolean isBeingDeleted() {
        if (json) {
            long place = metadataPlace("deletionTimestamp");
            return place >= 0 && data[(int) (place >>> 32)] == '"';
        }
        return WireReader.find(data, metadataOffset, metadataLength, DELETION_TIMESTAMP) >= 0;
    }

    private long seconds(int number, String name) {
        if (json) {
            long place = metadataPlace(name);
            String text = place < 0 ? null : JsonScanner.text(data, (int) (place >>> 32), (int) place);
            if (text == null || text.isEmpty()) {
                return 0;
            }
            try {
                return Timestamps.parse(text).getEpochSecond();
            } catch (DateTimeException wrong) {
                throw new MalformedException(String.valueOf(wrong.getMessage()));
            }
        }
        long place = WireReader.find(data, metadataOffset, metadataLength, number);
        if (place < 0) {
            return 0;
        }
        long value = 0;
        WireReader wire = new WireReader(data, (int) (place >>> 32), (int) place);
        while (wire.next()) {
            if (wire.fieldNumber() == 1) {
                value = wire.varint();
            }
        }
        return value;
    }

    /** Visits the labels. */
    public void labels(BiConsumer<String, String> visitor) {
        metadataMap(LABELS, "labels", visitor);
    }

    /** Visits the annotations. */
    public void annotations(BiConsumer<String, String> visitor) {
        metadataMap(ANNOTATIONS, "annotations", visitor);
    }

    /** Visits the finalizers. */
    public void finalizers(Consumer<String> visitor) {
        if (json) {
            jsonElements(metadataPlace("finalizers"), (offset, length) -> {
                String text = JsonScanner.text(data, offset, length);
                if (text != null) {
                    visitor.accept(text);
                }
            });
            return;
        }
        WireReader wire = metadata();
        while (wire.next()) {
            if (wire.fieldNumber() == FINALIZERS) {
                wire.require(WireReader.LENGTH_DELIMITED);
                visitor.accept(text(wire.offset(), wire.length()));
            }
        }
    }

    /** Visits the owner references. */
    public void ownerReferences(Consumer<OwnerReference> visitor) {
        if (json) {
            jsonElements(metadataPlace("ownerReferences"), (offset, length) -> visitor
                    .accept(new OwnerReference(jsonText(offset, length, ascii("apiVersion")),
                            jsonText(offset, length, ascii("kind")), jsonText(offset, length, ascii("name")),
                            jsonText(offset, length, ascii("uid")), jsonTrue(offset, length, "controller"),
                            jsonTrue(offset, length, "blockOwnerDeletion"))));
            return;
        }
        WireReader wire = metadata();
        while (wire.next()) {
            if (wire.fieldNumber() == OWNER_REFERENCES) {
                wire.require(WireReader.LENGTH_DELIMITED);
                visitor.accept(ownerReference(wire.offset(), wire.length()));
            }
        }
    }

    private OwnerReference ownerReference(int offset, int length) {
        String apiVersion = "";
        String kind = "";
        String name = "";
        String uid = "";
        boolean controller = false;
        boolean block = false;
        WireReader wire = new WireReader(data, offset, length);
        while (wire.next()) {
            switch (wire.fieldNumber()) {
                case 1 -> kind = text(wire.offset(), wire.length());
                case 3 -> name = text(wire.offset(), wire.length());
                case 4 -> uid = text(wire.offset(), wire.length());
                case 5 -> apiVersion = text(wire.offset(), wire.length());
                case 6 -> controller = wire.varint() != 0;
                case 7 -> block = wire.varint() != 0;
                default -> {}
            }
        }
        return new OwnerReference(apiVersion, kind, name, uid, controller, block);
    }

    /** The text at the path, or null where it is absent. */
    public @Nullable String text(FieldPath path) {
        long place = find(path);
        if (place < 0) {
            return null;
        }
        return json
                ? JsonScanner.text(data, (int) (place >>> 32), (int) place)
                : text((int) (place >>> 32), (int) place);
    }

    /**
     * The place of the length-delimited value at the path (a text, a structure, bytes): offset in the high, length in the
     * low half of the number; -1 where it is absent. In JSON the place includes a text's quotes.
     */
    public long find(FieldPath path) {
        int offset = messageOffset;
        int length = messageLength;
        int steps = json ? path.names().length : path.numbers().length;
        for (int i = 0; i < steps; i++) {
            long place = json
                    ? JsonScanner.find(data, offset, length, path.names()[i])
                    : WireReader.find(data, offset, length, path.numbers()[i]);
            if (place < 0) {
                return -1;
            }
            offset = (int) (place >>> 32);
            length = (int) place;
        }
        return (long) offset << 32 | length;
    }

    /**
     * A copy of the bytes with this resource version in its metadata, and nothing else changed.
     *
     * @throws MalformedException when the object has no metadata
     */
    public byte[] withResourceVersion(long resourceVersion) {
        return json
                ? ResourceVersionSplice.json(this, RESOURCE_VERSION_KEY, resourceVersion)
                : ResourceVersionSplice.protobuf(this, resourceVersion);
    }

    int messageField() {
        return messageField;
    }

    int metadataField() {
        return metadataField;
    }

    int metadataOffset() {
        return metadataOffset;
    }

    int metadataLength() {
        return metadataLength;
    }

    private WireReader metadata() {
        return new WireReader(data, metadataOffset, metadataLength);
    }

    private String metadataText(int number, String name) {
        if (json) {
            return jsonText(metadataOffset, metadataLength, ascii(name));
        }
        long place = WireReader.find(data, metadataOffset, metadataLength, number);
        return place < 0 ? "" : text((int) (place >>> 32), (int) place);
    }

    private void metadataMap(int number, String name, BiConsumer<String, String> visitor) {
        if (json) {
            long place = metadataPlace(name);
            if (place >= 0) {
                new JsonScanner(data, (int) (place >>> 32), (int) place)
                        .members((key, keyLength, value, valueLength) -> {
                            String text = JsonScanner.text(data, value, valueLength);
                            visitor.accept(JsonScanner.unescape(data, key, keyLength), text == null ? "" : text);
                            return true;
                        });
            }
            return;
        }
        WireReader wire = metadata();
        while (wire.next()) {
            if (wire.fieldNumber() == number) {
                wire.require(WireReader.LENGTH_DELIMITED);
                long key = WireReader.find(data, wire.offset(), wire.length(), 1);
                long value = WireReader.find(data, wire.offset(), wire.length(), 2);
                visitor.accept(key < 0 ? "" : text((int) (key >>> 32), (int) key),
                        value < 0 ? "" : text((int) (value >>> 32), (int) value));
            }
        }
    }

    private long metadataPlace(String name) {
        return metadataLength == 0 ? -1 : JsonScanner.find(data, metadataOffset, metadataLength, ascii(name));
    }

    private void jsonElements(long place, JsonScanner.Element visitor) {
        if (place >= 0) {
            new JsonScanner(data, (int) (place >>> 32), (int) place).elements(visitor);
        }
    }

    private String jsonText(int offset, int length, byte[] name) {
        long place = length == 0 ? -1 : JsonScanner.find(data, offset, length, name);
        String text = place < 0 ? null : JsonScanner.text(data, (int) (place >>> 32), (int) place);
        return text == null ? "" : text;
    }

    private boolean jsonTrue(int offset, int length, String name) {
        long place = JsonScanner.find(data, offset, length, ascii(name));
        return place >= 0 && data[(int) (place >>> 32)] == 't';
    }

    private String text(int offset, int length) {
        return JsonText.decode(data, offset, length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
