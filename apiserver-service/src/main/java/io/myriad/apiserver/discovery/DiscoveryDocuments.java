package io.myriad.apiserver.discovery;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.codec.JsonWriter;
import io.myriad.api.schema.Resource;
import io.myriad.apiserver.registry.ResourceCatalog;
import io.myriad.apiserver.registry.ServedResource;

/**
 * Makes discovery's documents from the catalog. The aggregated ones, which every kubectl command asks for, are kept with
 * their hash until the catalog changes. Safe for any thread.
 */
public final class DiscoveryDocuments {
    /**
     * A document as it is sent.
     *
     * @param json the text
     * @param etag its hash, quoted
     */
    public record Document(byte[] json, String etag) {}

    private record Aggregated(long generation, Document core, Document groups) {}

    private final ResourceCatalog catalog;
    private volatile @Nullable Aggregated aggregated;

    public DiscoveryDocuments(ResourceCatalog catalog) {
        this.catalog = catalog;
    }

    /** {@code /api}: the versions of the core group. */
    public ObjectNode coreVersions(String serverAddress) {
        ObjectNode document = object().put("kind", "APIVersions");
        ArrayNode versions = document.putArray("versions");
        ResourceCatalog.Group core = catalog.state().group("");
        if (core != null) {
            core.versions().keySet().forEach(versions::add);
        }
        document.putArray("serverAddressByClientCIDRs").addObject().put("clientCIDR", "0.0.0.0/0").put("serverAddress",
                serverAddress);
        return document;
    }

    /** {@code /apis}: every group but the core one. */
    public ObjectNode groups() {
        ObjectNode document = object().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = document.putArray("groups");
        for (ResourceCatalog.Group group : catalog.state().groups()) {
            if (!group.name().isEmpty()) {
                describe(group, groups.addObject());
            }
        }
        return document;
    }

    /** {@code /apis/GROUP}, or null where there is no such group. */
    public @Nullable ObjectNode group(String name) {
        ResourceCatalog.Group group = catalog.state().group(name);
        if (group == null || name.isEmpty()) {
            return null;
        }
        ObjectNode document = object().put("kind", "APIGroup").put("apiVersion", "v1");
        describe(group, document);
        return document;
    }

    private static void describe(ResourceCatalog.Group group, ObjectNode into) {
        into.put("name", group.name());
        ArrayNode versions = into.putArray("versions");
        for (String version : group.versions().keySet()) {
            versions.addObject().put("groupVersion", group.name() + "/" + version).put("version", version);
        }
        into.putObject("preferredVersion").put("groupVersion", group.name() + "/" + group.preferredVersion())
                .put("version", group.preferredVersion());
    }

    /** {@code /api/VERSION} and {@code /apis/GROUP/VERSION}, or null where nothing of it is served. */
    public @Nullable ObjectNode resources(String groupName, String version) {
        ResourceCatalog.State state = catalog.state();
        ResourceCatalog.Group group = state.group(groupName);
        List<Resource> resources = group == null ? null : group.versions().get(version);
        if (resources == null) {
            return null;
        }
        ObjectNode document = object().put("kind", "APIResourceList");
        // The core group's list has never had an apiVersion.
        if (!groupName.isEmpty()) {
            document.put("apiVersion", "v1");
        }
        document.put("groupVersion", groupName.isEmpty() ? version : groupName + "/" + version);
        ArrayNode list = document.putArray("resources");
        for (Resource resource : resources) {
            describe(resource, state.served(resource.name()), list);
        }
        return document;
    }

    private static void describe(Resource resource, @Nullable ServedResource served, ArrayNode list) {
        ObjectNode one = list.addObject();
        one.put("name", resource.name().resource()).put("singularName", resource.singular())
                .put("namespaced", resource.namespaced()).put("kind", resource.kind().kind());
        strings(one, "verbs", resource.verbs(), true);
        strings(one, "shortNames", resource.shortNames(), false);
        strings(one, "categories", resource.categories(), false);
        if (served != null) {
            one.put("storageVersionHash", storageVersionHash(served.form().storedKind()));
        }
        for (Resource.Subresource subresource : resource.subresources()) {
            ObjectNode below = list.addObject();
            below.put("name", resource.name().resource() + "/" + subresource.name()).put("singularName", "")
                    .put("namespaced", resource.namespaced());
            GroupVersionKind kind = subresource.kind();
            if (!kind.group().equals(resource.name().group()) || !kind.version().equals(resource.name().version())) {
                below.put("group", kind.group()).put("version", kind.version());
            }
            below.put("kind", kind.kind());
            strings(below, "verbs", subresource.verbs(), true);
        }
    }

