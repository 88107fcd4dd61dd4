package io.myriad.controller.endpointslice;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;
import io.myriad.api.codec.ObjectBytes.OwnerReference;
import io.myriad.api.value.Names;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.DeleteOptions;
import io.myriad.control.client.Resources;
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
import io.myriad.controller.model.Node;
import io.myriad.controller.model.Pod;
import io.myriad.controller.model.PodServices;
import io.myriad.controller.model.Service;
import io.myriad.controller.model.Workload;

/** Keeps the EndpointSlices of Services that select pods. Those of deleted Services go with their owner. */
public final class EndpointSliceController implements LoopController {
    private static final String NAME = "endpointslice-controller";
    private static final String MANAGER = "endpointslice-controller.k8s.io";
    private static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
    private static final String SERVICE_NAME = "kubernetes.io/service-name";
    private static final String HEADLESS = "service.kubernetes.io/headless";
    /** Changes of pods are gathered for so long, since a rollout brings many. */
    private static final long BATCH_MILLIS = 100;
    /** A pod's node that is not known yet is looked for again after this. */
    private static final long NODE_RETRY_MILLIS = 1_000;

    private final ControllerContext context;
    private final Informer<Service> services;
    private final Informer<Pod> pods;
    private final Informer<Node> nodes;
    private final Informer<Workload> slices;
    private final WriteLog<ObjectKey> writes = new WriteLog<>();
    private final ControlLoop<ObjectKey> loop;

    /**
     * @param workers how many Services are worked on at a time
     */
    public EndpointSliceController(int workers, ControllerContext context) {
        this.context = context;
        this.services = context.informers().services();
        this.pods = context.informers().pods();
        this.nodes = context.informers().nodes();
        this.slices = context.informers().endpointSlices();
        this.loop = new ControlLoop<>(NAME, workers, services::keys, this::reconcile, context);
        services.addHandler(ControlLoop.enqueueing(loop));
        pods.addHandler(new PodServices(services, key -> loop.enqueueAfter(key, BATCH_MILLIS)));
        slices.addHandler(new SliceHandler());
    }

    @Override
    public ControlLoop<?> loop() {
        return loop;
    }

    /** Somebody else changes or deletes our slices. */
    private final class SliceHandler implements InformerHandler<Workload> {
        @Override
        public void updated(ObjectKey key, Workload before, Workload now) {
            wake(now);
        }

        @Override
        public void deleted(ObjectKey key, Workload last) {
            wake(last);
        }

        private void wake(Workload slice) {
            String service = slice.meta().labels().get(SERVICE_NAME);
            if (service != null && MANAGER.equals(slice.meta().labels().get(MANAGED_BY))) {
                loop.enqueueAfter(new ObjectKey(slice.meta().namespace(), service), BATCH_MILLIS);
            }
        }
    }

    private long reconcile(ObjectKey key) {
        Service service = services.get(key);
        if (service == null || service.meta().terminating() || !service.selectsPods()) {
            writes.forget(key);
            return Reconciler.DONE;
        }
        if (!writes.seen(key)) {
            return Reconciler.RETRY;
        }
        Map<String, List<Slice>> byFamily = new HashMap<>();
        Map<String, Workload> sources = new HashMap<>();
        List<String> foreign = new ArrayList<>();
        for (Workload source : slices.byIndex(ClusterInformers.SLICES_BY_SERVICE, key.toString())) {
            if (!MANAGER.equals(source.meta().labels().get(MANAGED_BY)) || source.meta().terminating()) {
                continue;
            }
            Slice slice = Slice.read(source);
            sources.put(slice.name(), source);
            if (isOwnedBy(source, service) && service.families().contains(slice.group().addressType())) {
                byFamily.computeIfAbsent(slice.group().addressType(), any -> new ArrayList<>()).add(slice);
            } else {
                foreign.add(slice.name());
            }
        }
        long again = Reconciler.DONE;
        for (String family : service.families()) {
            Map<Slice.Group, List<Endpoint>> desired = new LinkedHashMap<>();
            if (!collect(service, family, desired)) {
                again = NODE_RETRY_MILLIS;
            }
            carryOut(key, service, sources, SlicePlan.of(byFamily.getOrDefault(family, List.of()), desired,
                    labels(service), family));
        }
        foreign.forEach(name -> delete(key, name));
        return again;
    }

