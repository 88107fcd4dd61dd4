package io.myriad.apiserver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Flags of kube-apiserver that embedding programs (envtest, kind, kubeadm, k3s) pass by habit and that change nothing
 * here. Each has the reason; where only some values are harmless the others are refused.
 */
final class AcceptedFlags {
    /**
     * @param takesValue whether a value follows; false for switches
     * @param values the values that are harmless, empty for any
     * @param reason why nothing has to be done
     */
    private record Accepted(boolean takesValue, Set<String> values, String reason) {}

    private static final Map<String, Accepted> TABLE = Map.ofEntries(
            Map.entry("--insecure-port", value("0", "plain HTTP is never served")),
            Map.entry("--storage-backend", value("etcd3", "the etcd v3 API is the only store")),
            Map.entry("--storage-media-type",
                    value("application/vnd.kubernetes.protobuf", "objects are always stored as upstream's default")),
            Map.entry("--watch-cache", toggle("true", "reads are always served from the watch cache")),
            Map.entry("--enable-priority-and-fairness",
                    toggle("", "overload protection has its own classes, bounded by the in-flight flags")),
            Map.entry("--enable-garbage-collector", toggle("true", "deletion always honours propagation policies")),
            Map.entry("--service-account-lookup", toggle("true", "tokens of deleted objects are always refused")),
            Map.entry("--profiling", toggle("", "the JVM is profiled with its own tools, not over HTTP")),
            Map.entry("--contention-profiling", toggle("", "the JVM is profiled with its own tools, not over HTTP")),
            Map.entry("--enable-logs-handler", toggle("false", "log files are not served")),
            Map.entry("--logtostderr", toggle("", "logs go to the console")),
            Map.entry("--alsologtostderr", toggle("", "logs go to the console")),
            Map.entry("--delete-collection-workers", any("a collection is deleted with bounded parallelism")),
            Map.entry("--etcd-count-metric-poll-period", any("object counts come from the watch cache")),
            Map.entry("--etcd-db-metric-poll-interval", any("the store reports its own size")),
            Map.entry("--lease-reuse-duration-seconds", any("the store client reuses leases by itself")),
            Map.entry("--watch-cache-sizes", any("each watch cache sizes its history by time and bytes")),
            Map.entry("--default-watch-cache-size", any("each watch cache sizes its history by time and bytes")));

    private AcceptedFlags() {}

    private static Accepted value(String value, String reason) {
        return new Accepted(true, Set.of(value), reason);
    }

    private static Accepted any(String reason) {
        return new Accepted(true, Set.of(), reason);
    }

    private static Accepted toggle(String value, String reason) {
        return new Accepted(false, value.isEmpty() ? Set.of() : Set.of(value), reason);
    }

    /** {@code args} without the accepted flags and their values. */
    static String[] without(String... args) {
        List<String> rest = new ArrayList<>(args.length);
        for (int i = 0; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            String name = equals < 0 ? args[i] : args[i].substring(0, equals);
            Accepted accepted = TABLE.get(name);
            if (accepted == null) {
                rest.add(args[i]);
                continue;
            }
            String value = "true";
            if (equals >= 0) {
                value = args[i].substring(equals + 1);
            } else if (accepted.takesValue() && i + 1 < args.length) {
                value = args[++i];
            }
            if (!accepted.values().isEmpty() && !accepted.values().contains(value)) {
                throw new IllegalArgumentException(name + "=" + value + " is not supported: " + accepted.reason());
            }
        }
        return rest.toArray(String[]::new);
    }
}
