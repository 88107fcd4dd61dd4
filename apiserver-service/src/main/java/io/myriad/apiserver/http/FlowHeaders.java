package io.myriad.apiserver.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.authorization.AuthorizerChain;
import io.myriad.apiserver.storage.ObjectLookup;

/**
 * Tells clients which flow schema and priority level a request belongs to, as tools for overload expect it. The default
 * schemas' rules are built in; their uids are looked up and remembered.
 */
final class FlowHeaders {
    private static final GroupVersionResource SCHEMAS = new GroupVersionResource("flowcontrol.apiserver.k8s.io", "v1",
            "flowschemas");
    private static final GroupVersionResource LEVELS = new GroupVersionResource("flowcontrol.apiserver.k8s.io", "v1",
            "prioritylevelconfigurations");

    private enum Flow {
        EXEMPT("exempt", "exempt"),
        PROBES("probes", "exempt"),
        NODE_HIGH("system-node-high", "node-high"),
        NODES("system-nodes", "system"),
        CONTROLLER_MANAGER("kube-controller-manager", "workload-high"),
        SCHEDULER("kube-scheduler", "workload-high"),
        SYSTEM_ACCOUNTS("kube-system-service-accounts", "workload-high"),
        ACCOUNTS("service-accounts", "workload-low"),
        DEFAULT("global-default", "global-default"),
        CATCH_ALL("catch-all", "catch-all");

        private final String schema;
        private final String level;

        Flow(String schema, String level) {
            this.schema = schema;
            this.level = level;
        }
    }

    private final ObjectLookup lookup;
    private final Map<String, String> uids = new ConcurrentHashMap<>();

    FlowHeaders(ObjectLookup lookup) {
        this.lookup = lookup;
    }

    void put(HttpCall call, RequestInfo info, User user) {
        Flow flow = flow(info, user);
        put(call, "X-Kubernetes-Pf-Flowschema-Uid", SCHEMAS, flow.schema);
        put(call, "X-Kubernetes-Pf-Prioritylevel-Uid", LEVELS, flow.level);
    }

    private void put(HttpCall call, String header, GroupVersionResource resource, String name) {
        String key = resource.resource() + "/" + name;
        String uid = uids.get(key);
        if (uid == null) {
            ObjectNode object;
            try {
                object = lookup.cached(resource, "", name);
            } catch (RuntimeException notYet) {
                // The caches are being filled: the request is worth more than its header.
                return;
            }
            if (object == null) {
                return;
            }
            uid = object.path("metadata").path("uid").asString("");
            uids.put(key, uid);
        }
        call.responseHeaders().set(header, uid);
    }

    private static Flow flow(RequestInfo info, User user) {
        if (user.groups().contains(AuthorizerChain.MASTERS)) {
            return Flow.EXEMPT;
        }
        if (!info.isResource() && HealthEndpoint.serves(info.path())) {
            return Flow.PROBES;
        }
        if (user.groups().contains("system:nodes")) {
            boolean heartbeat = info.resource().equals("leases") || info.resource().equals("nodes");
            return heartbeat ? Flow.NODE_HIGH : Flow.NODES;
        }
        return switch (user.name()) {
            case "system:kube-controller-manager" -> Flow.CONTROLLER_MANAGER;
            case "system:kube-scheduler" -> Flow.SCHEDULER;
            default -> user.groups().contains("system:serviceaccounts:kube-system")
                    ? Flow.SYSTEM_ACCOUNTS
                    : user.groups().contains("system:serviceaccounts")
                            ? Flow.ACCOUNTS
                            : user.groups().contains("system:authenticated")
                                    || user.groups().contains("system:unauthenticated")
                                            ? Flow.DEFAULT
                                            : Flow.CATCH_ALL;
        };
    }
}
