package io.myriad.hollow.core;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.value.Timestamps;

/** The objects that a kubelet writes about itself: its Node, its status, its Lease. */
final class NodeObjects {
    private static final long EPHEMERAL_BYTES = 100L << 30;
    /** What a healthy node says, as type, reason and message of conditions. */
    private static final String[][] CONDITIONS = {
            {"MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"},
            {"DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"},
            {"PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"},
            {"Ready", "KubeletReady", "kubelet is posting ready status"}};
    /** A node's lease with holes: uid of the node, resource version, time. Names are repeated. */
    private static final String LEASE = """
            {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"%1$s","namespace":"kube-node-lease",\
            "ownerReferences":[{"apiVersion":"v1","kind":"Node","name":"%1$s","uid":"%2$s"}]%3$s},\
            "spec":{"holderIdentity":"%1$s","leaseDurationSeconds":%4$d,"renewTime":"%5$s"}}""";

    private NodeObjects() {}

    /** The Node as a kubelet registers it. */
    static ObjectNode node(NodeProfile profile, String name, int index, Instant now) {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "Node");
        ObjectNode metadata = node.putObject("metadata").put("name", name);
        metadata.putObject("labels").put("beta.kubernetes.io/arch", "amd64").put("beta.kubernetes.io/os", "linux")
                .put("kubernetes.io/arch", "amd64").put("kubernetes.io/hostname", name)
                .put("kubernetes.io/os", "linux").put("node.kubernetes.io/instance-type", "hollow")
                .put("beta.kubernetes.io/instance-type", "hollow");
        metadata.putObject("annotations").put("volumes.kubernetes.io/controller-managed-attach-detach", "true");
        String range = Addresses.podRange(index, profile.pods());
        node.putObject("spec").put("podCIDR", range).putArray("podCIDRs").add(range);
        ObjectNode status = node.putObject("status");
        for (String list : new String[]{"capacity", "allocatable"}) {
            status.putObject(list).put("cpu", cpu(profile.milliCpu()))
                    .put("ephemeral-storage", Long.toString(EPHEMERAL_BYTES)).put("hugepages-1Gi", "0")
                    .put("hugepages-2Mi", "0").put("memory", profile.memoryBytes() / 1024 + "Ki")
                    .put("pods", Integer.toString(profile.pods()));
        }
        conditions(status, true, now);
        ArrayNode addresses = status.putArray("addresses");
        addresses.addObject().put("type", "InternalIP").put("address", Addresses.ofNode(index));
        addresses.addObject().put("type", "Hostname").put("address", name);
        status.putObject("daemonEndpoints").putObject("kubeletEndpoint").put("Port", profile.kubeletPort());
        String machine = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
        status.putObject("nodeInfo").put("machineID", machine.replace("-", "")).put("systemUUID", machine)
                .put("bootID", machine).put("kernelVersion", System.getProperty("os.version", "unknown"))
                .put("osImage", "Myriad hollow node").put("containerRuntimeVersion", "hollow://0.1.0")
                .put("kubeletVersion", NodeProfile.KUBELET_VERSION).put("kubeProxyVersion", "")
                .put("operatingSystem", "linux").put("architecture", "amd64");
        return node;
    }

    private static String cpu(long milli) {
        return milli % 1000 == 0 ? Long.toString(milli / 1000) : milli + "m";
    }

    /**
     * The status of a healthy node, as a strategic merge patch.
     *
     * @param turned whether the conditions hold anew, so that their times of transition are written too
     */
    static ObjectNode heartbeat(boolean turned, Instant now) {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        conditions(patch.putObject("status"), turned, now);
        return patch;
    }

    private static void conditions(ObjectNode status, boolean turned, Instant now) {
        ArrayNode conditions = status.putArray("conditions");
        for (String[] condition : CONDITIONS) {
            ObjectNode one = conditions.addObject().put("type", condition[0])
                    .put("status", condition[0].equals("Ready") ? "True" : "False")
                    .put("lastHeartbeatTime", Timestamps.format(now));
            if (turned) {
                one.put("lastTransitionTime", Timestamps.format(now));
            }
            one.put("reason", condition[1]).put("message", condition[2]);
        }
    }

    /**
     * The node's lease.
     *
     * @param resourceVersion of the lease that is replaced, empty for a new one
     */
    static byte[] lease(NodeProfile profile, String name, String nodeUid, String resourceVersion, Instant now) {
        String version = resourceVersion.isEmpty() ? "" : ",\"resourceVersion\":\"" + resourceVersion + "\"";
        return LEASE.formatted(name, nodeUid, version, profile.leaseDurationSeconds(), Timestamps.formatMicro(now))
                .getBytes(StandardCharsets.UTF_8);
    }
}
