package io.myriad.apiserver.registry;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Resource;
import io.myriad.api.schema.Schema;
import io.myriad.apiserver.kind.Strategy;

/**
 * Makes the catalog of the built-in resources: those of stable versions, and what {@code --runtime-config} adds or takes
 * away.
 */
public final class BuiltinCatalog {
    private final Schema schema;
    private final Map<String, Boolean> runtimeConfig;
    private final StorageProvider storages;
    private final BiFunction<GroupVersionKind, Boolean, Strategy> strategies;
    private final Function<Resource, WriteHooks> hooks;

    /**
     * @param schema the tables
     * @param runtimeConfig group versions and resources switched on or off, as the flag has them
     * @param storages where objects are
     * @param strategies the strategy of a kind, told whether it has a status subresource
     * @param hooks what happens around the writes of a resource
     */
    public BuiltinCatalog(Schema schema, Map<String, Boolean> runtimeConfig, StorageProvider storages,
            BiFunction<GroupVersionKind, Boolean, Strategy> strategies, Function<Resource, WriteHooks> hooks) {
        this.schema = schema;
        this.runtimeConfig = runtimeConfig;
        this.storages = storages;
        this.strategies = strategies;
        this.hooks = hooks;
    }

    /**
     * Makes the catalog.
     *
     * @throws IllegalArgumentException when the runtime configuration names what does not exist
     */
    public ResourceCatalog build() {
        checkRuntimeConfig();
        Map<GroupVersionResource, ServedResource> served = new LinkedHashMap<>();
        Map<GroupVersionResource, Resource> virtual = new LinkedHashMap<>();
        List<ResourceCatalog.Group> groups = new ArrayList<>();
        for (Schema.Group group : schema.groups()) {
            Map<String, List<Resource>> versions = new LinkedHashMap<>();
            for (String version : group.versions()) {
                List<Resource> resources = new ArrayList<>();
                for (Resource resource : schema.resources()) {
                    boolean here = resource.name().group().equals(group.name())
                            && resource.name().version().equals(version);
                    if (here && isOn(resource) && add(resource, served, virtual)) {
                        resources.add(resource);
                    }
                }
                if (!resources.isEmpty()) {
                    versions.put(version, List.copyOf(resources));
                }
            }
            if (!versions.isEmpty()) {
                String preferred = versions.containsKey(group.preferredVersion())
                        ? group.preferredVersion()
                        : versions.keySet().iterator().next();
                groups.add(new ResourceCatalog.Group(group.name(), preferred,
                        java.util.Collections.unmodifiableMap(versions)));
            }
        }
        return new ResourceCatalog(new ResourceCatalog.State(List.copyOf(groups), Map.copyOf(served),
                Map.copyOf(virtual), 1));
    }

    private boolean add(Resource resource, Map<GroupVersionResource, ServedResource> served,
            Map<GroupVersionResource, Resource> virtual) {
        boolean hasStatus = resource.subresources().stream().anyMatch(sub -> sub.name().equals("status"));
        Strategy strategy = strategies.apply(resource.kind(), hasStatus);
        StorageProvider.Stored stored = storages.builtin(resource, strategy);
        if (stored == null) {
            virtual.put(resource.name(), resource);
            return true;
        }
        ObjectForm form = form(resource, stored);
        if (form == null) {
            if (Boolean.TRUE.equals(runtimeConfig.get(resource.name().apiVersion()))) {
                throw new IllegalArgumentException("--runtime-config: " + resource.name().apiVersion()
                        + " cannot be served: there is no conversion of " + resource.name().resource());
            }
            return false;
        }
        served.put(resource.name(),
                new ServedResource(resource, strategy, stored.storage(), form, hooks.apply(resource), null));
        return true;
    }

    /** How the resource is stored and served, or null when its version cannot be made of the stored one. */
    private @Nullable ObjectForm form(Resource resource, StorageProvider.Stored stored) {
        GroupVersionKind storedKind = stored.storedKind();
        ObjectType storedType = schema.kind(storedKind);
        Conversion conversion = Conversions.between(storedKind, resource.kind());
        boolean same = storedKind.equals(resource.kind()) || Conversions.sameShape(storedKind, resource.kind());
        if (conversion == null && !same) {
            return null;
        }
        return new ObjectForm(stored.encoding(), storedKind, same && conversion == null ? resource.type() : storedType,
                resource.kind(), conversion);
    }

    private boolean isOn(Resource resource) {
        GroupVersionResource name = resource.name();
        Boolean own = runtimeConfig.get(name.apiVersion() + "/" + name.resource());
        Boolean version = runtimeConfig.get(name.apiVersion());
        Boolean level = switch (resource.level()) {
            case STABLE -> runtimeConfig.get("api/ga");
            case BETA -> runtimeConfig.get("api/beta");
            case ALPHA -> runtimeConfig.get("api/alpha");
        };
        for (Boolean said : new Boolean[]{own, version, level, runtimeConfig.get("api/all")}) {
            if (said != null) {
                return said;
            }
        }
        return resource.level() == Resource.Level.STABLE;
    }

    private void checkRuntimeConfig() {
        Set<String> known = new HashSet<>(Set.of("api/all", "api/ga", "api/beta", "api/alpha"));
        for (Resource resource : schema.resources()) {
            known.add(resource.name().apiVersion());
            known.add(resource.name().apiVersion() + "/" + resource.name().resource());
        }
        for (String key : runtimeConfig.keySet()) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException("--runtime-config: unknown group version or resource: " + key);
            }
        }
    }
}
