package io.myriad.apiserver.registry;

import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.selector.FieldSelector;
import io.myriad.api.selector.LabelSelector;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.ObjectLookup;
import io.myriad.apiserver.storage.ObjectStorage.ListQuery;
import io.myriad.apiserver.storage.ObjectStorage.VersionMatch;
import io.myriad.apiserver.storage.Selection;

/** Reads objects of any served resource for those who decide about requests. A resource that is not served has none. */
public final class CatalogLookup implements ObjectLookup {
    private final Supplier<ResourceCatalog.State> catalog;

    public CatalogLookup(Supplier<ResourceCatalog.State> catalog) {
        this.catalog = catalog;
    }

    @Override
    public @Nullable ObjectNode cached(GroupVersionResource resource, String namespace, String name) {
        return get(resource, namespace, name, "0");
    }

    @Override
    public @Nullable ObjectNode current(GroupVersionResource resource, String namespace, String name) {
        return get(resource, namespace, name, "");
    }

    private @Nullable ObjectNode get(GroupVersionResource resource, String namespace, String name, String version) {
        ServedResource served = catalog.get().served(resource);
        if (served == null) {
            return null;
        }
        CachedObject object = served.storage().get(namespace, name, version);
        return object == null ? null : served.form().decode(object);
    }

    @Override
    public List<ObjectNode> select(GroupVersionResource resource, String namespace, String field, String value) {
        ServedResource served = catalog.get().served(resource);
        if (served == null) {
            return List.of();
        }
        FieldSelector fields = field.isEmpty() ? FieldSelector.everything() : FieldSelector.parse(field + "=" + value);
        Selection selection = new Selection(namespace, LabelSelector.everything(), fields);
        return served.storage().list(new ListQuery(selection, "0", VersionMatch.UNSET, 0, "")).items().stream()
                .map(served.form()::decode).toList();
    }
}
