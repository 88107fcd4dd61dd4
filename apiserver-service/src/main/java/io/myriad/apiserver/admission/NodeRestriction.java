package io.myriad.apiserver.admission;

import java.util.List;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.apiserver.authorization.NodeAuthorizer;
import io.myriad.apiserver.authorization.PodReferences;
import io.myriad.apiserver.storage.ObjectLookup;

/**
 * Holds nodes to their own objects: its Node, its Lease, its CSINode, pods bound to it, and tokens of accounts whose pods
 * it runs. Users that are no nodes pass.
 */
final class NodeRestriction implements AdmissionPlugin {
    private static final GroupVersionResource PODS = new GroupVersionResource("", "v1", "pods");
    private static final String LEASES_NAMESPACE = "kube-node-lease";
    private static final List<String> POD_REFERENCES = List.of("secret", "configmap", "claim", "serviceaccount");
    /** Labels of the kubernetes.io and k8s.io domains that kubelets set themselves. */
    private static final Set<String> KUBELET_LABELS = Set.of("kubernetes.io/hostname", "kubernetes.io/arch",
            "kubernetes.io/os", "topology.kubernetes.io/zone", "topology.kubernetes.io/region",
            "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region",
            "node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type", "beta.kubernetes.io/os",
            "beta.kubernetes.io/arch", "node.kubernetes.io/windows-build");
    private static final List<String> KUBELET_LABEL_DOMAINS = List.of("kubelet.kubernetes.io", "node.kubernetes.io");

    private final ObjectLookup lookup;

    NodeRestriction(ObjectLookup lookup) {
        this.lookup = lookup;
    }

    @Override
    public String name() {
        return "NodeRestriction";
    }

    @Override
    public void validate(Attributes attributes) {
        String node = NodeAuthorizer.nodeName(attributes.user());
        if (node == null) {
            return;
        }
        switch (attributes.resource().groupResource()) {
            case "nodes" -> node(attributes, node);
            case "pods" -> pod(attributes, node);
            case "leases.coordination.k8s.io" -> ownName(attributes, node, LEASES_NAMESPACE);
            case "csinodes.storage.k8s.io" -> ownName(attributes, node, "");
            case "serviceaccounts" -> token(attributes, node);
            default -> {}
        }
    }

    private void pod(Attributes attributes, String node) {
        switch (attributes.subresource()) {
            case "" -> podItself(attributes, node);
            case "status" -> boundHere(attributes, node, attributes.oldObject(), "can only update pod status for");
            case "eviction" -> boundHere(attributes, node,
                    lookup.current(PODS, attributes.namespace(), attributes.name()), "can only evict");
            default -> refuse(attributes, "unexpected pod subresource \"" + attributes.subresource()
                    + "\", only 'status' and 'eviction' are allowed");
        }
    }

    private void podItself(Attributes attributes, String node) {
        switch (attributes.operation()) {
            case CREATE -> {
                ObjectNode pod = Objects.requireNonNull(attributes.object());
                if (!Pods.isMirror(pod)) {
                    refuse(attributes, "pod does not have \"kubernetes.io/config.mirror\" annotation, node \"" + node
                            + "\" can only create mirror pods");
                }
                if (!nodeOf(pod).equals(node)) {
                    refuse(attributes, "node \"" + node + "\" can only create pods with spec.nodeName set to itself");
                }
                for (String what : POD_REFERENCES) {
                    if (!PodReferences.of(pod, what).isEmpty()) {
                        refuse(attributes, "node \"" + node + "\" can not create pods that reference a " + what);
                    }
                }
            }
            case DELETE -> boundHere(attributes, node, attributes.oldObject(), "can only delete");
            case UPDATE, CONNECT -> refuse(attributes,
                    "unexpected operation, node \"" + node + "\" can only create and delete mirror pods");
        }
    }

    private static void boundHere(Attributes attributes, String node, @Nullable ObjectNode pod, String what) {
        if (pod != null && !nodeOf(pod).equals(node)) {
            refuse(attributes, "node \"" + node + "\" " + what + " pods with spec.nodeName set to itself");
        }
    }

