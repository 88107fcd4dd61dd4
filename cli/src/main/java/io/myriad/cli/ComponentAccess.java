package io.myriad.cli;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.myriad.cli.api.ApiClient;
import io.myriad.cli.terminal.Json;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The rights that a fresh API server does not give by itself. The user that plays all nodes may do what a kubelet may, for every node, and nothing else;
 * why it is no {@code system:node:NAME}, see {@code docs/decisions/0010-hollow-nodes-identity.md}. The controllers' user may do what the controllers that
 * there are may: their roles are the server's own, see {@code docs/decisions/0013-controllers-identity.md}.
 */
final class ComponentAccess {
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/";
    private static final String LEASE_NAMESPACE = RBAC + "namespaces/kube-node-lease/";
    /** The namespace of the leases is made by the API server itself, but not before it is ready. */
    static final Duration NAMESPACE_LIMIT = Duration.ofSeconds(30);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);
    private static final Map<String, String> RESOURCES_BY_PATH = resourcesByPath();
    private static final List<String> CONTROLLER_ROLES = List.of("clusterrole-aggregation-controller",
            "deployment-controller", "endpoint-controller",
            "endpointslice-controller", "generic-garbage-collector", "namespace-controller", "node-controller",
            "pod-garbage-collector",
            "replicaset-controller", "replication-controller", "root-ca-cert-publisher", "service-account-controller");

    private ComponentAccess() {}

    private static Map<String, String> resourcesByPath() {
        Map<String, String> resources = new LinkedHashMap<>();
        resources.put(RBAC + "clusterroles", "hollow-nodes-clusterrole.json");
        resources.put(RBAC + "clusterrolebindings", "hollow-nodes-clusterrolebinding.json");
        resources.put(LEASE_NAMESPACE + "roles", "hollow-nodes-role.json");
        resources.put(LEASE_NAMESPACE + "rolebindings", "hollow-nodes-rolebinding.json");
        return resources;
    }

    /** Makes the roles and bindings that are not there yet, and tries again within the limit where that fails. */
    static void grant(ApiClient client, Duration limit) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        for (Map.Entry<String, String> entry : RESOURCES_BY_PATH.entrySet()) {
            create(client, entry.getKey(), read(entry.getValue()), deadlineNanos);
        }
        for (String role : CONTROLLER_ROLES) {
            create(client, RBAC + "clusterrolebindings", controllerBinding(role), deadlineNanos);
        }
    }

    private static byte[] controllerBinding(String role) {
        Map<String, Object> subject = Map.of("apiGroup", "rbac.authorization.k8s.io", "kind", "User", "name",
                "system:kube-controller-manager");
        Map<String, Object> roleRef = Map.of("apiGroup", "rbac.authorization.k8s.io", "kind", "ClusterRole", "name",
                "system:controller:" + role);
        return Json.of(Map.of("apiVersion", "rbac.authorization.k8s.io/v1", "kind", "ClusterRoleBinding", "metadata",
                Map.of("name", "myriad:controller:" + role), "subjects", List.of(subject), "roleRef", roleRef))
                .getBytes(UTF_8);
    }

    private static void create(ApiClient client, String path, byte[] object, long deadlineNanos)
            throws IOException, InterruptedException {
        while (true) {
            try {
                client.create(path, object);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > deadlineNanos) {
                    throw e;
                }
                Thread.sleep(POLL_INTERVAL);
            }
        }
    }

    private static byte[] read(String resource) throws IOException {
        try (InputStream stream = ComponentAccess.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException(resource + " is not on the class path");
            }
            return stream.readAllBytes();
        }
    }
}
