package io.myriad.controller;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.myriad.certificates.PemKeys;
import io.myriad.control.client.Discovery;
import io.myriad.controller.clusterrole.ClusterRoleAggregationController;
import io.myriad.controller.deployment.DeploymentController;
import io.myriad.controller.endpoints.EndpointsController;
import io.myriad.controller.endpointslice.EndpointSliceController;
import io.myriad.controller.garbagecollector.GarbageCollector;
import io.myriad.controller.loop.Controller;
import io.myriad.controller.loop.ControllerContext;
import io.myriad.controller.namespace.NamespaceController;
import io.myriad.controller.nodelifecycle.NodeLifecycleController;
import io.myriad.controller.podgc.PodGarbageController;
import io.myriad.controller.replicaset.ReplicaSetController;
import io.myriad.controller.resourcequota.ResourceQuotaController;
import io.myriad.controller.rootca.RootAuthorityController;
import io.myriad.controller.serviceaccount.AccountTokenController;
import io.myriad.controller.serviceaccount.ServiceAccountController;
import io.myriad.controller.tainteviction.TaintEvictionController;

/** The table of controllers: which there are and what each is told. */
final class Controllers {
    private Controllers() {}

    /** Makes those that are wanted. */
    static List<Controller> create(ControllerOptions options, ControllerContext context) throws IOException {
        Map<String, Supplier<Controller>> table = new LinkedHashMap<>();
        table.put("deployment-controller",
                () -> new DeploymentController(workers(options, "deployment"), context));
        table.put("replicaset-controller", () -> new ReplicaSetController(ReplicaSetController.Variant.REPLICA_SET,
                workers(options, "replicaset"), context));
        table.put("replicationcontroller-controller",
                () -> new ReplicaSetController(ReplicaSetController.Variant.REPLICATION_CONTROLLER,
                        workers(options, "rc"), context));
        table.put("endpointslice-controller",
                () -> new EndpointSliceController(workers(options, "service-endpoint"), context));
        table.put("endpoints-controller", () -> new EndpointsController(workers(options, "endpoint"), context));
        Discovery discovery = new Discovery(context.client(), context.nanoTime());
        table.put("namespace-controller",
                () -> new NamespaceController(workers(options, "namespace"), discovery, context));
        table.put("garbage-collector-controller",
                () -> new GarbageCollector(workers(options, "gc"), discovery, context));
        table.put("resourcequota-controller", () -> new ResourceQuotaController(discovery, context));
        table.put("serviceaccount-controller", () -> new ServiceAccountController(context));
        String authorities = rootAuthorities(options);
        if (!authorities.isEmpty()) {
            table.put("root-ca-certificate-publisher-controller",
                    () -> new RootAuthorityController(authorities, context));
        }
        PrivateKey key = accountKey(options);
        if (key != null) {
            table.put("serviceaccount-token-controller", () -> new AccountTokenController(key, authorities,
                    workers(options, "serviceaccount-token"), context));
        }
        table.put("clusterrole-aggregation-controller", () -> new ClusterRoleAggregationController(context));
        table.put("node-lifecycle-controller", () -> new NodeLifecycleController(options.nodes(), context));
        table.put("taint-eviction-controller", () -> new TaintEvictionController(context));
        table.put("pod-garbage-collector-controller",
                () -> new PodGarbageController(options.terminatedPodsMax(), context));
        List<Controller> controllers = new ArrayList<>();
        table.forEach((name, make) -> {
            if (ControllerNames.enabled(options.controllers(), name)) {
                controllers.add(make.get());
            }
        });
        return controllers;
    }

    private static String rootAuthorities(ControllerOptions options) throws IOException {
        Path file = options.rootAuthority();
        return file == null ? "" : Files.readString(file);
    }

    private static @Nullable PrivateKey accountKey(ControllerOptions options) throws IOException {
        Path file = options.serviceAccountKey();
        return file == null ? null : PemKeys.readPrivateKey(file);
    }

    private static int workers(ControllerOptions options, String kind) {
        Integer workers = options.concurrency().get("--concurrent-" + kind + "-syncs");
        if (workers == null) {
            throw new IllegalStateException("no flag for the concurrency of " + kind);
        }
        return workers;
    }
}