    private static String nodeOf(JsonNode pod) {
        return pod.path("spec").path("nodeName").stringValue("");
    }

    private static void node(Attributes attributes, String node) {
        String name = attributes.name();
        ObjectNode object = attributes.object();
        if (name.isEmpty() && object != null) {
            name = object.path("metadata").path("name").stringValue("");
        }
        if (!name.equals(node)) {
            refuse(attributes, "node \"" + node + "\" is not allowed to modify node \"" + name + "\"");
        }
        ObjectNode old = attributes.oldObject();
        if (attributes.operation() == Operation.CREATE && object != null) {
            labels(attributes, node, object, null);
        } else if (attributes.operation() == Operation.UPDATE && object != null && old != null) {
            if (!object.path("spec").path("taints").equals(old.path("spec").path("taints"))) {
                refuse(attributes, "node \"" + node + "\" is not allowed to modify taints");
            }
            if (!object.path("metadata").path("ownerReferences")
                    .equals(old.path("metadata").path("ownerReferences"))) {
                refuse(attributes, "node \"" + node + "\" is not allowed to modify ownerReferences");
            }
            labels(attributes, node, object, old);
        }
    }

    private static void labels(Attributes attributes, String node, JsonNode object, @Nullable JsonNode old) {
        JsonNode labels = object.path("metadata").path("labels");
        for (String key : labels.propertyNames()) {
            boolean changed = old == null
                    || !labels.path(key).equals(old.path("metadata").path("labels").path(key));
            if (changed && !mayLabel(key)) {
                refuse(attributes, "node \"" + node + "\" is not allowed to modify label \"" + key + "\"");
            }
        }
    }

    private static boolean mayLabel(String key) {
        int slash = key.indexOf('/');
        String domain = slash < 0 ? "" : key.substring(0, slash);
        boolean reserved = domain.equals("kubernetes.io") || domain.endsWith(".kubernetes.io")
                || domain.equals("k8s.io") || domain.endsWith(".k8s.io");
        if (domain.equals("node-restriction.kubernetes.io") || domain.endsWith(".node-restriction.kubernetes.io")) {
            return false;
        }
        return !reserved || KUBELET_LABELS.contains(key)
                || KUBELET_LABEL_DOMAINS.stream().anyMatch(own -> domain.equals(own) || domain.endsWith("." + own));
    }

    private static void ownName(Attributes attributes, String node, String namespace) {
        if (!attributes.namespace().equals(namespace)) {
            refuse(attributes, "can only access leases in the \"" + namespace + "\" system namespace");
        }
        ObjectNode object = attributes.object();
        String name = attributes.operation() == Operation.CREATE && object != null
                ? object.path("metadata").path("name").stringValue("")
                : attributes.name();
        if (!name.equals(node)) {
            refuse(attributes, "can only access objects of this kind with the same name as the requesting node");
        }
    }

    private void token(Attributes attributes, String node) {
        ObjectNode request = attributes.object();
        if (!attributes.subresource().equals("token") || attributes.operation() != Operation.CREATE
                || request == null) {
            return;
        }
        JsonNode bound = request.path("spec").path("boundObjectRef");
        if (!bound.path("kind").stringValue("").equals("Pod")) {
            refuse(attributes, "node requested token not bound to a pod");
        }
        if (bound.path("uid").stringValue("").isEmpty()) {
            refuse(attributes, "node requested token with a pod binding without a uid");
        }
        ObjectNode pod = lookup.current(PODS, attributes.namespace(), bound.path("name").stringValue(""));
        if (pod == null || !nodeOf(pod).equals(node)) {
            refuse(attributes, "node requested token bound to a pod scheduled on a different node");
        }
    }

    private static void refuse(Attributes attributes, String why) {
        throw new StatusException(Status.forbidden(attributes.resource().groupResource(), attributes.name(), why));
    }
}
