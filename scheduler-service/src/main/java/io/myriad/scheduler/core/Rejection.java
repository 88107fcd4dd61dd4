package io.myriad.scheduler.core;

/**
 * Why a node cannot take a pod: the first filter that refuses, in the order of kube-scheduler's default profile, with
 * its words.
 */
enum Rejection {
    UNSCHEDULABLE(Plugin.NODE_UNSCHEDULABLE, true, "node(s) were unschedulable"),
    TAINT(Plugin.TAINT_TOLERATION, true, "node(s) had untolerated taint(s)"),
    AFFINITY(Plugin.NODE_AFFINITY, true, "node(s) didn't match Pod's node affinity/selector"),
    PORTS(Plugin.NODE_PORTS, false, "node(s) didn't have free ports for the requested pod ports"),
    /** Its words name the resources, see {@link NodeFilter#missing}. */
    RESOURCES(Plugin.NODE_RESOURCES_FIT, false, ""),
    SPREAD_LABEL(Plugin.POD_TOPOLOGY_SPREAD, true,
            "node(s) didn't match pod topology spread constraints (missing required label)"),
    SPREAD(Plugin.POD_TOPOLOGY_SPREAD, false, "node(s) didn't match pod topology spread constraints"),
    POD_AFFINITY(Plugin.INTER_POD_AFFINITY, true, "node(s) didn't match pod affinity rules"),
    POD_ANTI_AFFINITY(Plugin.INTER_POD_AFFINITY, false, "node(s) didn't match pod anti-affinity rules"),
    EXISTING_ANTI_AFFINITY(Plugin.INTER_POD_AFFINITY, false,
            "node(s) didn't satisfy existing pods anti-affinity rules");

    final Plugin plugin;
    /** Whether removing pods from the node cannot help. */
    final boolean lasting;
    final String words;

    Rejection(Plugin plugin, boolean lasting, String words) {
        this.plugin = plugin;
        this.lasting = lasting;
        this.words = words;
    }
}
