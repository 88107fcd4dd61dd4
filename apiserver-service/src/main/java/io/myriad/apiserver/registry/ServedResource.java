package io.myriad.apiserver.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.codec.JsonReader;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Resource;
import io.myriad.apiserver.kind.Strategy;
import io.myriad.apiserver.storage.ObjectStorage;

/**
 * A stored resource in one of the versions that serve it.
 *
 * @param resource the resource's description in the served version
 * @param strategy what is particular to the kind
 * @param storage the objects, shared by all versions of the resource
 * @param form how they are stored and served
 * @param hooks what happens around writes, such as address allocation
 * @param customKind what its definition says, or null for a built-in kind
 */
public record ServedResource(Resource resource, Strategy strategy, ObjectStorage storage, ObjectForm form,
        WriteHooks hooks, @Nullable CustomKind customKind) {
    /** Whether a custom resource definition made it. */
    public boolean custom() {
        return customKind != null;
    }

    /** Reads JSON as an object of this kind; what strict decoding has to say comes with it. */
    public JsonReader.Parsed read(byte[] json) {
        CustomKind kind = customKind;
        if (kind == null) {
            return JsonReader.read(json, type());
        }
        return conform(JsonReader.read(json, null));
    }

    /** Brings an object of a custom resource that was read without its type into form; leaves others alone. */
    public JsonReader.Parsed conform(JsonReader.Parsed parsed) {
        CustomKind kind = customKind;
        if (kind == null) {
            return parsed;
        }
        List<String> problems = new ArrayList<>(parsed.problems());
        problems.addAll(kind.conform(parsed.object()));
        return new JsonReader.Parsed(parsed.object(), problems);
    }

    public GroupVersionResource name() {
        return resource.name();
    }

    public GroupVersionKind kind() {
        return resource.kind();
    }

    public ObjectType type() {
        return resource.type();
    }

    /** The resource as errors name it: {@code pods}, {@code deployments.apps}. */
    public String groupResource() {
        return resource.name().groupResource();
    }

    /** The fields that field selectors may name, and how the storage calls them. */
    public Map<String, String> selectableFields() {
        Set<String> fields = new TreeSet<>(strategy.selectableFields().keySet());
        fields.add("metadata.name");
        if (strategy.selectableByNamespace()) {
            fields.add("metadata.namespace");
        }
        Conversion conversion = form.conversion();
        Map<String, String> names = new TreeMap<>();
        if (conversion != null) {
            names.putAll(conversion.selectableFields(fields));
        } else {
            fields.forEach(field -> names.put(field, field));
        }
        return names;
    }

    /** The subresource of this name, or null. */
    public Resource.@Nullable Subresource subresource(String name) {
        for (Resource.Subresource subresource : resource.subresources()) {
            if (subresource.name().equals(name)) {
                return subresource;
            }
        }
        return null;
    }

    StatusException notFound(String name) {
        return new StatusException(Status.notFound(groupResource(), name));
    }
}
