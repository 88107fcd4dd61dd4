package io.myriad.controller.namespace;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.control.client.ApiClient;
import io.myriad.control.client.ApiObject;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.DeleteOptions;
import io.myriad.control.client.Discovery;
import io.myriad.control.client.Discovery.ApiResource;
import io.myriad.control.client.ListPage;
import io.myriad.control.client.Resources;
import io.myriad.control.client.Selection;
import io.myriad.control.client.TransportException;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.ObjectKey;
import io.myriad.control.queue.Reconciler;
import io.myriad.controller.loop.ControlLoop;
import io.myriad.controller.loop.ControllerContext;
import io.myriad.controller.loop.LoopController;
import io.myriad.controller.loop.Refusals;
import io.myriad.controller.model.ClusterInformers;
import io.myriad.controller.model.NamespaceInfo;
import io.myriad.controller.model.Pod;

/**
 * Deletes what is in a namespace that is being deleted: pods first, then every resource that discovery has known since the
 * deletion began, all at once. Comes back soon while something is left, later when that does not change.
 */
public final class NamespaceController implements LoopController {
    private static final Logger log = LoggerFactory.getLogger(NamespaceController.class);
    private static final String NAME = "namespace-controller";
    private static final String FINALIZER = "kubernetes";
    private static final long FIRST_DELAY_MILLIS = 250;
    private static final long DELAY_MAX_MILLIS = 15_000;
    private static final int DOUBLINGS_MAX = 6;

    /** A namespace that is being emptied: since when, how often it was looked at in vain, and what was left. */
    private record Progress(long startedNanos, int vain, int left) {}

    private final ControllerContext context;
    private final Discovery discovery;
    private final Informer<NamespaceInfo> namespaces;
    private final Informer<Pod> pods;
    private final Map<ObjectKey, Progress> progress = new ConcurrentHashMap<>();
    private final ControlLoop<ObjectKey> loop;

    /**
     * @param workers how many namespaces are worked on at a time
     */
    public NamespaceController(int workers, Discovery discovery, ControllerContext context) {
        this.context = context;
        this.discovery = discovery;
        this.namespaces = context.informers().namespaces();
        this.pods = context.informers().pods();
        this.loop = new ControlLoop<>(NAME, workers, namespaces::keys, this::reconcile, context);
        namespaces.addHandler(ControlLoop.enqueueing(loop));
        pods.addHandler(new InformerHandler<>() {
            @Override
            public void deleted(ObjectKey key, Pod last) {
                NamespaceInfo namespace = namespaces.get("", key.namespace());
                if (namespace != null && namespace.meta().terminating()
                        && pods.byIndex(ClusterInformers.PODS_BY_NAMESPACE, key.namespace()).isEmpty()) {
                    loop.enqueue(namespace.meta().key());
                }
            }
        });
    }

    @Override
    public ControlLoop<?> loop() {
        return loop;
    }

    @Override
    public CompletableFuture<Void> stop(long graceMillis) {
        return LoopController.super.stop(graceMillis).whenComplete((done, error) -> progress.clear());
    }

    private long reconcile(ObjectKey key) {
        NamespaceInfo namespace = namespaces.get(key);
        if (namespace == null || !namespace.meta().terminating() || !namespace.finalizers().contains(FINALIZER)) {
            progress.remove(key);
            return Reconciler.DONE;
        }
        Progress known = progress.computeIfAbsent(key, any -> new Progress(context.nanoTime().getAsLong(), 0, 0));
        Emptying emptying = empty(key.name(), known.startedNanos);
        if (emptying.done()) {
            finish(key);
            progress.remove(key);
            return Reconciler.DONE;
        }
        report(key, emptying);
        int left = emptying.objectsLeft();
        int vain = left < known.left ? 0 : Math.min(known.vain + 1, DOUBLINGS_MAX);
        progress.put(key, new Progress(known.startedNanos, vain, left));
        return Math.min(DELAY_MAX_MILLIS, FIRST_DELAY_MILLIS << vain);
    }

    // ---- emptying -------------------------------------------------------------------------------------------

