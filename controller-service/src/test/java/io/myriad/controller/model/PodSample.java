package io.myriad.controller.model;

import tools.jackson.databind.node.ObjectNode;

/** Builds pods for tests, step by step; a running one without a node to begin with. */
public final class PodSample {
    private final ObjectNode tree = Samples.json("{'apiVersion':'v1','kind':'Pod','metadata':{'namespace':'default'},"
            + "'spec':{'containers':[{'name':'main','image':'nginx'}]},'status':{'phase':'Running'}}");

    public PodSample(String name) {
        tree.withObject("metadata").put("name", name).put("uid", "uid-" + name).put("creationTimestamp", Samples.at(0))
                .put("resourceVersion", "1");
    }

    public PodSample uid(String uid) {
        tree.withObject("metadata").put("uid", uid);
        return this;
    }

    public PodSample created(long seconds) {
        tree.withObject("metadata").put("creationTimestamp", Samples.at(seconds));
        return this;
    }

    public PodSample label(String key, String value) {
        tree.withObject("metadata").withObject("labels").put(key, value);
        return this;
    }

    public PodSample annotation(String key, String value) {
        tree.withObject("metadata").withObject("annotations").put(key, value);
        return this;
    }

    public PodSample deleting() {
        tree.withObject("metadata").put("deletionTimestamp", Samples.at(100)).put("deletionGracePeriodSeconds", 30);
        return this;
    }

    public PodSample controller(String kind, String name, String uid) {
        tree.withObject("metadata").withArray("ownerReferences").addObject().put("apiVersion", "apps/v1")
                .put("kind", kind).put("name", name).put("uid", uid).put("controller", true);
        return this;
    }

    public PodSample on(String node) {
        tree.withObject("spec").put("nodeName", node);
        return this;
    }

    public PodSample phase(String phase) {
        tree.withObject("status").put("phase", phase);
        return this;
    }

    /** Ready since so many seconds after the start. */
    public PodSample ready(long seconds) {
        tree.withObject("status").withArray("conditions").addObject().put("type", "Ready").put("status", "True")
                .put("lastTransitionTime", Samples.at(seconds));
        return this;
    }

    public PodSample restarts(int count) {
        tree.withObject("status").withArray("containerStatuses").addObject().put("name", "main").put("restartCount",
                count);
        return this;
    }

    public PodSample sidecarRestarts(int count) {
        tree.withObject("spec").withArray("initContainers").addObject().put("name", "proxy").put("restartPolicy",
                "Always");
        tree.withObject("status").withArray("initContainerStatuses").addObject().put("name", "proxy")
                .put("restartCount", count);
        return this;
    }

    public PodSample addresses(String... addresses) {
        tree.withObject("status").put("podIP", addresses[0]);
        for (String address : addresses) {
            tree.withObject("status").withArray("podIPs").addObject().put("ip", address);
        }
        return this;
    }

    public PodSample port(String name, int number) {
        ((ObjectNode) tree.path("spec").path("containers").get(0)).withArray("ports").addObject().put("name", name)
                .put("containerPort", number).put("protocol", "TCP");
        return this;
    }

    public PodSample hostname(String hostname, String subdomain) {
        tree.withObject("spec").put("hostname", hostname).put("subdomain", subdomain);
        return this;
    }

    /** Tolerates the key with any value and effect; for ever when seconds are negative. */
    public PodSample tolerates(String key, long seconds) {
        ObjectNode toleration = tree.withObject("spec").withArray("tolerations").addObject().put("operator", "Exists");
        if (!key.isEmpty()) {
            toleration.put("key", key);
        }
        if (seconds >= 0) {
            toleration.put("effect", "NoExecute").put("tolerationSeconds", seconds);
        }
        return this;
    }

    public ObjectNode tree() {
        return tree.deepCopy();
    }

    public Pod build() {
        return Samples.pod(tree());
    }
}
