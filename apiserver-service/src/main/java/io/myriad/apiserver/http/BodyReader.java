package io.myriad.apiserver.http;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.codec.Envelope;
import io.myriad.api.codec.JsonReader;
import io.myriad.api.codec.MalformedException;
import io.myriad.api.codec.ProtobufReader;
import io.myriad.api.codec.YamlReader;
import io.myriad.api.schema.ObjectType;
import io.myriad.apiserver.registry.FieldValidation;
import io.myriad.apiserver.registry.ServedResource;
import io.myriad.apiserver.registry.WriteRequest;

/** Reads the object in a request's body, in any of the formats, and checks that it is of the kind that the path is about. */
final class BodyReader {
    private static final String ACCEPTED = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

    private BodyReader() {}

    /**
     * Reads a body.
     *
     * @param kind what it must be; an object that names no kind is taken as one
     * @param type the kind's type, or null to keep everything
     * @param request says what becomes of unknown fields
     * @return the tree, with {@code apiVersion} and {@code kind}
     * @throws StatusException 415 for another format, 400 for what cannot be read
     */
    static ObjectNode read(HttpCall call, GroupVersionKind kind, @Nullable ObjectType type, WriteRequest request) {
        return switch (format(call, type != null)) {
            case JSON -> strict(JsonReader.read(call.body(), type), kind, request);
            case YAML -> strict(YamlReader.read(call.body(), type), kind, request);
            case PROTOBUF -> {
                ObjectNode object = protobuf(call.body(), kind, type);
                requireKind(object, kind);
                yield object;
            }
        };
    }

    /**
     * Reads a body as an object of a resource.
     *
     * @throws StatusException as {@link #read(HttpCall, GroupVersionKind, ObjectType, WriteRequest)}; 422 for a custom
     *             resource of another kind
     */
    static ObjectNode read(HttpCall call, ServedResource resource, WriteRequest request) {
        if (!resource.custom()) {
            return read(call, resource.kind(), resource.type(), request);
        }
        JsonReader.Parsed parsed = format(call, false) == OutputFormat.Encoding.YAML
                ? YamlReader.read(call.body(), null)
                : JsonReader.read(call.body(), null);
        requireCustomKind(parsed.object(), resource.kind());
        return strict(resource.conform(parsed), "", request);
    }

    private static void requireCustomKind(ObjectNode object, GroupVersionKind kind) {
        String apiVersion = object.path("apiVersion").stringValue("");
        String name = object.path("kind").stringValue("");
        if (name.isEmpty() || apiVersion.isEmpty()) {
            throw new StatusException(Status.badRequest("Object '" + (name.isEmpty() ? "Kind" : "apiVersion")
                    + "' is missing in '" + object + "'"));
        }
        if (!apiVersion.equals(kind.apiVersion())) {
            throw new StatusException(Status.badRequest("the API version in the data (" + apiVersion
                    + ") does not match the expected API version (" + kind.apiVersion() + ")"));
        }
        if (!name.equals(kind.kind())) {
            throw new StatusException(Status.invalid(new GroupVersionKind(kind.group(), kind.version(), name),
                    object.path("metadata").path("name").asString(""),
                    List.of(FieldError.invalid("kind", name, "must be " + kind.kind()))));
        }
    }

    /**
     * Reads options, which clients may send in any group and version that has them.
     *
     * @param kind the name of the kind of options
     */
    static ObjectNode readOptions(HttpCall call, String kind, ObjectType type, WriteRequest request) {
        ObjectNode object = switch (format(call, true)) {
            case JSON -> JsonReader.read(call.body(), type).object();
            case YAML -> YamlReader.read(call.body(), type).object();
            case PROTOBUF -> {
                Envelope envelope = envelope(call.body());
                ObjectNode read = ProtobufReader.read(call.body(), envelope.offset(), envelope.length(), type);
                yield read.put("apiVersion", envelope.apiVersion()).put("kind", envelope.kind());
            }
        };
        String sent = object.path("kind").asString("");
        if (!sent.isEmpty() && !sent.equals(kind)) {
            throw new StatusException(Status.badRequest("decoded object cannot be converted to " + kind));
        }
        return object;
    }

    private static Envelope envelope(byte[] body) {
        try {
            return Envelope.parse(body);
        } catch (MalformedException malformed) {
            throw new StatusException(Status.badRequest(String.valueOf(malformed.getMessage())));
        }
    }

