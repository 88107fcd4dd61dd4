package io.myriad.controller.garbagecollector;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.codec.ObjectBytes.OwnerReference;
import io.myriad.api.schema.Schema;
import io.myriad.control.client.ApiClient;
import io.myriad.control.client.ApiObject;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.DeleteOptions;
import io.myriad.control.client.Discovery;
import io.myriad.control.client.Discovery.ApiResource;
import io.myriad.control.client.PatchType;
import io.myriad.control.client.Selection;
import io.myriad.control.client.TransportException;
import io.myriad.control.events.Event;
import io.myriad.control.events.EventRecorder;
import io.myriad.control.events.ObjectReference;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.InformerSpec;
import io.myriad.control.informer.ObjectKey;
import io.myriad.control.queue.Reconciler;
import io.myriad.controller.loop.ControlLoop;
import io.myriad.controller.loop.Controller;
import io.myriad.controller.loop.ControllerContext;
import io.myriad.controller.loop.Refusals;

/**
 * Watches the metadata of everything that can be deleted, keeps the {@link Graph}, and carries out {@link Verdict}s.
 *
 * <p>An owner counts as absent only if its deletion was seen, or if the server, asked for exactly what the reference names,
 * has no such object or one of another uid. What is deleted is named by uid and version: if it has changed since it was
 * seen, the server refuses and it is judged anew as it is now.
 */
public final class GarbageCollector implements Controller {
    private static final Logger log = LoggerFactory.getLogger(GarbageCollector.class);
    private static final String NAME = "garbage-collector-controller";
    /** Time for the watch on an owner to catch up with the watch on its dependent. */
    private static final long LATER_MILLIS = 1_000;
    private static final long DISCOVERY_MILLIS = 30_000;
    private static final long DISCOVERY_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int ABSENT_OWNERS_MAX = 10_000;
    private static final String DISCOVERY_KEY = "";
    private static final Set<String> NEEDED_VERBS = Set.of("delete", "list", "watch");
    /** Events come and go by themselves, and there are many. */
    private static final Set<String> IGNORED = Set.of("events", "events.events.k8s.io");

    private final ControllerContext context;
    private final Discovery discovery;
    private final EventRecorder recorder;
    private final Graph graph = new Graph();
    private final Map<GroupVersionResource, Informer<Item>> monitors = new HashMap<>();
    private final AbsentOwners absentOwners = new AbsentOwners(ABSENT_OWNERS_MAX);
    private final ControlLoop<Graph.Work> loop;
    private final ControlLoop<String> discoveryLoop;

    /**
     * @param workers how many objects are worked on at a time
     */
    public GarbageCollector(int workers, Discovery discovery, ControllerContext context) {
        this.context = context;
        this.discovery = discovery;
        this.recorder = context.recorder(NAME);
        this.loop = new ControlLoop<>(NAME, workers, graph::everythingOpen, this::reconcile, context);
        this.discoveryLoop = new ControlLoop<>(NAME + "-discovery", 1, () -> List.of(DISCOVERY_KEY),
                key -> discover(), context);
        context.registry().gauge("garbagecollector_graph_objects", graph, Graph::size);
    }

    @Override
    public String name() {
        return NAME;
    }

    /** Asks what there is to watch, until the server answers. */
    @Override
    public CompletableFuture<Void> prepare() {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        Thread.ofVirtual().name("garbage-collector-discovery").start(() -> {
            while (!ready.isDone()) {
                try {
                    discover();
                    ready.complete(null);
                } catch (StatusException | TransportException e) {
                    log.warn("discovery failed: {}", e.getMessage());
                    java.util.concurrent.locks.LockSupport.parkNanos(DISCOVERY_RETRY_NANOS);
                } catch (RuntimeException e) {
                    ready.completeExceptionally(e);
                }
            }
        });
        return ready;
    }

    @Override
    public void start() {
        loop.start();
        discoveryLoop.start();
    }

    @Override
    public CompletableFuture<Void> stop(long graceMillis) {
        return CompletableFuture.allOf(loop.stop(graceMillis), discoveryLoop.stop(graceMillis));
    }

