package io.myriad.apiserver.registry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.api.codec.JsonWriter;
import io.myriad.apiserver.admission.webhook.AdmittedObjects;

/** Tells webhooks of the kinds that the catalog serves. */
public final class CatalogObjects implements AdmittedObjects {
    private final Supplier<ResourceCatalog.State> catalog;

    public CatalogObjects(Supplier<ResourceCatalog.State> catalog) {
        this.catalog = catalog;
    }

    @Override
    public List<Version> otherVersions(GroupVersionResource resource) {
        ResourceCatalog.State state = catalog.get();
        ServedResource own = state.served(resource);
        if (own == null) {
            return List.of();
        }
        List<Version> others = new ArrayList<>();
        for (ServedResource served : state.served().values()) {
            if (served != own && served.storage() == own.storage()) {
                others.add(new Version(served.name(), served.kind()));
            }
        }
        others.sort(Comparator.comparing(version -> version.resource().apiVersion()));
        return others;
    }

    @Override
    public @Nullable Place place(GroupVersionKind kind) {
        for (ServedResource served : catalog.get().served().values()) {
            if (served.kind().equals(kind)) {
                return new Place(served.name(), served.resource().namespaced());
            }
        }
        return null;
    }

    @Override
    public ObjectNode converted(ObjectNode object, Version from, Version to) {
        return served(to).form().convert(object.deepCopy(), served(from).form());
    }

    @Override
    public ObjectNode completed(ObjectNode patched, Version version) {
        ServedResource resource = served(version);
        ObjectNode object = resource.read(JsonWriter.write(patched)).object();
        Writes.applyDefaults(resource, object);
        return object;
    }

    private ServedResource served(Version version) {
        ServedResource served = catalog.get().served(version.resource());
        if (served == null) {
            throw new IllegalArgumentException(version.resource() + " is not served any more");
        }
        return served;
    }
}
