package io.myriad.api.codec;

/**
 * The frame in which protobuf objects are stored and sent: the four bytes {@code k8s\0}, then the message
 * {@code runtime.Unknown} with the kind and, as bytes, the object's message.
 *
 * @param apiVersion the object's {@code apiVersion}, empty where the frame has none
 * @param kind its kind, empty where the frame has none
 * @param offset where the object's message begins in the parsed array
 * @param length its length in bytes
 */
public record Envelope(String apiVersion, String kind, int offset, int length) {
    static final int MAGIC_BYTES = 4;
    static final int TYPE_META = 1;
    static final int RAW = 2;
    private static final int CONTENT_ENCODING = 3;
    private static final int CONTENT_TYPE = 4;
    private static final int TYPE_META_API_VERSION = 1;
    private static final int TYPE_META_KIND = 2;

    /** Whether the bytes begin as an envelope does. */
    public static boolean isEnvelope(byte[] data) {
        return data.length >= MAGIC_BYTES && data[0] == 'k' && data[1] == '8' && data[2] == 's' && data[3] == 0;
    }

    /** The message in its frame. */
    public static byte[] wrap(String apiVersion, String kind, byte[] message) {
        ReverseBuffer out = new ReverseBuffer(message.length + apiVersion.length() + kind.length() + 48);
        out.lengthAndTag(out.size(), CONTENT_TYPE);
        out.lengthAndTag(out.size(), CONTENT_ENCODING);
        int end = out.size();
        out.raw(message);
        out.lengthAndTag(end, RAW);
        int typeMetaEnd = out.size();
        end = out.size();
        out.text(kind);
        out.lengthAndTag(end, TYPE_META_KIND);
        end = out.size();
        out.text(apiVersion);
        out.lengthAndTag(end, TYPE_META_API_VERSION);
        out.lengthAndTag(typeMetaEnd, TYPE_META);
        out.raw(new byte[]{'k', '8', 's', 0});
        return out.toByteArray();
    }

    /**
     * Reads the frame; the message stays where it is.
     *
     * @throws MalformedException when there is no frame or it is broken
     */
    public static Envelope parse(byte[] data) {
        return parse(data, 0, data.length);
    }

    /** As {@link #parse(byte[])}, of a part of an array. */
    public static Envelope parse(byte[] data, int offset, int length) {
        if (length < MAGIC_BYTES || data[offset] != 'k' || data[offset + 1] != '8' || data[offset + 2] != 's'
                || data[offset + 3] != 0) {
            throw new MalformedException("provided data does not appear to be a protobuf message, expected prefix k8s");
        }
        String apiVersion = "";
        String kind = "";
        int from = offset + length;
        int size = 0;
        WireReader unknown = new WireReader(data, offset + MAGIC_BYTES, length - MAGIC_BYTES);
        while (unknown.next()) {
            if (unknown.fieldNumber() == RAW) {
                unknown.require(WireReader.LENGTH_DELIMITED);
                from = unknown.offset();
                size = unknown.length();
            } else if (unknown.fieldNumber() == TYPE_META) {
                unknown.require(WireReader.LENGTH_DELIMITED);
                WireReader typeMeta = new WireReader(data, unknown.offset(), unknown.length());
                while (typeMeta.next()) {
                    if (typeMeta.fieldNumber() == TYPE_META_API_VERSION) {
                        typeMeta.require(WireReader.LENGTH_DELIMITED);
                        apiVersion = text(data, typeMeta);
                    } else if (typeMeta.fieldNumber() == TYPE_META_KIND) {
                        typeMeta.require(WireReader.LENGTH_DELIMITED);
                        kind = text(data, typeMeta);
                    }
                }
            }
        }
        return new Envelope(apiVersion, kind, from, size);
    }

    private static String text(byte[] data, WireReader at) {
        return JsonText.decode(data, at.offset(), at.length());
    }
}
