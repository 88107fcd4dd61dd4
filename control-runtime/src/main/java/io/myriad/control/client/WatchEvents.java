package io.myriad.control.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.codec.JsonWriter;
import io.myriad.api.codec.MalformedException;
import io.myriad.api.codec.WireReader;

/** Takes the frames of a watch apart into type and object, without decoding the object. */
final class WatchEvents {
    /** How every JSON event begins; what follows the type is the object, up to the last brace. */
    private static final byte[] TYPE = "{\"type\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OBJECT = "\",\"object\":".getBytes(StandardCharsets.US_ASCII);
    /** The fields of the message WatchEvent, and of the RawExtension in it. */
    private static final int EVENT_TYPE = 1;
    private static final int EVENT_OBJECT = 2;
    private static final int EXTENSION_RAW = 1;

    /** An event. */
    record Event(String type, ApiObject object) {}

    private WatchEvents() {}

    static Event json(byte[] frame, int offset, int length) {
        int end = offset + length;
        while (end > offset && frame[end - 1] <= ' ') {
            end--;
        }
        if (startsWith(frame, offset, end, TYPE)) {
            int typeStart = offset + TYPE.length;
            int typeEnd = typeStart;
            while (typeEnd < end && frame[typeEnd] != '"') {
                typeEnd++;
            }
            if (startsWith(frame, typeEnd, end, OBJECT) && frame[end - 1] == '}') {
                return new Event(type(frame, typeStart, typeEnd - typeStart),
                        ApiObject.of(Arrays.copyOfRange(frame, typeEnd + OBJECT.length, end - 1)));
            }
        }
        ObjectNode event = Json.read(frame, offset, end - offset); // fields in another order, or spaced
        if (!(event.path("object") instanceof ObjectNode object)) {
            throw new TransportException("watch event without an object", true, null);
        }
        return new Event(event.path("type").asString(""), ApiObject.of(JsonWriter.write(object)));
    }

    static Event protobuf(byte[] frame, int offset, int length) {
        try {
            String type = "";
            byte[] object = null;
            WireReader event = new WireReader(frame, offset, length);
            while (event.next()) {
                if (event.fieldNumber() == EVENT_TYPE) {
                    event.require(WireReader.LENGTH_DELIMITED);
                    type = type(frame, event.offset(), event.length());
                } else if (event.fieldNumber() == EVENT_OBJECT) {
                    event.require(WireReader.LENGTH_DELIMITED);
                    WireReader extension = new WireReader(frame, event.offset(), event.length());
                    while (extension.next()) {
                        if (extension.fieldNumber() == EXTENSION_RAW) {
                            extension.require(WireReader.LENGTH_DELIMITED);
                            object = Arrays.copyOfRange(frame, extension.offset(),
                                    extension.offset() + extension.length());
                        }
                    }
                }
            }
            if (object == null) {
                throw new TransportException("watch event without an object", true, null);
            }
            return new Event(type, ApiObject.of(object));
        } catch (MalformedException e) {
            throw new TransportException("broken watch event: " + e.getMessage(), true, null);
        }
    }

    /** The known types without allocating one each time. */
    private static String type(byte[] frame, int offset, int length) {
        for (WatchListener.EventType known : WatchListener.EventType.values()) {
            if (known.name().length() == length && known.name().charAt(0) == frame[offset]) {
                return known.name();
            }
        }
        return new String(frame, offset, length, StandardCharsets.UTF_8);
    }

    private static boolean startsWith(byte[] frame, int offset, int end, byte[] prefix) {
        return end - offset >= prefix.length
                && Arrays.equals(frame, offset, offset + prefix.length, prefix, 0, prefix.length);
    }
}