    /** The first eight bytes of the SHA-256 over group, version and kind. */
    static String storageVersionHash(GroupVersionKind kind) {
        byte[] digest = sha256((kind.group() + "/" + kind.version() + "/" + kind.kind())
                .getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder().encodeToString(Arrays.copyOf(digest, 8));
    }

    private static byte[] sha256(byte[] data) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(data);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Everything at once, as {@code apidiscovery.k8s.io/v2}: of the core group, or of all others. */
    public Document aggregated(boolean core) {
        ResourceCatalog.State state = catalog.state();
        Aggregated kept = aggregated;
        if (kept == null || kept.generation() != state.generation()) {
            kept = new Aggregated(state.generation(), document(aggregate(state, true)),
                    document(aggregate(state, false)));
            aggregated = kept;
        }
        return core ? kept.core() : kept.groups();
    }

    private static Document document(ObjectNode tree) {
        byte[] json = JsonWriter.write(tree);
        String hash = HexFormat.of().formatHex(sha256(json)).toUpperCase(Locale.ROOT);
        return new Document(json, "\"" + hash + "\"");
    }

    private static ObjectNode aggregate(ResourceCatalog.State state, boolean core) {
        ObjectNode document = object().put("kind", "APIGroupDiscoveryList").put("apiVersion",
                "apidiscovery.k8s.io/v2");
        document.putObject("metadata");
        ArrayNode items = document.putArray("items");
        for (ResourceCatalog.Group group : state.groups()) {
            if (group.name().isEmpty() == core) {
                aggregate(group, items.addObject());
            }
        }
        return document;
    }

    private static void aggregate(ResourceCatalog.Group group, ObjectNode item) {
        ObjectNode metadata = item.putObject("metadata");
        if (!group.name().isEmpty()) {
            metadata.put("name", group.name());
        }
        ArrayNode versions = item.putArray("versions");
        for (Map.Entry<String, List<Resource>> version : group.versions().entrySet()) {
            ObjectNode one = versions.addObject().put("version", version.getKey());
            ArrayNode resources = one.putArray("resources");
            version.getValue().forEach(resource -> aggregate(resource, resources.addObject()));
            one.put("freshness", "Current");
        }
    }

    private static void aggregate(Resource resource, ObjectNode into) {
        into.put("resource", resource.name().resource());
        responseKind(into, resource, resource.kind());
        into.put("scope", resource.namespaced() ? "Namespaced" : "Cluster");
        into.put("singularResource", resource.singular());
        strings(into, "verbs", resource.verbs(), true);
        strings(into, "shortNames", resource.shortNames(), false);
        strings(into, "categories", resource.categories(), false);
        if (!resource.subresources().isEmpty()) {
            ArrayNode subresources = into.putArray("subresources");
            for (Resource.Subresource subresource : resource.subresources()) {
                ObjectNode below = subresources.addObject().put("subresource", subresource.name());
                responseKind(below, resource, subresource.kind());
                strings(below, "verbs", subresource.verbs(), true);
            }
        }
    }

    /** Group and version stand there only where they differ from the resource's. */
    private static void responseKind(ObjectNode into, Resource resource, GroupVersionKind kind) {
        boolean same = kind.group().equals(resource.name().group())
                && kind.version().equals(resource.name().version());
        into.putObject("responseKind").put("group", same ? "" : kind.group()).put("version", same ? "" : kind.version())
                .put("kind", kind.kind());
    }

    private static void strings(ObjectNode into, String name, Collection<String> values, boolean evenEmpty) {
        if (!values.isEmpty() || evenEmpty) {
            ArrayNode array = into.putArray(name);
            values.forEach(array::add);
        }
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
