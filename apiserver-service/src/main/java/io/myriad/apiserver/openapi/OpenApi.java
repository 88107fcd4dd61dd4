package io.myriad.apiserver.openapi;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.OperationTable;
import io.myriad.api.schema.Resource;
import io.myriad.api.schema.Schema;

/**
 * The OpenAPI documents of the built-in API: one v3 document for each group and version, and one v2 document for all.
 * Each is made at its first request and kept as bytes; its name for caches, the ETag, follows from what it describes and
 * not from its bytes, so that the index of all documents costs nothing.
 */
public final class OpenApi {
    /**
     * A document.
     *
     * @param content its text, or its bytes in another form; nobody changes them
     * @param etag its name for caches, without quotes
     */
    public record Document(byte[] content, String etag) {}

    private static final String TITLE = "Kubernetes";

    private final Schema schema;
    private final Collection<Resource> served;
    private final String version;
    private final Map<String, Document> documents = new ConcurrentHashMap<>();
    private final Map<String, List<GroupVersionKind>> kindsOfTypes = new HashMap<>();
    private final List<CustomDocument> custom;
    private final Map<String, CustomDocument> customTypes = new HashMap<>();

    /**
     * @param schema the tables
     * @param served the resources that the server serves
     * @param version the API's version as clients know it, such as {@code v1.37.2}
     */
    public OpenApi(Schema schema, Collection<Resource> served, String version) {
        this(schema, served, version, List.of());
    }

    /** @param custom what there is to say of custom resources, each of which is in {@code served} too */
    OpenApi(Schema schema, Collection<Resource> served, String version, Collection<CustomDocument> custom) {
        for (CustomDocument document : custom) {
            customTypes.put(document.typeName(), document);
            customTypes.put(document.listTypeName(), document);
        }
        this.custom = List.copyOf(custom);
        this.schema = schema;
        this.served = List.copyOf(served);
        this.version = version;
        for (Resource resource : served) {
            kindsOfTypes.computeIfAbsent(resource.type().name(), ignored -> new ArrayList<>()).add(resource.kind());
            if (resource.listType() != null) {
                GroupVersionKind kind = resource.kind();
                kindsOfTypes.computeIfAbsent(resource.listType().name(), ignored -> new ArrayList<>())
                        .add(new GroupVersionKind(kind.group(), kind.version(), kind.kind() + "List"));
            }
        }
    }

    /** The index of v3 documents: {@code {"paths": {"api/v1": {"serverRelativeURL": ...}}}}. */
    public Document index() {
        return documents.computeIfAbsent("", ignored -> {
            ObjectNode index = JsonNodeFactory.instance.objectNode();
            ObjectNode paths = index.putObject("paths");
            for (String path : groupVersions()) {
                paths.putObject(path).put("serverRelativeURL", "/openapi/v3/" + path + "?hash=" + etag("v3", path));
            }
            return new Document(bytes(index), etag("v3", "index"));
        });
    }

    /**
     * The v3 document of a group and version.
     *
     * @param path {@code api/v1} or {@code apis/GROUP/VERSION}
     * @return null when nothing of that name is served
     */
    public @Nullable Document v3(String path) {
        if (!groupVersions().contains(path)) {
            return null;
        }
        return documents.computeIfAbsent(path, ignored -> new Document(bytes(writeV3(path)), etag("v3", path)));
    }

    /** The v2 document of everything. */
    public Document v2() {
        return documents.computeIfAbsent("v2", ignored -> new Document(bytes(writeV2()), etag("v2", "all")));
    }

    /** The v2 document of everything, in the protobuf form of the gnostic project. */
    public Document v2Protobuf() {
        return documents.computeIfAbsent("v2 protobuf",
                ignored -> new Document(ProtobufDocument.write(writeV2()), etag("v2", "protobuf")));
    }

    private static byte[] bytes(JsonNode node) {
        return JsonMapper.shared().writeValueAsBytes(node);
    }

    List<String> groupVersions() {
        return served.stream().map(resource -> path(resource.name().group(), resource.name().version())).distinct()
                .sorted().toList();
    }

    private static String path(String group, String version) {
        return group.isEmpty() ? "api/" + version : "apis/" + group + "/" + version;
    }

