package io.myriad.apiserver.custom;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.schema.Resource;
import io.myriad.api.value.Timestamps;
import io.myriad.apiserver.bootstrap.ObjectWriter;
import io.myriad.apiserver.cache.Storages;
import io.myriad.apiserver.registry.ResourceCatalog;
import io.myriad.apiserver.registry.ServedResource;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.LocalInformer;
import io.myriad.apiserver.table.Columns;

/**
 * Follows the definitions in the store and serves what they define. Every server of a cluster does so for itself, and
 * each one decides about names and conditions; whoever comes second finds nothing left to write. A definition's
 * resources are served before its condition {@code Established} is written, so that nobody who sees the condition can
 * be too early at this server.
 *
 * <p>Definitions are handled one at a time.
 */
public final class CustomResources implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CustomResources.class);

    private final ResourceCatalog catalog;
    private final Storages storages;
    private final ObjectWriter writer;
    private final RuleEngine engine;
    private final ConversionWebhook.Means conversions;
    private final InstanceCleanup cleanup;
    private final InstantSource clock;
    private final ServedResource source;
    private final LocalInformer informer;
    private final Map<String, Definition> definitions = new TreeMap<>();
    private final Map<String, ServedDefinition> served = new HashMap<>();
    private volatile Map<GroupVersionKind, Columns<?>> columns = Map.of();

    /**
     * @param catalog where resources are added
     * @param storages opens their storage
     * @param writer writes conditions
     * @param engine evaluates rules in schemas
     * @param cleanup deletes the objects of a definition that goes
     * @param clock for the times of conditions
     * @param conversions for conversion webhooks
     */
    public CustomResources(ResourceCatalog catalog, Storages storages, ObjectWriter writer, RuleEngine engine,
            InstanceCleanup cleanup, InstantSource clock, ConversionWebhook.Means conversions) {
        this.conversions = conversions;
        this.catalog = catalog;
        this.storages = storages;
        this.writer = writer;
        this.engine = engine;
        this.cleanup = cleanup;
        this.clock = clock;
        ServedResource resource = catalog.state().served(Definition.RESOURCE);
        if (resource == null) {
            throw new IllegalArgumentException("custom resources need " + Definition.RESOURCE);
        }
        this.source = resource;
        this.informer = new LocalInformer("customresourcedefinitions", resource.storage(),
                new LocalInformer.Handler() {
                    @Override
                    public void changed(CachedObject object) {
                        CustomResources.this.changed(new Definition(source.form().decode(object)));
                    }

                    @Override
                    public void removed(String namespace, String name) {
                        CustomResources.this.removed(name);
                    }
                });
    }

    /** Starts to follow; completes when the definitions that there are are served. */
    public CompletableFuture<Void> start() {
        return informer.start().synced();
    }

    /** The printed columns of a custom resource's kind, or null for a kind that is none. */
    public @Nullable Columns<?> columns(GroupVersionKind kind) {
        return columns.get(kind);
    }

    private synchronized void changed(Definition definition) {
        definitions.put(definition.name(), definition);
        settle(definition);
        if (definition.isDeleting() && definition.hasCleanupFinalizer()) {
            ServedDefinition now = served.get(definition.name());
            cleanup.start(definition, now == null || now.resources().isEmpty() ? null : now.resources().getFirst(),
                    source);
        }
    }

    private synchronized void removed(String name) {
        Definition gone = definitions.remove(name);
        ServedDefinition old = served.remove(name);
        cleanup.forget(name);
        if (old != null) {
            publish();
            storages.dropCustom(old.definition().resourceIn("v1"));
        }
        if (gone != null) {
            settleOthers(gone);
        }
    }

    /** Names that were given up may be what others wait for. */
    private void settleOthers(Definition changed) {
        for (Definition other : List.copyOf(definitions.values())) {
            boolean waits = other.group().equals(changed.group()) && !other.name().equals(changed.name())
                    && !other.isTrue(Definition.NAMES_ACCEPTED);
            if (waits) {
                settle(other);
            }
        }
    }

    /** Decides about a definition's names, serves it, and writes what was decided. */
    private void settle(Definition definition) {
        Definition decided = decide(definition);
        if (decided.isTrue(Definition.ESTABLISHED)) {
            serve(decided);
        }
        if (decided != definition) {
            boolean namesChanged = !decided.acceptedNames().equals(definition.acceptedNames());
            definitions.put(decided.name(), decided);
            try {
                writer.updateStatus(Definition.RESOURCE, "", decided.object().deepCopy());
            } catch (StatusException failure) {
                // Somebody else wrote it, or it is gone: the watch tells.
                if (failure.status().reason() != StatusReason.CONFLICT
                        && failure.status().reason() != StatusReason.NOT_FOUND) {
                    throw failure;
                }
            }
            if (namesChanged) {
                settleOthers(decided);
            }
        }
    }

    /** The definition with the status that it should have; the same one when it has it. */
    private Definition decide(Definition definition) {
        if (definition.isDeleting()) {
            return definition;
        }
        Naming.Decision decision = Naming.decide(definition, definitions.values());
        ObjectNode object = definition.object().deepCopy();
        String now = Timestamps.format(clock.instant().truncatedTo(ChronoUnit.SECONDS));
        boolean changed = !decision.acceptedNames().equals(definition.acceptedNames());
        if (changed) {
            object.withObjectProperty("status").set("acceptedNames", decision.acceptedNames());
        }
        List<Naming.Condition> conditions = new ArrayList<>(decision.conditions());
        if (Approval.isProtected(definition.group())) {
            Approval approval = Approval.of(definition.object());
            conditions.add(new Naming.Condition("KubernetesAPIApprovalPolicyConformant",
                    approval.state() == Approval.State.APPROVED ? "True" : "False", approval.state().reason(),
                    approval.detail()));
        }
        for (Naming.Condition condition : conditions) {
            changed |= Conditions.set(object, condition, now);
        }
        return changed ? new Definition(object) : definition;
    }

    private void serve(Definition definition) {
        ServedDefinition before = served.get(definition.name());
        if (before != null && before.definition().servesSameAs(definition)) {
            return;
        }
        boolean sameObjects = before != null && storesSame(before.definition(), definition);
        ServedDefinition now = ServedDefinition.compile(definition, engine, conversions, (indexer, storedKind) -> {
            if (before != null && !sameObjects) {
                storages.dropCustom(before.definition().resourceIn("v1"));
            }
            return storages.custom(definition.resourceIn(storedKind.version()), definition.namespaced(), storedKind,
                    indexer);
        });
        if (now == null) {
            return;
        }
        served.put(definition.name(), now);
        publish();
        log.info("Serving {} of {}", definition.plural(), definition.group());
    }

    /** Whether the cached objects of the one are those of the other. */
    private static boolean storesSame(Definition one, Definition other) {
        Definition.Version first = one.storageVersion();
        Definition.Version second = other.storageVersion();
        return first != null && second != null && one.uid().equals(other.uid())
                && one.convertsByWebhook() == other.convertsByWebhook() && first.name().equals(second.name())
                && first.schema().equals(second.schema())
                && one.kind().equals(other.kind()) && one.preservesUnknownFields() == other.preservesUnknownFields()
                && one.versions().stream().map(Definition.Version::selectableFields).toList()
                        .equals(other.versions().stream().map(Definition.Version::selectableFields).toList());
    }

    private void publish() {
        Map<String, TreeMap<String, List<Resource>>> groups = new TreeMap<>();
        List<ServedResource> resources = new ArrayList<>();
        Map<GroupVersionKind, Columns<?>> allColumns = new HashMap<>();
        served.values().stream().sorted(Comparator.comparing(one -> one.definition().name())).forEach(one -> {
            allColumns.putAll(one.columns());
            for (ServedResource resource : one.resources()) {
                resources.add(resource);
                groups.computeIfAbsent(resource.name().group(), group -> new TreeMap<>(VersionOrder::compare))
                        .computeIfAbsent(resource.name().version(), version -> new ArrayList<>())
                        .add(resource.resource());
            }
        });
        Collection<ResourceCatalog.Group> described = new ArrayList<>();
        groups.forEach((name, versions) -> {
            Map<String, List<Resource>> ordered = new LinkedHashMap<>();
            versions.forEach((version, list) -> ordered.put(version, List.copyOf(list)));
            described.add(new ResourceCatalog.Group(name, versions.firstKey(),
                    Collections.unmodifiableMap(ordered)));
        });
        columns = Map.copyOf(allColumns);
        catalog.replaceCustom(described, resources);
    }

    /** Stops following; what is served stays. */
    @Override
    public void close() {
        informer.close();
        cleanup.close();
    }
}