    /** The format of the body. */
    static OutputFormat.Encoding format(HttpCall call, boolean protobuf) {
        String header = call.header("Content-Type");
        MediaType media = header.isEmpty() ? null : MediaType.parse(header);
        if (header.isEmpty() || media != null && media.essence().equals("application/json")) {
            return OutputFormat.Encoding.JSON;
        }
        if (media != null && media.essence().equals("application/yaml")) {
            return OutputFormat.Encoding.YAML;
        }
        if (media != null && protobuf && media.essence().equals("application/vnd.kubernetes.protobuf")) {
            return OutputFormat.Encoding.PROTOBUF;
        }
        throw new StatusException(Status.of(StatusReason.UNSUPPORTED_MEDIA_TYPE,
                "the body of the request was in an unknown format - accepted media types include: " + ACCEPTED));
    }

    /** What is of another kind is refused before its fields are looked at. */
    private static ObjectNode strict(JsonReader.Parsed parsed, GroupVersionKind kind, WriteRequest request) {
        requireKind(parsed.object(), kind);
        return strict(parsed, kind.kind() + " in version \"" + kind.version() + "\" cannot be handled as a "
                + kind.kind() + ": ", request);
    }

    private static ObjectNode strict(JsonReader.Parsed parsed, String blamed, WriteRequest request) {
        List<String> problems = parsed.problems();
        switch (problems.isEmpty() ? FieldValidation.IGNORE : request.fieldValidation()) {
            case IGNORE -> {}
            case WARN -> problems.forEach(request.warnings());
            case STRICT -> throw new StatusException(
                    Status.badRequest(blamed + "strict decoding error: " + String.join(", ", problems)));
        }
        return parsed.object();
    }

    private static ObjectNode protobuf(byte[] body, GroupVersionKind kind, @Nullable ObjectType type) {
        if (type == null) {
            throw new IllegalArgumentException("protobuf needs a type");
        }
        try {
            Envelope envelope = Envelope.parse(body);
            GroupVersionKind sent = GroupVersionKind.of(envelope.apiVersion(), envelope.kind());
            if (!sent.equals(kind)) {
                throw wrongKind(sent, kind);
            }
            ObjectNode object = ProtobufReader.read(body, envelope.offset(), envelope.length(), type);
            object.put("apiVersion", envelope.apiVersion());
            object.put("kind", envelope.kind());
            return object;
        } catch (MalformedException malformed) {
            throw new StatusException(Status.badRequest(String.valueOf(malformed.getMessage())));
        }
    }

    private static void requireKind(ObjectNode object, GroupVersionKind kind) {
        String apiVersion = object.path("apiVersion").asString("");
        String name = object.path("kind").asString("");
        if (apiVersion.isEmpty()) {
            object.put("apiVersion", kind.apiVersion());
        } else if (!apiVersion.equals(kind.apiVersion())) {
            throw wrongKind(GroupVersionKind.of(apiVersion, name), kind);
        }
        if (name.isEmpty()) {
            object.put("kind", kind.kind());
        } else if (!name.equals(kind.kind())) {
            throw wrongKind(GroupVersionKind.of(apiVersion.isEmpty() ? kind.apiVersion() : apiVersion, name), kind);
        }
    }

    /**
     * Reads an object of which several versions are taken as the same.
     *
     * @param versions the values of {@code apiVersion} that are taken
     * @param kind what it is read as
     */
    static ObjectNode readAnyOf(HttpCall call, Set<String> versions, GroupVersionKind kind, ObjectType type,
            WriteRequest request) {
        ObjectNode object = switch (format(call, true)) {
            case JSON -> strict(JsonReader.read(call.body(), type), "", request);
            case YAML -> strict(YamlReader.read(call.body(), type), "", request);
            case PROTOBUF -> {
                Envelope envelope = envelope(call.body());
                ObjectNode read = ProtobufReader.read(call.body(), envelope.offset(), envelope.length(), type);
                yield read.put("apiVersion", envelope.apiVersion()).put("kind", envelope.kind());
            }
        };
        if (versions.contains(object.path("apiVersion").asString(""))) {
            object.put("apiVersion", kind.apiVersion());
        }
        requireKind(object, kind);
        return object;
    }

    private static StatusException wrongKind(GroupVersionKind sent, GroupVersionKind expected) {
        return new StatusException(Status.badRequest(sent.kind().equals(expected.kind())
                ? "the API version in the data (" + sent.apiVersion() + ") does not match the expected API version ("
                        + expected.apiVersion() + ")"
                : sent.kind() + " in version \"" + sent.version() + "\" cannot be handled as a " + expected.kind()));
    }
}