    private String etag(String dialect, String what) {
        try {
            StringBuilder described = new StringBuilder(version).append(dialect).append(what);
            served.forEach(resource -> described.append(resource.name()));
            custom.forEach(document -> described.append(document.identity()));
            byte[] digest = MessageDigest.getInstance("SHA-512")
                    .digest(described.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().withUpperCase().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private ObjectType type(String name) {
        CustomDocument document = customTypes.get(name);
        return document == null ? schema.type(name) : document.type(name);
    }

    private ObjectNode writeV3(String groupVersion) {
        ObjectNode document = JsonNodeFactory.instance.objectNode().put("openapi", "3.0.0");
        document.putObject("info").put("title", TITLE).put("version", version);
        SchemaWriter writer = new SchemaWriter(SchemaWriter.Dialect.V3, kindsOfTypes, customTypes);
        document.set("paths", paths(groupVersion, (method, table) -> operationV3(method, table, writer)));
        ObjectNode components = document.putObject("components");
        components.set("schemas", writer.definitions());
        components.putObject("securitySchemes").putObject("BearerToken").put("type", "apiKey")
                .put("name", "authorization").put("in", "header");
        return document;
    }

    private ObjectNode writeV2() {
        ObjectNode document = JsonNodeFactory.instance.objectNode().put("swagger", "2.0");
        document.putObject("info").put("title", TITLE).put("version", version);
        SchemaWriter writer = new SchemaWriter(SchemaWriter.Dialect.V2, kindsOfTypes, customTypes);
        ObjectNode paths = JsonNodeFactory.instance.objectNode();
        JsonNode table = OperationTable.read();
        for (String groupVersion : groupVersions()) {
            paths.setAll(paths(table, groupVersion, (method, all) -> operationV2(method, all, writer)));
        }
        document.set("paths", paths);
        document.set("definitions", writer.definitions());
        document.putObject("parameters");
        document.putObject("securityDefinitions").putObject("BearerToken").put("type", "apiKey")
                .put("name", "authorization").put("in", "header");
        document.putArray("security").addObject().putArray("BearerToken");
        return document;
    }

    /** Writes one method of a path. */
    private interface OperationWriter {
        ObjectNode write(JsonNode method, JsonNode table);
    }

    private ObjectNode paths(String groupVersion, OperationWriter writer) {
        return paths(OperationTable.read(), groupVersion, writer);
    }

    private ObjectNode paths(JsonNode table, String groupVersion, OperationWriter writer) {
        Map<String, ObjectNode> result = new TreeMap<>();
        List<String> prefixes = served.stream()
                .filter(resource -> path(resource.name().group(), resource.name().version()).equals(groupVersion))
                .map(resource -> resource.name().toString().replace(' ', '/')).toList();
        Function<String, Boolean> wanted = name -> prefixes.stream()
                .anyMatch(prefix -> name.equals(prefix) || name.startsWith(prefix + "/"));
        ObjectNode operations = JsonNodeFactory.instance.objectNode();
        custom.forEach(document -> document.addOperations(operations, table));
        if (operations.isEmpty()) {
            operations.setAll((ObjectNode) table.path("operations"));
        }
        operations.forEachEntry((name, paths) -> {
            if (wanted.apply(name)) {
                paths.forEachEntry((path, methods) -> result.put(path, pathItem(path, methods, table, writer)));
            }
        });
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        result.forEach(node::set);
        return node;
    }

    private static ObjectNode pathItem(String path, JsonNode methods, JsonNode table, OperationWriter writer) {
        ObjectNode item = JsonNodeFactory.instance.objectNode();
        methods.forEachEntry((method, facts) -> item.set(method.toLowerCase(Locale.ROOT), writer.write(facts, table)));
        boolean v3 = item.properties().stream().anyMatch(entry -> !entry.getValue().has("produces"));
        var parameters = JsonNodeFactory.instance.arrayNode();
        for (int start = path.indexOf('{'); start >= 0; start = path.indexOf('{', start + 1)) {
            ObjectNode parameter = parameters.addObject()
                    .put("name", path.substring(start + 1, path.indexOf('}', start)))
                    .put("in", "path").put("required", true);
            type(parameter, "string", v3);
        }
        if (!parameters.isEmpty()) {
            item.set("parameters", parameters);
        }
        return item;
    }

    private static void type(ObjectNode parameter, String type, boolean v3) {
        (v3 ? parameter.putObject("schema") : parameter).put("type", type).put("uniqueItems", true);
    }

    private ObjectNode operationV3(JsonNode facts, JsonNode table, SchemaWriter writer) {
        ObjectNode operation = common(facts);
        var parameters = operation.putArray("parameters");
        for (JsonNode name : table.path("queries").path(facts.path("query").stringValue(""))) {
            ObjectNode parameter = parameters.addObject().put("name", name.asString()).put("in", "query");
            type(parameter, queryType(table, name.asString()), true);
        }
        String body = facts.path("body").stringValue("");
        if (!body.isEmpty()) {
            ObjectNode content = operation.putObject("requestBody").putObject("content");
            for (JsonNode media : table.path("media").path(facts.path("consumes").stringValue(""))) {
                content.putObject(media.asString()).set("schema", writer.reference(type(body)));
            }
        }
        ObjectNode responses = operation.putObject("responses");
        facts.path("responses").forEachEntry((code, type) -> {
            ObjectNode response = responses.putObject(code).put("description", description(code));
            ObjectNode answer = answer(type.asString(), writer);
            if (answer != null) {
                ObjectNode content = response.putObject("content");
                for (JsonNode media : table.path("media").path(facts.path("produces").stringValue(""))) {
                    content.putObject(media.asString()).set("schema", answer);
                }
            }
        });
        return operation;
    }

    private ObjectNode operationV2(JsonNode facts, JsonNode table, SchemaWriter writer) {
        ObjectNode operation = common(facts);
        operation.set("consumes", table.path("media").path(facts.path("consumes").stringValue("")));
        operation.set("produces", table.path("media").path(facts.path("produces").stringValue("")));
        operation.putArray("schemes").add("https");
        var parameters = operation.putArray("parameters");
        String body = facts.path("body").stringValue("");
        if (!body.isEmpty()) {
            parameters.addObject().put("name", "body").put("in", "body")
                    .put("required", facts.path("bodyRequired").booleanValue(false))
                    .set("schema", writer.reference(type(body)));
        }
        for (JsonNode name : table.path("queries").path(facts.path("query").stringValue(""))) {
            ObjectNode parameter = parameters.addObject().put("name", name.asString()).put("in", "query");
            type(parameter, queryType(table, name.asString()), false);
        }
        ObjectNode responses = operation.putObject("responses");
        facts.path("responses").forEachEntry((code, type) -> {
            ObjectNode response = responses.putObject(code).put("description", description(code));
            ObjectNode answer = answer(type.asString(), writer);
            if (answer != null) {
                response.set("schema", answer);
            }
        });
        return operation;
    }

    private static String queryType(JsonNode table, String name) {
        return table.path("parameters").path("query").path(name).path("type").stringValue("string");
    }

    private static String description(String code) {
        return switch (code) {
            case "200" -> "OK";
            case "201" -> "Created";
            case "202" -> "Accepted";
            case "401" -> "Unauthorized";
            default -> code;
        };
    }

    private @Nullable ObjectNode answer(String type, SchemaWriter writer) {
        return switch (type) {
            case "none" -> null;
            case "string" -> JsonNodeFactory.instance.objectNode().put("type", "string");
            default -> writer.reference(type(type));
        };
    }

    private static ObjectNode common(JsonNode facts) {
        ObjectNode operation = JsonNodeFactory.instance.objectNode();
        String action = facts.path("action").stringValue("");
        String named = facts.path("kind").stringValue("");
        if (!action.isEmpty()) {
            operation.put("x-kubernetes-action", action);
        }
        int slash = named.lastIndexOf('/');
        if (slash > 0) {
            GroupVersionKind kind = GroupVersionKind.of(named.substring(0, slash), named.substring(slash + 1));
            operation.putObject("x-kubernetes-group-version-kind").put("group", kind.group()).put("kind", kind.kind())
                    .put("version", kind.version());
        }
        return operation;
    }
}
