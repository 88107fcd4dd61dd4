package io.myriad.apiserver.openapi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.schema.Resource;
import io.myriad.api.schema.Schema;
import io.myriad.apiserver.openapi.OpenApi.Document;
import io.myriad.apiserver.registry.CustomKind;
import io.myriad.apiserver.registry.ResourceCatalog;
import io.myriad.apiserver.registry.ServedResource;

/**
 * The OpenAPI documents of everything that is served now. Those of built-in groups stay; those of custom resources are
 * made again when a definition has changed and somebody asks. Safe for any thread.
 */
public final class ApiDocuments {
    /** The documents that depend on definitions, as of one state of the catalog. */
    private record Custom(long generation, OpenApi all, Map<String, OpenApi> byPath) {}

    /** The v2 document with custom resources, as of one state of the catalog. */
    private record Merged(long generation, Document json, Document protobuf) {}

    private final Schema schema;
    private final ResourceCatalog catalog;
    private final String version;
    private final OpenApi builtin;
    private volatile @Nullable Custom custom;
    private volatile @Nullable Merged merged;

    /** @param version the API's version as clients know it, such as {@code v1.37.2} */
    public ApiDocuments(Schema schema, ResourceCatalog catalog, String version) {
        this.schema = schema;
        this.catalog = catalog;
        this.version = version;
        List<Resource> resources = new ArrayList<>();
        ResourceCatalog.State state = catalog.state();
        state.groups().forEach(group -> group.versions().values().forEach(list -> list.forEach(resource -> {
            if (!(state.served(resource.name()) instanceof ServedResource served && served.custom())) {
                resources.add(resource);
            }
        })));
        this.builtin = new OpenApi(schema, resources, version);
    }

    private Custom custom() {
        ResourceCatalog.State state = catalog.state();
        Custom known = custom;
        if (known == null || known.generation() != state.generation()) {
            Map<String, List<ServedResource>> byPath = new TreeMap<>();
            List<ServedResource> all = new ArrayList<>();
            for (ServedResource resource : state.served().values()) {
                if (resource.custom()) {
                    all.add(resource);
                    byPath.computeIfAbsent("apis/" + resource.name().apiVersion(), path -> new ArrayList<>())
                            .add(resource);
                }
            }
            Map<String, OpenApi> documents = new TreeMap<>();
            byPath.forEach((path, resources) -> documents.put(path, documents(resources)));
            known = new Custom(state.generation(), documents(all), documents);
            custom = known;
        }
        return known;
    }

    private OpenApi documents(List<ServedResource> resources) {
        List<CustomDocument> described = new ArrayList<>();
        List<Resource> names = new ArrayList<>();
        resources.stream().sorted((one, other) -> one.groupResource().compareTo(other.groupResource()))
                .forEach(resource -> {
                    CustomKind kind = resource.customKind();
                    if (kind != null) {
                        names.add(resource.resource());
                        described.add(new CustomDocument(resource.resource(), kind.listKind(), kind.schema()));
                    }
                });
        return new OpenApi(schema, names, version, described);
    }

    /** The index of v3 documents. */
    public Document index() {
        Custom now = custom();
        if (now.byPath().isEmpty()) {
            return builtin.index();
        }
        ObjectNode index = tree(builtin.index());
        ObjectNode paths = index.withObjectProperty("paths");
        StringBuilder etag = new StringBuilder();
        now.byPath().forEach((path, documents) -> {
            paths.setAll(tree(documents.index()).withObjectProperty("paths"));
            etag.append(documents.index().etag());
        });
        return new Document(JsonMapper.shared().writeValueAsBytes(index),
                Integer.toHexString(etag.toString().hashCode()) + builtin.index().etag());
    }

    private static ObjectNode tree(Document document) {
        return JsonMapper.shared().readTree(document.content()) instanceof ObjectNode object
                ? object
                : JsonNodeFactory.instance.objectNode();
    }

    /** The v3 document of a group and version, or null when nothing of that name is served. */
    public @Nullable Document v3(String path) {
        OpenApi own = custom().byPath().get(path);
        Document document = own == null ? null : own.v3(path);
        return document != null ? document : builtin.v3(path);
    }

    /** The v2 document of everything. */
    public Document v2() {
        return custom().byPath().isEmpty() ? builtin.v2() : merged().json();
    }

    /** The v2 document of everything, in the protobuf form of the gnostic project. */
    public Document v2Protobuf() {
        return custom().byPath().isEmpty() ? builtin.v2Protobuf() : merged().protobuf();
    }

    private Merged merged() {
        Custom now = custom();
        Merged known = merged;
        if (known == null || known.generation() != now.generation()) {
            ObjectNode all = tree(builtin.v2());
            ObjectNode own = tree(now.all().v2());
            for (String part : List.of("paths", "definitions")) {
                ObjectNode into = all.withObjectProperty(part);
                own.path(part).forEachEntry((String name, JsonNode value) -> into.set(name, value));
            }
            String etag = now.all().v2().etag().substring(0, 64) + builtin.v2().etag().substring(64);
            known = new Merged(now.generation(), new Document(JsonMapper.shared().writeValueAsBytes(all), etag),
                    new Document(ProtobufDocument.write(all), now.all().v2().etag()));
            merged = known;
        }
        return known;
    }
}