    private Emptying empty(String namespace, long sinceNanos) {
        Discovery.Snapshot found = discovery.since(sinceNanos);
        Emptying emptying = Emptying.start(found.missing());
        List<ApiResource> others = new ArrayList<>();
        for (ApiResource resource : found.preferred()) {
            if (!resource.namespaced() || !resource.verbs().contains("delete") || !resource.verbs().contains("list")) {
                continue;
            }
            if (resource.name().equals(Resources.PODS)) {
                empty(namespace, List.of(resource), emptying);
            } else {
                others.add(resource);
            }
        }
        // Whatever else is here may be needed by pods until they are gone: quotas, secrets, policies.
        if (emptying.objectsLeft() == 0 && emptying.failures().isEmpty()) {
            empty(namespace, others, emptying);
        }
        return emptying;
    }

    private void empty(String namespace, List<ApiResource> resources, Emptying emptying) {
        List<CompletableFuture<List<ApiObject>>> asked = new ArrayList<>(resources.size());
        for (ApiResource resource : resources) {
            asked.add(emptyAsync(ApiPath.of(resource.name()).in(namespace), resource));
        }
        for (int i = 0; i < asked.size(); i++) {
            ApiResource resource = resources.get(i);
            try {
                List<ApiObject> left = ApiClient.await(asked.get(i));
                if (!left.isEmpty()) {
                    emptying.remaining().put(resource.name().resource() + "." + resource.name().group(), left.size());
                    left.forEach(object -> object.finalizers()
                            .forEach(finalizer -> emptying.finalizers().merge(finalizer, 1, Integer::sum)));
                }
            } catch (StatusException e) {
                StatusReason reason = e.status().reason();
                if (reason != StatusReason.NOT_FOUND && reason != StatusReason.METHOD_NOT_ALLOWED) {
                    emptying.failures().add(String.valueOf(e.getMessage()));
                }
            } catch (TransportException e) {
                emptying.failures().add(String.valueOf(e.getMessage()));
            }
        }
    }

    /** Deletes all objects of a resource; gives those that are still there afterwards. */
    private CompletableFuture<List<ApiObject>> emptyAsync(ApiPath path, ApiResource resource) {
        return context.client().listAsync(path, Selection.METADATA, 1, "").thenCompose(some -> {
            if (some.items().isEmpty()) {
                return CompletableFuture.completedFuture(some.items());
            }
            DeleteOptions options = DeleteOptions.DEFAULT.withPropagation("Background");
            CompletableFuture<?> deleted = resource.verbs().contains("deletecollection")
                    ? context.client().deleteAsync(path, options)
                    : context.client().listAsync(path, Selection.METADATA, 0, "")
                            .thenCompose(all -> deleteEach(path, all, options));
            return deleted.thenCompose(done -> context.client().listAsync(path, Selection.METADATA, 0, ""))
                    .thenApply(ListPage::items);
        });
    }

    private CompletableFuture<Void> deleteEach(ApiPath path, ListPage all, DeleteOptions options) {
        return CompletableFuture.allOf(all.items().stream()
                .map(object -> context.client().deleteAsync(path.named(object.name()), options))
                .toArray(CompletableFuture[]::new));
    }

    // ---- saying so ------------------------------------------------------------------------------------------

    private void report(ObjectKey key, Emptying emptying) {
        Refusals.ignoringGone(() -> {
            ApiPath path = ApiPath.of(Resources.NAMESPACES).named(key.name());
            ObjectNode tree = context.client().get(path);
            ObjectNode status = tree.withObject("status");
            if (emptying.report(status, context.clock().instant())) {
                context.client().update(path.sub("status"), tree);
            }
        });
    }

    private void finish(ObjectKey key) {
        Refusals.ignoringGone(() -> {
            ApiPath path = ApiPath.of(Resources.NAMESPACES).named(key.name());
            ObjectNode tree = context.client().get(path);
            ArrayNode left = tree.arrayNode();
            for (JsonNode finalizer : tree.path("spec").path("finalizers")) {
                if (!finalizer.asString("").equals(FINALIZER)) {
                    left.add(finalizer);
                }
            }
            tree.withObject("spec").set("finalizers", left);
            context.client().update(path.sub("finalize"), tree);
            log.debug("namespace {} is empty", key);
        });
    }
}
