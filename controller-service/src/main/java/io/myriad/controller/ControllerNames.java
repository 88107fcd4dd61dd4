package io.myriad.controller;

import java.util.List;
import java.util.Map;

/** The controllers there are, under upstream's names and the shorter ones that it took before. */
final class ControllerNames {
    private static final Map<String, String> ALIASES = Map.ofEntries(
            Map.entry("deployment", "deployment-controller"),
            Map.entry("replicaset", "replicaset-controller"),
            Map.entry("replicationcontroller", "replicationcontroller-controller"),
            Map.entry("endpointslice", "endpointslice-controller"),
            Map.entry("endpoint", "endpoints-controller"),
            Map.entry("namespace", "namespace-controller"),
            Map.entry("garbagecollector", "garbage-collector-controller"),
            Map.entry("resourcequota", "resourcequota-controller"),
            Map.entry("serviceaccount", "serviceaccount-controller"),
            Map.entry("serviceaccount-token", "serviceaccount-token-controller"),
            Map.entry("root-ca-cert-publisher", "root-ca-certificate-publisher-controller"),
            Map.entry("nodelifecycle", "node-lifecycle-controller"),
            Map.entry("taint-eviction", "taint-eviction-controller"),
            Map.entry("podgc", "pod-garbage-collector-controller"),
            Map.entry("clusterrole-aggregation", "clusterrole-aggregation-controller"));

    private ControllerNames() {}

    /** Whether a controller is to run: named, or meant by {@code *} and not excluded. */
    static boolean enabled(List<String> wanted, String name) {
        boolean all = false;
        for (String one : wanted) {
            if (full(one).equals(name)) {
                return true;
            }
            if (one.startsWith("-") && full(one.substring(1)).equals(name)) {
                return false;
            }
            all |= one.equals("*");
        }
        return all;
    }

    /** Refuses names that no controller has. */
    static void check(List<String> wanted) {
        for (String one : wanted) {
            String name = one.startsWith("-") ? one.substring(1) : one;
            if (!one.equals("*") && !ALIASES.containsValue(full(name))) {
                throw new ControllerOptions.InvalidOptionException(
                        "invalid value \"" + one + "\" for --controllers: there is no such controller");
            }
        }
    }

    private static String full(String name) {
        return ALIASES.getOrDefault(name, name);
    }
}
