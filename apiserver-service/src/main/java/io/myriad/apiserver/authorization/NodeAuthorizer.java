package io.myriad.apiserver.authorization;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.storage.ObjectLookup;

/**
 * Lets a node ({@code system:node:NAME} in {@code system:nodes}) do what its kubelet must, and no more: a secret, config
 * map, claim or volume only when a pod on that node refers to it, leases and storage objects only of its own name, and
 * pods and nodes only its own. Where upstream keeps a graph of references, the pods of one node are found by the watch
 * cache's index on {@code spec.nodeName}, and there are few of them.
 *
 * <p>What nodes may do in general is the role {@code system:node}, which nobody is bound to.
 */
public final class NodeAuthorizer implements Authorizer {
    private static final String NODE_PREFIX = "system:node:";
    private static final String NODES_GROUP = "system:nodes";
    private static final GroupVersionResource PODS = new GroupVersionResource("", "v1", "pods");
    private static final GroupVersionResource CLAIMS = new GroupVersionResource("", "v1", "persistentvolumeclaims");
    private static final GroupVersionResource ATTACHMENTS = new GroupVersionResource("storage.k8s.io", "v1",
            "volumeattachments");
    private static final Set<String> READS = Set.of("get", "list", "watch");
    private static final Decision NO_OPINION = new Decision(false, "", "");
    private static final Decision ALLOWED = new Decision(true, "", "");

    private final ObjectLookup lookup;
    private final List<PolicyRule> nodeRules;

    /**
     * @param lookup finds pods, claims and attachments
     * @param nodeRole the role {@code system:node}
     */
    public NodeAuthorizer(ObjectLookup lookup, ObjectNode nodeRole) {
        this.lookup = lookup;
        this.nodeRules = PolicyRule.of(nodeRole.path("rules"));
    }

    /** The name of the node that the user is, or null. */
    public static @Nullable String nodeName(User user) {
        return user.name().startsWith(NODE_PREFIX) && user.groups().contains(NODES_GROUP)
                ? user.name().substring(NODE_PREFIX.length())
                : null;
    }

    @Override
    public Decision authorize(Attributes request) {
        String node = nodeName(request.user());
        if (node == null) {
            return NO_OPINION;
        }
        if (!request.isResource()) {
            return byRules(request);
        }
        return switch (request.group().isEmpty()
                ? request.resource()
                : request.resource() + "." + request.group()) {
            case "secrets" -> reference(request, node, "secret");
            case "configmaps" -> reference(request, node, "configmap");
            case "persistentvolumeclaims" -> request.subresource().equals("status")
                    ? reference(request, node, Set.of("get", "update", "patch"), "claim")
                    : reference(request, node, "claim");
            case "persistentvolumes" -> volume(request, node);
            case "volumeattachments.storage.k8s.io" -> attachment(request, node);
            case "serviceaccounts" -> serviceAccount(request, node);
            case "leases.coordination.k8s.io" -> request.namespace().equals("kube-node-lease")
                    ? ownName(request, node)
                    : denied("can only access leases in the \"kube-node-lease\" system namespace");
            case "csinodes.storage.k8s.io" -> ownName(request, node);
            case "nodes" -> nodes(request, node);
            case "pods" -> pods(request, node);
            default -> byRules(request);
        };
    }

    private Decision byRules(Attributes request) {
        return nodeRules.stream().anyMatch(rule -> rule.allows(request)) ? ALLOWED : NO_OPINION;
    }

    private Decision nodes(Attributes request, String node) {
        boolean single = request.name().equals(node)
                || request.fieldSelector().equals("metadata.name=" + node);
        return READS.contains(request.verb()) && !single
                ? denied("node '" + node + "' cannot read all nodes, only its own Node object")
                : byRules(request);
    }

    private Decision pods(Attributes request, String node) {
        return switch (request.verb()) {
            case "list", "watch" -> request.fieldSelector().contains("spec.nodeName=" + node)
                    ? ALLOWED
                    : denied("can only list/watch pods with spec.nodeName field selector");
            case "get" -> podOnNode(request.namespace(), request.name(), node)
                    ? ALLOWED
                    : denied("no relationship found between node '" + node + "' and this object");
            default -> byRules(request);
        };
    }

    private boolean podOnNode(String namespace, String name, String node) {
        ObjectNode pod = lookup.cached(PODS, namespace, name);
        return pod != null && pod.path("spec").path("nodeName").stringValue("").equals(node);
    }

    private Decision ownName(Attributes request, String node) {
        // A create has no name yet: node restriction, the admission plugin, looks at the object's.
        return request.verb().equals("create") || request.name().equals(node)
                ? byRules(request)
                : denied("can only access objects of this kind with the same name as the requesting node");
    }

    private Decision serviceAccount(Attributes request, String node) {
        if (!request.subresource().equals("token")) {
            return request.verb().equals("get")
                    && podRefers(request.namespace(), node, "serviceaccount", request.name())
                            ? ALLOWED
                            : NO_OPINION;
        }
        return request.verb().equals("create") && podRefers(request.namespace(), node, "serviceaccount", request.name())
                ? ALLOWED
                : denied("no relationship found between node '" + node + "' and this object");
    }

    private Decision reference(Attributes request, String node, String what) {
        return request.subresource().isEmpty() ? reference(request, node, READS, what) : NO_OPINION;
    }

    private Decision reference(Attributes request, String node, Set<String> verbs, String what) {
        if (!verbs.contains(request.verb())) {
            return denied("can only read resources of this type");
        }
        if (request.name().isEmpty()) {
            return denied("can only read individual resources of this type");
        }
        return podRefers(request.namespace(), node, what, request.name())
                ? ALLOWED
                : denied("no relationship found between node '" + node + "' and this object");
    }

    private Decision volume(Attributes request, String node) {
        if (!READS.contains(request.verb()) || request.name().isEmpty()) {
            return denied("can only read individual resources of this type");
        }
        for (ObjectNode pod : lookup.select(PODS, "", "spec.nodeName", node)) {
            String namespace = pod.path("metadata").path("namespace").stringValue("");
            for (String claim : PodReferences.of(pod, "claim")) {
                ObjectNode object = lookup.cached(CLAIMS, namespace, claim);
                if (object != null && object.path("spec").path("volumeName").stringValue("").equals(request.name())) {
                    return ALLOWED;
                }
            }
        }
        return denied("no relationship found between node '" + node + "' and this object");
    }

    private Decision attachment(Attributes request, String node) {
        if (!request.verb().equals("get") || request.name().isEmpty()) {
            return denied("can only get individual resources of this type");
        }
        JsonNode attachment = lookup.cached(ATTACHMENTS, "", request.name());
        return attachment != null && attachment.path("spec").path("nodeName").stringValue("").equals(node)
                ? ALLOWED
                : denied("no relationship found between node '" + node + "' and this object");
    }

    private boolean podRefers(String namespace, String node, String what, String name) {
        return lookup.select(PODS, namespace, "spec.nodeName", node).stream()
                .anyMatch(pod -> PodReferences.of(pod, what).contains(name));
    }

    private static Decision denied(String reason) {
        return new Decision(false, reason, "");
    }

    @Override
    public List<Rule> rulesFor(User user, String namespace) {
        return nodeName(user) == null
                ? List.of()
                : nodeRules.stream().map(rule -> new Rule(rule.verbs(), rule.apiGroups(), rule.resources(),
                        rule.resourceNames(), rule.nonResourceUrls())).toList();
    }
}