    // ---- watching -------------------------------------------------------------------------------------------

    private long discover() {
        Discovery.Snapshot found = discovery.since(context.nanoTime().getAsLong());
        Set<GroupVersionResource> wanted = new HashSet<>();
        for (ApiResource resource : found.preferred()) {
            if (resource.verbs().containsAll(NEEDED_VERBS) && !IGNORED.contains(resource.name().groupResource())) {
                wanted.add(resource.name());
                monitor(resource);
            }
        }
        if (found.missing().isEmpty()) {
            unmonitor(wanted);
        }
        context.informers().startNew();
        return DISCOVERY_MILLIS;
    }

    private synchronized void monitor(ApiResource resource) {
        if (monitors.containsKey(resource.name())) {
            return;
        }
        Selection selection = context.informers().watchesWhole(resource.name()) ? Selection.ALL : Selection.METADATA;
        Informer<Item> informer = context.informers()
                .own(InformerSpec.of(resource.name(), object -> item(resource, object)).select(selection));
        monitors.put(resource.name(), informer);
        informer.addHandler(new InformerHandler<>() {
            @Override
            public void added(ObjectKey key, Item now, boolean initial) {
                enqueue(graph.put(now));
            }

            @Override
            public void updated(ObjectKey key, Item before, Item now) {
                if (!before.uid().equals(now.uid())) {
                    deleted(key, before); // a successor of the same name, the deletion between them was not seen
                }
                enqueue(graph.put(now));
            }

            @Override
            public void deleted(ObjectKey key, Item last) {
                absentOwners.add(last);
                enqueue(graph.remove(last.uid()));
            }
        });
    }

    private synchronized void unmonitor(Set<GroupVersionResource> wanted) {
        monitors.entrySet().removeIf(entry -> {
            if (wanted.contains(entry.getKey())) {
                return false;
            }
            context.informers().stop(entry.getValue());
            entry.getValue().values().forEach(item -> graph.remove(item.uid()));
            return true;
        });
    }

    private static Item item(ApiResource resource, ApiObject object) {
        List<String> finalizers = object.finalizers();
        return new Item(resource, object.namespace(), object.name(), object.uid(), object.resourceVersion(),
                object.ownerReferences(), object.bytes().isBeingDeleted(),
                finalizers.contains(Item.FOREGROUND_FINALIZER), finalizers.contains(Item.ORPHAN_FINALIZER));
    }

    private void enqueue(List<Graph.Work> work) {
        for (Graph.Work one : work) {
            if (one instanceof Graph.ExamineLater later) {
                loop.enqueueAfter(new Graph.Examine(later.uid()), LATER_MILLIS);
            } else {
                loop.enqueue(one);
            }
        }
    }

    // ---- working --------------------------------------------------------------------------------------------

    private long reconcile(Graph.Work work) {
        Item item = graph.get(work.uid());
        if (item == null) {
            return Reconciler.DONE;
        }
        return switch (work) {
            case Graph.Release release -> release(item);
            case Graph.Examine examine -> examine(item);
            case Graph.ExamineLater later -> examine(item);
        };
    }

    private long examine(Item item) {
        if (item.waitsForDependents()) {
            return waitOrEnd(item);
        }
        if (item.deleting()) {
            return Reconciler.DONE;
        }
        try {
            return judge(item);
        } catch (StatusException e) {
            if (e.status().reason() != StatusReason.CONFLICT) {
                throw e;
            }
            Item fresh = fresh(item);
            return fresh == null || fresh.deleting() ? Reconciler.DONE : judge(fresh);
        }
    }

    /** It waits for dependents that block it: those are looked at, or, when there are none, it may go. */
    private long waitOrEnd(Item item) {
        boolean blocked = false;
        for (Item dependent : graph.dependentsOf(item.uid())) {
            OwnerReference reference = dependent.reference(item.uid());
            if (reference != null && reference.blockOwnerDeletion()) {
                blocked = true;
                if (!dependent.waitsForDependents()) {
                    loop.enqueue(new Graph.Examine(dependent.uid()));
                }
            }
        }
        if (!blocked) {
            removeFinalizer(item, Item.FOREGROUND_FINALIZER);
        }
        return Reconciler.DONE;
    }

