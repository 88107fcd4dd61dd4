package io.myriad.control.client;

import java.util.Arrays;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.codec.JsonReader;
import io.myriad.api.codec.JsonWriter;
import io.myriad.api.codec.MalformedException;

/** Bytes to trees and back, for what this client sends and receives. */
final class Json {
    private Json() {}

    static ObjectNode read(byte[] bytes) {
        try {
            return JsonReader.read(bytes, null).object();
        } catch (StatusException | MalformedException e) {
            throw new TransportException("answer is not a JSON object: " + e.getMessage(), true, null);
        }
    }

    static ObjectNode read(byte[] bytes, int offset, int length) {
        return read(offset == 0 && length == bytes.length ? bytes : Arrays.copyOfRange(bytes, offset, offset + length));
    }

    static byte[] write(JsonNode node) {
        return JsonWriter.write(node);
    }
}
