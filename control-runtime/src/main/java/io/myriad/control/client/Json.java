package io.myriad.control.client;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Bytes to trees and back, for what this client sends and receives. */
final class Json {
    private Json() {}

    static ObjectNode read(byte[] bytes, int offset, int length) {
        JsonNode node;
        try {
            node = JsonMapper.shared().readTree(bytes, offset, length);
        } catch (JacksonException e) {
            throw new TransportException("not JSON: " + e.getOriginalMessage(), true, null);
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new TransportException("not a JSON object", true, null);
    }

    static byte[] write(JsonNode node) {
        return JsonMapper.shared().writeValueAsBytes(node);
    }
}