    private long judge(Item item) {
        List<Verdict.OwnerState> states = new ArrayList<>(item.owners().size());
        boolean unobserved = false;
        for (OwnerReference reference : item.owners()) {
            Verdict.OwnerState state = state(item, reference);
            unobserved |= state == Verdict.OwnerState.UNKNOWN
                    || state != Verdict.OwnerState.ABSENT && graph.get(reference.uid()) == null;
            states.add(state);
        }
        switch (Verdict.of(item, states, graph.dependentsOf(item.uid()))) {
            case Verdict.Keep keep -> {
            }
            case Verdict.DropOwners drop -> dropOwners(item, drop.uids());
            case Verdict.Delete delete -> {
                if (delete.unblock()) {
                    unblock(item);
                }
                log.debug("deleting {}, propagation {}", item, delete.propagation());
                DeleteOptions options = DeleteOptions.ofUid(item.uid()).withPropagation(delete.propagation());
                Refusals.ignoringGone(() -> context.client().delete(path(item),
                        delete.unblock() ? options : options.withResourceVersion(item.resourceVersion())));
            }
        }
        // No watch will tell of the end of an owner that no watch has shown.
        return unobserved ? DISCOVERY_MILLIS : Reconciler.DONE;
    }

    private Verdict.OwnerState state(Item item, OwnerReference reference) {
        Item owner = graph.get(reference.uid());
        if (owner != null && owner.isMeantBy(item, reference)) {
            return owner.waitsForDependents() ? Verdict.OwnerState.WAITING : Verdict.OwnerState.SOLID;
        }
        if (owner == null && absentOwners.contains(item, reference)) {
            return Verdict.OwnerState.ABSENT;
        }
        return ask(item, reference);
    }

    /** Asks the server for exactly what the reference names. */
    private Verdict.OwnerState ask(Item item, OwnerReference reference) {
        ApiResource resource = discovery.known()
                .kind(GroupVersionKind.of(reference.apiVersion(), reference.kind()));
        if (resource == null) {
            log.debug("{} is owned by an unknown kind {} {}", item, reference.apiVersion(), reference.kind());
            return Verdict.OwnerState.UNKNOWN;
        }
        if (resource.namespaced() && item.namespace().isEmpty()) {
            recorder.record(Event.warning(about(item), "OwnerRefInvalidNamespace", "ownerRef "
                    + reference.kind() + " " + reference.name()
                    + " is namespaced, a cluster-scoped object cannot have it"));
            return Verdict.OwnerState.SOLID;
        }
        String namespace = resource.namespaced() ? item.namespace() : "";
        try {
            JsonNode metadata = context.client().get(ApiPath.of(resource.name())
                    .in(namespace).named(reference.name())).path("metadata");
            if (!metadata.path("uid").asString("").equals(reference.uid())) {
                return absent(item, reference, namespace);
            }
            boolean waits = metadata.has("deletionTimestamp") && metadata.path("finalizers").valueStream()
                    .anyMatch(one -> one.asString("").equals(Item.FOREGROUND_FINALIZER));
            return waits ? Verdict.OwnerState.WAITING : Verdict.OwnerState.SOLID;
        } catch (StatusException e) {
            if (e.status().reason() == StatusReason.NOT_FOUND) {
                return absent(item, reference, namespace);
            }
            throw e;
        }
    }

    private Verdict.OwnerState absent(Item item, OwnerReference reference, String namespace) {
        absentOwners.add(reference, namespace);
        Item other = graph.get(reference.uid());
        if (other != null && !other.namespace().isEmpty() && !other.namespace().equals(item.namespace())) {
            recorder.record(Event.warning(about(item), "OwnerRefInvalidNamespace", "ownerRef " + reference.kind() + " "
                    + reference.name() + " does not exist in namespace \"" + item.namespace() + "\""));
        }
        return Verdict.OwnerState.ABSENT;
    }

