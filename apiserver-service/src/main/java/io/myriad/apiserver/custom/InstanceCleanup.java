package io.myriad.apiserver.custom;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.selector.FieldSelector;
import io.myriad.api.selector.LabelSelector;
import io.myriad.apiserver.bootstrap.ObjectWriter;
import io.myriad.apiserver.registry.DeleteOptions;
import io.myriad.apiserver.registry.FieldValidation;
import io.myriad.apiserver.registry.Registry;
import io.myriad.apiserver.registry.RegistryWriter;
import io.myriad.apiserver.registry.ServedResource;
import io.myriad.apiserver.registry.WriteRequest;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.LocalInformer;
import io.myriad.apiserver.storage.ObjectStorage;
import io.myriad.apiserver.storage.Selection;

/**
 * Deletes the objects of a definition that is being deleted, waits until the last one is gone, and lets the definition
 * go. One virtual thread for each definition; objects with finalizers of their own may keep it for long.
 */
public final class InstanceCleanup implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(InstanceCleanup.class);
    private static final long RETRY_NANOS = 1_000_000_000L;
    private static final ObjectStorage.ListQuery EVERYTHING = new ObjectStorage.ListQuery(
            new Selection("", LabelSelector.everything(), FieldSelector.everything()), "",
            ObjectStorage.VersionMatch.UNSET, 0, "");

    private final Supplier<Registry> registry;
    private final ObjectWriter writer;
    private final Map<String, Thread> running = new ConcurrentHashMap<>();

    /**
     * @param registry deletes objects
     * @param writer writes the definition
     */
    public InstanceCleanup(Supplier<Registry> registry, ObjectWriter writer) {
        this.registry = registry;
        this.writer = writer;
    }

    /**
     * Begins to clean up, unless that goes on already.
     *
     * @param resource one of the definition's resources, or null when none is served
     * @param definitions the resource of definitions
     */
    void start(Definition definition, @Nullable ServedResource resource, ServedResource definitions) {
        running.computeIfAbsent(definition.name(), name -> Thread.ofVirtual().name("cleanup-" + name).start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    if (resource != null) {
                        empty(resource);
                    }
                    release(definition, definitions);
                    return;
                } catch (StatusException failure) {
                    if (!running.containsKey(name)) {
                        return;
                    }
                    log.warn("The objects of {} cannot be deleted, trying again: {}", name, failure.getMessage());
                    LockSupport.parkNanos(RETRY_NANOS);
                } catch (InterruptedException stopped) {
                    return;
                }
            }
        }));
    }

    private void empty(ServedResource resource) throws InterruptedException {
        Semaphore removals = new Semaphore(0);
        LocalInformer informer = new LocalInformer(resource.groupResource(), resource.storage(),
                new LocalInformer.Handler() {
                    @Override
                    public void changed(CachedObject object) {}

                    @Override
                    public void removed(String namespace, String name) {
                        removals.release();
                    }
                });
        try (informer) {
            informer.start().synced().join();
            while (!resource.storage().list(EVERYTHING).items().isEmpty()) {
                registry.get().deleteCollection(resource, EVERYTHING, request(), DeleteOptions.NONE);
                removals.acquire();
                removals.drainPermits();
            }
        }
    }

    private static WriteRequest request() {
        return new WriteRequest(RegistryWriter.SERVER, "", "", "", "kube-apiserver", false, FieldValidation.IGNORE,
                warning -> {});
    }

    /** Takes the finalizer off the definition, which then vanishes unless there are others. */
    private void release(Definition definition, ServedResource definitions) {
        while (true) {
            CachedObject current = definitions.storage().get("", definition.name(), "");
            ObjectNode object = current == null ? null : definitions.form().decode(current);
            if (object == null || !new Definition(object).uid().equals(definition.uid())
                    || !(object.path("metadata").get("finalizers") instanceof ArrayNode finalizers)) {
                return;
            }
            List<JsonNode> others = finalizers.valueStream()
                    .filter(finalizer -> !finalizer.stringValue("").equals(Definition.CLEANUP_FINALIZER)).toList();
            if (others.size() == finalizers.size()) {
                return;
            }
            finalizers.removeAll();
            finalizers.addAll(others);
            try {
                writer.update(Definition.RESOURCE, "", object);
                return;
            } catch (StatusException failure) {
                if (failure.status().reason() == StatusReason.NOT_FOUND) {
                    return;
                }
                if (failure.status().reason() != StatusReason.CONFLICT) {
                    throw failure;
                }
            }
        }
    }

    /** The definition is gone. */
    void forget(String name) {
        Thread thread = running.remove(name);
        if (thread != null) {
            thread.interrupt();
        }
    }

    @Override
    public void close() {
        running.values().forEach(Thread::interrupt);
    }
}
