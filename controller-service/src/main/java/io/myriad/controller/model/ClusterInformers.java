package io.myriad.controller.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.StatusException;
import io.myriad.api.selector.LabelSelector;
import io.myriad.control.client.ApiObject;
import io.myriad.control.client.Resources;
import io.myriad.control.informer.Index;
import io.myriad.control.informer.Informer;
import io.myriad.control.informer.InformerFactory;
import io.myriad.control.informer.InformerSpec;

/**
 * The informers that controllers share, each made when first asked for. To be asked for before the factory starts.
 */
public final class ClusterInformers {
    /** Finds pods by the uid of their controller; those without one under {@link #orphansOf}. */
    public static final Index<Pod> PODS_BY_CONTROLLER = new Index<>("controller", (key, pod) -> {
        String controller = pod.meta().controllerUid();
        return List.of(controller.isEmpty() ? orphansOf(key.namespace()) : controller);
    });
    public static final Index<Pod> PODS_BY_NODE = new Index<>("node",
            (key, pod) -> pod.nodeName().isEmpty() ? List.of() : List.of(pod.nodeName()));
    public static final Index<Pod> PODS_BY_NAMESPACE = Index.byNamespace();
    /** Finds workloads by the uid of their controller; those without one under {@link #orphansOf}. */
    public static final Index<Workload> WORKLOADS_BY_CONTROLLER = new Index<>("controller", (key, workload) -> {
        String controller = workload.meta().controllerUid();
        return List.of(controller.isEmpty() ? orphansOf(key.namespace()) : controller);
    });
    public static final Index<Workload> WORKLOADS_BY_NAMESPACE = Index.byNamespace();

    public static final Index<Service> SERVICES_BY_NAMESPACE = Index.byNamespace();
    /** Finds EndpointSlices by {@code namespace/name} of the Service that their label names. */
    public static final Index<Workload> SLICES_BY_SERVICE = new Index<>("service", (key, slice) -> {
        String service = slice.meta().labels().get("kubernetes.io/service-name");
        return service == null ? List.of() : List.of(key.namespace() + "/" + service);
    });

    private final InformerFactory factory;
    private final MetaReader metadata = new MetaReader();
    private final InformerSpec<Pod> pods = InformerSpec.of(Resources.PODS, new PodReader(metadata))
            .indexed(PODS_BY_CONTROLLER, PODS_BY_NODE, PODS_BY_NAMESPACE);
    private final InformerSpec<Workload> replicaSets = workloads(Resources.REPLICA_SETS);
    private final InformerSpec<Workload> replicationControllers = workloads(Resources.REPLICATION_CONTROLLERS);
    private final InformerSpec<Workload> deployments = workloads(Resources.DEPLOYMENTS);
    private final InformerSpec<Workload> clusterRoles = InformerSpec.of(Resources.CLUSTER_ROLES, this::unselecting);
    private final InformerSpec<Node> nodes = InformerSpec.of(Resources.NODES, new NodeReader(metadata));
    private final InformerSpec<Service> services = InformerSpec.of(Resources.SERVICES, new ServiceReader(metadata))
            .indexed(SERVICES_BY_NAMESPACE);
    private final InformerSpec<Workload> endpoints = InformerSpec.of(Resources.ENDPOINTS, this::unselecting);
    private final InformerSpec<Workload> endpointSlices = InformerSpec.of(Resources.ENDPOINT_SLICES, this::unselecting)
            .indexed(SLICES_BY_SERVICE);
    private final InformerSpec<NamespaceInfo> namespaces = InformerSpec.of(Resources.NAMESPACES, this::namespace);

    public ClusterInformers(InformerFactory factory) {
        this.factory = factory;
    }

    /** Where the indexes by controller keep the objects of a namespace that nobody controls. */
    public static String orphansOf(String namespace) {
        return "orphans/" + namespace;
    }

    public Informer<Pod> pods() {
        return factory.informer(pods);
    }

    public Informer<Workload> replicaSets() {
        return factory.informer(replicaSets);
    }

    public Informer<Workload> replicationControllers() {
        return factory.informer(replicationControllers);
    }

    public Informer<Workload> deployments() {
        return factory.informer(deployments);
    }

    public Informer<Workload> clusterRoles() {
        return factory.informer(clusterRoles);
    }

    public Informer<Node> nodes() {
        return factory.informer(nodes);
    }

    public Informer<Service> services() {
        return factory.informer(services);
    }

    public Informer<Workload> endpoints() {
        return factory.informer(endpoints);
    }

    public Informer<Workload> endpointSlices() {
        return factory.informer(endpointSlices);
    }

    public Informer<NamespaceInfo> namespaces() {
        return factory.informer(namespaces);
    }

    /** An informer that one controller has for itself. */
    public <T> Informer<T> own(InformerSpec<T> spec) {
        return factory.informer(spec);
    }

    /** Whether some controller wants the whole objects of a resource: whoever wants a part of them shares its watch. */
    public boolean watchesWhole(GroupVersionResource resource) {
        return factory.watchesWhole(resource);
    }

    /** Starts informers that were asked for after the others had been started. */
    public void startNew() {
        factory.start();
    }

    /** Ends an informer of {@link #own}. */
    public void stop(Informer<?> informer) {
        factory.stop(informer);
    }

    private Workload unselecting(ApiObject object) {
        return new Workload(metadata.read(object), LabelSelector.nothing(), object);
    }

    private NamespaceInfo namespace(ApiObject object) {
        JsonNode tree = object.tree();
        List<String> finalizers = new ArrayList<>(1);
        tree.path("spec").path("finalizers").forEach(one -> finalizers.add(one.asString("")));
        return new NamespaceInfo(metadata.read(object),
                tree.path("status").path("phase").asString("Active").equals("Active"), List.copyOf(finalizers));
    }

    private InformerSpec<Workload> workloads(GroupVersionResource resource) {
        return InformerSpec.<Workload>of(resource,
                object -> new Workload(metadata.read(object), selector(object.tree().path("spec")), object))
                .indexed(WORKLOADS_BY_CONTROLLER, WORKLOADS_BY_NAMESPACE);
    }

    /** Most kinds have a label selector; ReplicationController and Service a plain map. */
    private static LabelSelector selector(JsonNode spec) {
        JsonNode selector = spec.path("selector");
        try {
            if (selector.isEmpty()) {
                return LabelSelector.nothing();
            }
            if (selector.has("matchLabels") || selector.has("matchExpressions")) {
                return LabelSelector.of(selector);
            }
            Map<String, String> labels = new HashMap<>();
            selector.properties().forEach(entry -> labels.put(entry.getKey(), entry.getValue().asString("")));
            return LabelSelector.ofLabels(labels);
        } catch (IllegalArgumentException | StatusException e) {
            return LabelSelector.nothing(); // validation lets none through
        }
    }
}
