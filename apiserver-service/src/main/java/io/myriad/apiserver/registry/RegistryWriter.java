package io.myriad.apiserver.registry;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.bootstrap.ObjectWriter;
import io.myriad.apiserver.kind.Strategy;

/** Writes objects for the server itself, through the registry like everybody else's. */
public final class RegistryWriter implements ObjectWriter {
    /** Whom the server acts as. */
    public static final User SERVER = new User("system:apiserver", "",
            List.of("system:masters", "system:authenticated"), Map.of());

    private static final String MANAGER = "kube-apiserver";

    private final Supplier<ResourceCatalog.State> catalog;
    private final Supplier<Registry> registry;

    /** @param registry where to write; asked for at each write, for those who need a writer to make the registry */
    public RegistryWriter(Supplier<ResourceCatalog.State> catalog, Supplier<Registry> registry) {
        this.catalog = catalog;
        this.registry = registry;
    }

    @Override
    public void create(GroupVersionResource resource, String namespace, ObjectNode object) {
        registry.get().create(served(resource), object, request(namespace, "", ""));
    }

    @Override
    public void update(GroupVersionResource resource, String namespace, ObjectNode object) {
        registry.get().update(served(resource), Strategy.Target.MAIN, object,
                request(namespace, Metadata.of(object).name(), ""));
    }

    @Override
    public void updateStatus(GroupVersionResource resource, String namespace, ObjectNode object) {
        registry.get().update(served(resource), Strategy.Target.STATUS, object,
                request(namespace, Metadata.of(object).name(), "status"));
    }

    @Override
    public void delete(GroupVersionResource resource, String namespace, String name) {
        registry.get().delete(served(resource), request(namespace, name, ""), DeleteOptions.NONE);
    }

    private ServedResource served(GroupVersionResource resource) {
        ServedResource served = catalog.get().served(resource);
        if (served == null) {
            throw new IllegalStateException(resource + " is not served");
        }
        return served;
    }

    private static WriteRequest request(String namespace, String name, String subresource) {
        return new WriteRequest(SERVER, namespace, name, subresource, MANAGER, false, FieldValidation.IGNORE,
                warning -> {});
    }
}
