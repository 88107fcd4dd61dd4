package io.myriad.cli;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import io.myriad.cli.api.ApiClient;

/**
 * The rights of the user that plays all nodes: what a kubelet may do, for every node, and nothing else. Why it is no {@code system:node:NAME}, see
 * {@code docs/decisions/0010-hollow-nodes-identity.md}.
 */
final class HollowNodesAccess {
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/";
    private static final String LEASE_NAMESPACE = RBAC + "namespaces/kube-node-lease/";
    /** The namespace of the leases is made by the API server itself, but not before it is ready. */
    static final Duration NAMESPACE_LIMIT = Duration.ofSeconds(30);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);
    private static final Map<String, String> RESOURCES_BY_PATH = resourcesByPath();

    private HollowNodesAccess() {}

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
            byte[] object = read(entry.getValue());
            boolean created = false;
            while (!created) {
                try {
                    client.create(entry.getKey(), object);
                    created = true;
                } catch (IOException e) {
                    if (System.nanoTime() > deadlineNanos) {
                        throw e;
                    }
                    Thread.sleep(POLL_INTERVAL);
                }
            }
        }
    }

    private static byte[] read(String resource) throws IOException {
        try (InputStream stream = HollowNodesAccess.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException(resource + " is not on the class path");
            }
            return stream.readAllBytes();
        }
    }
}
