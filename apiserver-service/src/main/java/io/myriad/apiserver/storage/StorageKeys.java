package io.myriad.apiserver.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.api.schema.Resource;
import io.myriad.api.schema.Schema;

/**
 * Where and how upstream's API server stores each kind, from the schema's table {@code storage.json}: this server and
 * upstream's can work on the same store, one after the other. Immutable.
 */
public final class StorageKeys {
    /** The prefix of all keys as the table has it; {@code --etcd-prefix} replaces it. */
    private static final String TABLE_PREFIX = "/registry/";

    private final String root;
    private final JsonNode table;

    /**
     * The keys below a prefix.
     *
     * @param root what every key starts with, slash included: {@code /registry/}
     */
    public StorageKeys(String root) {
        this.root = root;
        try (InputStream in = Schema.class.getResourceAsStream("storage.json")) {
            if (in == null) {
                throw new IllegalStateException("the schema table storage.json is missing from the class path");
            }
            this.table = JsonMapper.shared().readTree(in);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What every key starts with. */
    public String root() {
        return root;
    }

    /**
     * How a built-in resource's objects are stored.
     *
     * @throws IllegalArgumentException for a resource whose objects are not stored, such as a review
     */
    public StoredKind builtin(Resource resource) {
        String group = resource.name().group();
        String kind = resource.kind().kind();
        JsonNode row = table.get(group.isEmpty() ? kind : kind + "." + group);
        if (row == null) {
            throw new IllegalArgumentException(resource.name() + " is not stored");
        }
        String key = row.path("key").stringValue("");
        int variable = key.indexOf('{');
        return new StoredKind(root + key.substring(TABLE_PREFIX.length(), variable < 0 ? key.length() : variable),
                resource.namespaced(), GroupVersionKind.of(row.path("storageVersion").stringValue(""), kind),
                row.path("encoding").stringValue("").equals("json")
                        ? StoredKind.Encoding.JSON
                        : StoredKind.Encoding.PROTOBUF);
    }

    /** How the objects of a custom resource are stored. */
    public StoredKind custom(GroupVersionResource resource, boolean namespaced, GroupVersionKind storageVersion) {
        return new StoredKind(root + resource.group() + "/" + resource.resource() + "/", namespaced, storageVersion,
                StoredKind.Encoding.JSON);
    }
}
