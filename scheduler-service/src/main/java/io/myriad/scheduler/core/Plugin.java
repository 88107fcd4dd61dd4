package io.myriad.scheduler.core;

/** The parts of the decision, under the names that kube-scheduler gives them in messages and metrics. */
public enum Plugin {
    NODE_UNSCHEDULABLE("NodeUnschedulable"),
    TAINT_TOLERATION("TaintToleration"),
    NODE_AFFINITY("NodeAffinity"),
    NODE_PORTS("NodePorts"),
    NODE_RESOURCES_FIT("NodeResourcesFit"),
    VOLUME_BINDING("VolumeBinding"),
    POD_TOPOLOGY_SPREAD("PodTopologySpread"),
    INTER_POD_AFFINITY("InterPodAffinity");

    private final String label;

    Plugin(String label) {
        this.label = label;
    }

    /** The name in messages and metrics. */
    public String label() {
        return label;
    }
}