    private static boolean isOwnedBy(Workload slice, Service service) {
        for (OwnerReference owner : slice.meta().owners()) {
            if (owner.uid().equals(service.meta().uid())) {
                return true;
            }
        }
        return false;
    }

    /** Finds the endpoints of a family; false when a pod had to be left out because its node is not known. */
    private boolean collect(Service service, String family, Map<Slice.Group, List<Endpoint>> desired) {
        boolean complete = true;
        for (Pod pod : pods.byIndex(ClusterInformers.PODS_BY_NAMESPACE, service.meta().namespace())) {
            if (!service.selects(pod) || pod.finished()) {
                continue;
            }
            for (String address : pod.addresses()) {
                if (!family.equals(address.contains(":") ? "IPv6" : "IPv4")) {
                    continue;
                }
                Node node = nodes.get("", pod.nodeName());
                if (node == null && !service.publishNotReady()) {
                    complete = false;
                    continue;
                }
                desired.computeIfAbsent(Slice.group(family, ports(service, pod)), any -> new ArrayList<>())
                        .add(Endpoint.of(pod, address, node, service));
            }
        }
        return complete;
    }

    private static List<Slice.Port> ports(Service service, Pod pod) {
        List<Slice.Port> ports = new ArrayList<>(service.ports().size());
        for (Service.Port port : service.ports()) {
            int number = port.number(pod);
            if (number > 0) {
                ports.add(new Slice.Port(port.name(), number, port.protocol(), port.appProtocol()));
            }
        }
        return ports;
    }

    private static Map<String, String> labels(Service service) {
        Map<String, String> labels = new HashMap<>(service.meta().labels());
        labels.remove(HEADLESS);
        if (service.headless()) {
            labels.put(HEADLESS, "");
        }
        labels.put(SERVICE_NAME, service.meta().name());
        labels.put(MANAGED_BY, MANAGER);
        return labels;
    }

    private void carryOut(ObjectKey key, Service service, Map<String, Workload> sources, SlicePlan plan) {
        ApiPath path = ApiPath.of(Resources.ENDPOINT_SLICES).in(key.namespace());
        // What is new comes first, so that an endpoint which moves from one slice to another is never in none.
        for (Slice slice : plan.create()) {
            try {
                writes.wrote(key, slices, context.client().create(path, create(service, slice)));
            } catch (StatusException e) {
                if (!Refusals.namespaceTerminating(e)) {
                    throw e;
                }
            }
        }
        for (Slice slice : plan.update()) {
            Workload source = sources.get(slice.name());
            if (source == null) {
                throw new IllegalStateException("update of a slice that is not there: " + slice.name());
            }
            ObjectNode tree = source.tree();
            slice.fill(tree);
            writes.wrote(key, slices, context.client().update(path.named(slice.name()), tree));
        }
        plan.delete().forEach(name -> delete(key, name));
    }

    private static ObjectNode create(Service service, Slice slice) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode().put("apiVersion", "discovery.k8s.io/v1").put("kind",
                "EndpointSlice");
        String name = service.meta().name();
        ObjectNode metadata = tree.putObject("metadata").put("generateName",
                Names.dns1123Subdomain(name + "-a").isEmpty() ? name + "-" : name);
        metadata.putArray("ownerReferences").addObject().put("apiVersion", "v1").put("kind", "Service")
                .put("name", name).put("uid", service.meta().uid()).put("controller", true)
                .put("blockOwnerDeletion", true);
        slice.fill(tree);
        return tree;
    }

    private void delete(ObjectKey key, String name) {
        Refusals.ignoringGone(() -> writes.wrote(key, slices, context.client().delete(
                ApiPath.of(Resources.ENDPOINT_SLICES).in(key.namespace()).named(name), DeleteOptions.DEFAULT)));
    }
}
