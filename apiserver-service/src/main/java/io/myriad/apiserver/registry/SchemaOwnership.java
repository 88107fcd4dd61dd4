package io.myriad.apiserver.registry;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.api.apply.FieldSet;
import io.myriad.api.apply.ManagedFields;
import io.myriad.api.apply.ServerSideApply;
import io.myriad.api.apply.Versions;
import io.myriad.api.apply.Writer;
import io.myriad.api.codec.JsonWriter;
import io.myriad.apiserver.kind.Strategy;

/** Keeps managed fields by the schema of the kind. */
public final class SchemaOwnership implements FieldOwnership {
    private final Supplier<ResourceCatalog.State> catalog;
    private final InstantSource clock;

    /** @param catalog what is served, for kinds of several versions */
    public SchemaOwnership(Supplier<ResourceCatalog.State> catalog, InstantSource clock) {
        this.catalog = catalog;
        this.clock = clock;
    }

    @Override
    public void recordUpdate(ServedResource resource, @Nullable ObjectNode live, ObjectNode object,
            WriteRequest request) {
        ManagedFields.update(live, object, resource.type(), writer(resource, request), versions(resource));
    }

    @Override
    public ObjectNode apply(ServedResource resource, @Nullable ObjectNode live, ObjectNode configuration,
            boolean force, WriteRequest request) {
        ObjectNode merged = ServerSideApply.apply(live, configuration, resource.kind(), resource.type(),
                writer(resource, request), force, versions(resource));
        return resource.read(JsonWriter.write(merged)).object();
    }

    @Override
    public void ignoreTimes(ServedResource resource, ObjectNode object, ObjectNode old) {
        ManagedFields.keepTimes(old, object, resource.type());
    }

    private Writer writer(ServedResource resource, WriteRequest request) {
        Strategy.Target target = switch (request.subresource()) {
            case "status", "approval" -> Strategy.Target.STATUS;
            default -> Strategy.Target.MAIN;
        };
        return new Writer(request.manager(), resource.kind().apiVersion(), request.subresource(),
                FieldSet.ofFields(resource.strategy().resetFields(target)),
                clock.instant().truncatedTo(ChronoUnit.SECONDS));
    }

    private Versions versions(ServedResource resource) {
        return (object, apiVersion) -> {
            GroupVersionKind wanted = GroupVersionKind.of(apiVersion, resource.kind().kind());
            ServedResource other = catalog.get().served(
                    new GroupVersionResource(wanted.group(), wanted.version(), resource.name().resource()));
            if (other == null || other.storage() != resource.storage()) {
                return null;
            }
            return new Versions.Versioned(other.form().convert(object.deepCopy(), resource.form()), other.type());
        };
    }
}
