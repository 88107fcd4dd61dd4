package io.myriad.controller.endpoints;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.DeleteOptions;
import io.myriad.control.client.Resources;
import io.myriad.control.events.Event;
import io.myriad.control.events.EventRecorder;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.ObjectKey;
import io.myriad.control.queue.Reconciler;
import io.myriad.controller.loop.ControlLoop;
import io.myriad.controller.loop.ControllerContext;
import io.myriad.controller.loop.LoopController;
import io.myriad.controller.loop.Refusals;
import io.myriad.controller.loop.WriteLog;
import io.myriad.controller.model.ClusterInformers;
import io.myriad.controller.model.Pod;
import io.myriad.controller.model.PodServices;
import io.myriad.controller.model.Service;
import io.myriad.controller.model.Workload;

/** Keeps the Endpoints objects of Services that select pods, and removes them with their Service: they have no owner. */
public final class EndpointsController implements LoopController {
    private static final String NAME = "endpoints-controller";
    private static final String MANAGER = "endpoint-controller";
    private static final String MANAGED_BY = "endpoints.kubernetes.io/managed-by";
    private static final String HEADLESS = "service.kubernetes.io/headless";
    private static final String OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";
    private static final long BATCH_MILLIS = 100;

    private final ControllerContext context;
    private final Informer<Service> services;
    private final Informer<Pod> pods;
    private final Informer<Workload> endpoints;
    private final EventRecorder recorder;
    private final WriteLog<ObjectKey> writes = new WriteLog<>();
    /** Services that were deleted: their Endpoints go too, whoever made them. */
    private final Set<ObjectKey> deletedServices = ConcurrentHashMap.newKeySet();
    private final ControlLoop<ObjectKey> loop;

    /**
     * @param workers how many Services are worked on at a time
     */
    public EndpointsController(int workers, ControllerContext context) {
        this.context = context;
        this.services = context.informers().services();
        this.pods = context.informers().pods();
        this.endpoints = context.informers().endpoints();
        this.recorder = context.recorder(MANAGER);
        this.loop = new ControlLoop<>(NAME, workers, this::keys, this::reconcile, context);
        services.addHandler(new ServiceHandler());
        endpoints.addHandler(new EndpointsHandler());
        pods.addHandler(new PodServices(services, key -> loop.enqueueAfter(key, BATCH_MILLIS)));
    }

    @Override
    public ControlLoop<?> loop() {
        return loop;
    }

    private final class ServiceHandler implements InformerHandler<Service> {
        @Override
        public void added(ObjectKey key, Service now, boolean initial) {
            loop.enqueue(key);
        }

        @Override
        public void updated(ObjectKey key, Service before, Service now) {
            loop.enqueue(key);
        }

        @Override
        public void deleted(ObjectKey key, Service last) {
            if (endpoints.get(key) != null) {
                deletedServices.add(key);
            }
            loop.enqueue(key);
        }
    }

    /** Somebody else changes or deletes what we wrote. */
    private final class EndpointsHandler implements InformerHandler<Workload> {
        @Override
        public void added(ObjectKey key, Workload now, boolean initial) {
            loop.enqueue(key);
        }

        @Override
        public void updated(ObjectKey key, Workload before, Workload now) {
            loop.enqueue(key);
        }

        @Override
        public void deleted(ObjectKey key, Workload last) {
            deletedServices.remove(key);
            loop.enqueue(key);
        }
    }

    /** Services, and what deleted Services have left. */
    private Set<ObjectKey> keys() {
        Set<ObjectKey> keys = new HashSet<>(services.keys());
        keys.addAll(endpoints.keys());
        return keys;
    }

    private long reconcile(ObjectKey key) {
        Service service = services.get(key);
        Workload known = endpoints.get(key);
        if (!writes.seen(key)) {
            return Reconciler.RETRY;
        }
        if (service == null) {
            writes.forget(key);
            boolean ours = known != null && MANAGER.equals(known.meta().labels().get(MANAGED_BY));
            if (known != null && (ours || deletedServices.contains(key))) {
                Refusals.ignoringGone(
                        () -> context.client().delete(path(key), DeleteOptions.ofUid(known.meta().uid())));
            }
            deletedServices.remove(key);
            return Reconciler.DONE;
        }
        deletedServices.remove(key);
        if (service.selectsPods()) {
            write(key, service, known,
                    Subsets.of(service, pods.byIndex(ClusterInformers.PODS_BY_NAMESPACE, key.namespace())));
        }
        return Reconciler.DONE;
    }

    private void write(ObjectKey key, Service service, @Nullable Workload known, Subsets subsets) {
        ObjectNode tree = known == null
                ? JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "Endpoints")
                : known.tree();
        ObjectNode labels = JsonNodeFactory.instance.objectNode();
        service.meta().labels().forEach(labels::put);
        labels.remove(HEADLESS);
        if (service.headless()) {
            labels.put(HEADLESS, "");
        }
        labels.put(MANAGED_BY, MANAGER);
        JsonNode metadata = tree.path("metadata");
        boolean truncated = metadata.path("annotations").path(OVER_CAPACITY).asString("").equals("truncated");
        if (known != null && labels.equals(metadata.path("labels")) && truncated == subsets.truncated()
                && Subsets.comparable(tree.path("subsets")).equals(Subsets.comparable(subsets.subsets()))) {
            return;
        }
        ObjectNode newMetadata = tree.withObject("metadata");
        newMetadata.put("name", key.name()).set("labels", labels);
        if (subsets.truncated()) {
            newMetadata.withObject("annotations").put(OVER_CAPACITY, "truncated");
        } else if (truncated) {
            newMetadata.withObject("annotations").remove(OVER_CAPACITY);
        }
        tree.set("subsets", subsets.subsets());
        try {
            writes.wrote(key, endpoints, known == null
                    ? context.client().create(ApiPath.of(Resources.ENDPOINTS).in(key.namespace()), tree)
                    : context.client().update(path(key), tree));
        } catch (StatusException e) {
            if (Refusals.namespaceTerminating(e)) {
                return;
            }
            if (e.status().reason() != StatusReason.CONFLICT) {
                recorder.record(Event.warning(service.reference(),
                        known == null ? "FailedToCreateEndpoint" : "FailedToUpdateEndpoint",
                        "Failed to write endpoints of service " + key + ": " + e.getMessage()));
            }
            throw e;
        }
    }

    private static ApiPath path(ObjectKey key) {
        return ApiPath.of(Resources.ENDPOINTS).in(key.namespace()).named(key.name());
    }
}