    /** Sets all dependents free, then lets the object go. */
    private long release(Item owner) {
        List<CompletableFuture<ObjectNode>> asked = new ArrayList<>();
        for (Item dependent : graph.dependentsOf(owner.uid())) {
            if (isBuiltin(dependent)) {
                asked.add(context.client().patchAsync(path(dependent), PatchType.STRATEGIC,
                        withoutOwners(dependent, List.of(owner.uid()))));
            } else {
                Refusals.ignoringGone(() -> dropOwners(dependent, List.of(owner.uid())));
            }
        }
        for (CompletableFuture<ObjectNode> one : asked) {
            Refusals.ignoringGone(() -> ApiClient.await(one));
        }
        removeFinalizer(owner, Item.ORPHAN_FINALIZER);
        return Reconciler.DONE;
    }

    // ---- writing --------------------------------------------------------------------------------------------

    private static ApiPath path(Item item) {
        return ApiPath.of(item.resource().name()).in(item.namespace()).named(item.name());
    }

    private static boolean isBuiltin(Item item) {
        return Schema.builtin().resource(item.resource().name()) != null;
    }

    private static ObjectReference about(Item item) {
        return ObjectReference.of(item.resource().kind().apiVersion(), item.resource().kind().kind(), item.namespace(),
                item.name(), item.uid(), item.resourceVersion());
    }

    private static ObjectNode withoutOwners(Item item, List<String> uids) {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        ArrayNode references = patch.putObject("metadata").put("uid", item.uid()).putArray("ownerReferences");
        uids.forEach(uid -> references.addObject().put("$patch", "delete").put("uid", uid));
        return patch;
    }

    private void dropOwners(Item item, List<String> uids) {
        if (isBuiltin(item)) {
            Refusals.ignoringGone(
                    () -> context.client().patch(path(item), PatchType.STRATEGIC, withoutOwners(item, uids)));
            return;
        }
        rewriteOwners(item, owners -> {
            for (int i = owners.size() - 1; i >= 0; i--) {
                if (uids.contains(owners.get(i).path("uid").asString(""))) {
                    owners.remove(i);
                }
            }
        });
    }

    private void unblock(Item item) {
        rewriteOwners(item, owners -> owners.forEach(owner -> ((ObjectNode) owner).put("blockOwnerDeletion", false)));
    }

    /** Changes owner references by reading the object and patching it if it has not changed in between. */
    private void rewriteOwners(Item item, java.util.function.Consumer<ArrayNode> change) {
        Refusals.ignoringGone(() -> {
            JsonNode metadata = context.client().get(path(item)).path("metadata");
            if (!metadata.path("uid").asString("").equals(item.uid())
                    || !(metadata.path("ownerReferences") instanceof ArrayNode owners)) {
                return;
            }
            ArrayNode changed = owners.deepCopy();
            change.accept(changed);
            ObjectNode patch = JsonNodeFactory.instance.objectNode();
            patch.putObject("metadata").put("resourceVersion", metadata.path("resourceVersion").asString(""))
                    .set("ownerReferences", changed);
            context.client().patch(path(item), PatchType.MERGE, patch);
        });
    }

    private void removeFinalizer(Item item, String finalizer) {
        Refusals.ignoringGone(() -> {
            JsonNode metadata = context.client().get(path(item)).path("metadata");
            if (!metadata.path("uid").asString("").equals(item.uid())) {
                return;
            }
            ObjectNode patch = JsonNodeFactory.instance.objectNode();
            ArrayNode left = patch.putObject("metadata")
                    .put("resourceVersion", metadata.path("resourceVersion").asString("")).putArray("finalizers");
            for (JsonNode one : metadata.path("finalizers")) {
                if (!one.asString("").equals(finalizer)) {
                    left.add(one);
                }
            }
            if (left.size() < metadata.path("finalizers").size()) {
                context.client().patch(path(item), PatchType.MERGE, patch);
            }
        });
    }

    /** The object as the server has it now, or null when it is gone. */
    private @Nullable Item fresh(Item item) {
        try {
            ObjectNode tree = context.client().get(path(item));
            Item now = item(item.resource(), ApiObject.of(tree));
            return now.uid().equals(item.uid()) ? now : null;
        } catch (StatusException e) {
            if (e.status().reason() == StatusReason.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }
}
