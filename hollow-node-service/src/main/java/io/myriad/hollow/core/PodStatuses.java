package io.myriad.hollow.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.value.Timestamps;

/**
 * The statuses a kubelet reports of a pod, as strategic merge patches: conditions merge by type, so those of others stay.
 * Words and reasons are the kubelet's.
 */
final class PodStatuses {
    private static final String NOT_READY = "ContainersNotReady";

    private PodStatuses() {}

    /** The node has taken the pod and prepares it. */
    static ObjectNode creating(PodView pod, String hostAddress, Instant now) {
        ObjectNode patch = patch(pod);
        ObjectNode status = status(patch, pod, "Pending", hostAddress);
        status.put("startTime", Timestamps.format(now));
        ArrayNode conditions = status.putArray("conditions");
        condition(conditions, pod, "PodReadyToStartContainers", false, "", "", now);
        List<Container> init = pod.initContainers();
        condition(conditions, pod, "Initialized", init.isEmpty(), "ContainersNotInitialized",
                "containers with incomplete status: " + names(init), now);
        String unready = "containers with unready status: " + names(mustBeReady(pod));
        condition(conditions, pod, "Ready", false, NOT_READY, unready, now);
        condition(conditions, pod, "ContainersReady", false, NOT_READY, unready, now);
        String waiting = init.isEmpty() ? "ContainerCreating" : "PodInitializing";
        if (!init.isEmpty()) {
            waiting(status.putArray("initContainerStatuses"), init, waiting);
        }
        waiting(status.putArray("containerStatuses"), pod.containers(), waiting);
        return patch;
    }

    private static void waiting(ArrayNode statuses, List<Container> containers, String reason) {
        for (Container container : containers) {
            ObjectNode one = statuses.addObject().put("name", container.name());
            one.putObject("state").putObject("waiting").put("reason", reason);
            one.putObject("lastState");
            one.put("ready", false).put("restartCount", 0).put("image", container.image()).put("imageID", "")
                    .put("started", false);
        }
    }

    /**
     * All containers run; init containers have come to their end before.
     *
     * @param accepted when the node took the pod
     */
    static ObjectNode running(PodView pod, String address, String hostAddress, Instant accepted, Instant started,
            int restarts, Instant now) {
        ObjectNode patch = patch(pod);
        ObjectNode status = status(patch, pod, "Running", hostAddress);
        address(status, address);
        if (pod.startedMillis() == 0) {
            status.put("startTime", Timestamps.format(accepted));
        }
        ArrayNode conditions = status.putArray("conditions");
        condition(conditions, pod, "PodReadyToStartContainers", true, "", "", now);
        condition(conditions, pod, "Initialized", true, "", "", now);
        ready(conditions, pod, now);
        condition(conditions, pod, "ContainersReady", true, "", "", now);
        if (!pod.initContainers().isEmpty()) {
            ArrayNode init = status.putArray("initContainerStatuses");
            for (Container container : pod.initContainers()) {
                ObjectNode one = container(init, pod, container, 0, true);
                if (container.sidecar()) {
                    one.putObject("state").putObject("running").put("startedAt", Timestamps.format(started));
                    one.put("started", true);
                } else {
                    terminated(one.putObject("state"), one, 0, started, started);
                    one.put("started", false);
                }
            }
        }
        ArrayNode containers = status.putArray("containerStatuses");
        for (Container container : pod.containers()) {
            ObjectNode one = container(containers, pod, container, restarts, true);
            one.putObject("state").putObject("running").put("startedAt", Timestamps.format(started));
            one.put("started", true);
        }
        return patch;
    }

    /** Only whether the pod is ready has changed, by its readiness gates. */
    static ObjectNode readiness(PodView pod, Instant now) {
        ObjectNode patch = patch(pod);
        ObjectNode status = patch.putObject("status").put("observedGeneration", pod.generation());
        ready(status.putArray("conditions"), pod, now);
        return patch;
    }

    /** The kubelet has seen this generation of the pod and nothing else changes. */
    static ObjectNode generation(PodView pod) {
        ObjectNode patch = patch(pod);
        patch.putObject("status").put("observedGeneration", pod.generation());
        return patch;
    }

    private static void ready(ArrayNode conditions, PodView pod, Instant now) {
        condition(conditions, pod, "Ready", pod.gateProblem().isEmpty(), "ReadinessGatesNotReady", pod.gateProblem(),
                now);
    }

    /** All containers have ended. */
    static ObjectNode ended(PodView pod, String hostAddress, int exitCode, Instant started, int restarts,
            Instant now) {
        ObjectNode patch = patch(pod);
        ObjectNode status = status(patch, pod, exitCode == 0 ? "Succeeded" : "Failed", hostAddress);
        String reason = exitCode == 0 ? "PodCompleted" : "PodFailed";
        ArrayNode conditions = status.putArray("conditions");
        condition(conditions, pod, "PodReadyToStartContainers", false, "", "", now);
        condition(conditions, pod, "Ready", false, reason, "", now);
        condition(conditions, pod, "ContainersReady", false, reason, "", now);
        for (String list : pod.initContainers().isEmpty()
                ? List.of("containerStatuses")
                : List.of("initContainerStatuses", "containerStatuses")) {
            ArrayNode statuses = status.putArray(list);
            boolean init = list.startsWith("init");
            for (Container container : init ? pod.initContainers() : pod.containers()) {
                int code = init ? 0 : exitCode;
                ObjectNode one = container(statuses, pod, container, init ? 0 : restarts,
                        init && !container.sidecar());
                terminated(one.putObject("state"), one, code, started, init && !container.sidecar() ? started : now);
                one.put("started", false);
            }
        }
        return patch;
    }

    // ---- parts

    private static ObjectNode patch(PodView pod) {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.putObject("metadata").put("uid", pod.uid());
        return patch;
    }

    private static ObjectNode status(ObjectNode patch, PodView pod, String phase, String hostAddress) {
        ObjectNode status = patch.putObject("status").put("observedGeneration", pod.generation()).put("phase", phase)
                .put("hostIP", hostAddress);
        status.putArray("hostIPs").addObject().put("ip", hostAddress);
        return status;
    }

    private static void address(ObjectNode status, String address) {
        if (!address.isEmpty()) {
            status.put("podIP", address).putArray("podIPs").addObject().put("ip", address);
        }
    }

    /** Reason and message are those of a condition that does not hold; null removes older ones. */
    private static void condition(ArrayNode conditions, PodView pod, String type, boolean holds, String reason,
            String message, Instant now) {
        ObjectNode condition = conditions.addObject().put("type", type).put("observedGeneration", pod.generation())
                .put("status", holds ? "True" : "False").putNull("lastProbeTime")
                .put("lastTransitionTime", Timestamps.format(now));
        put(condition, "reason", holds ? "" : reason);
        put(condition, "message", holds ? "" : message);
    }

    private static void put(ObjectNode object, String field, String value) {
        if (value.isEmpty()) {
            object.putNull(field);
        } else {
            object.put(field, value);
        }
    }

    private static ObjectNode container(ArrayNode statuses, PodView pod, Container container, int restarts,
            boolean ready) {
        ObjectNode one = statuses.addObject().put("name", container.name());
        one.putObject("lastState");
        return one.put("ready", ready).put("restartCount", restarts).put("image", container.image())
                .put("imageID", container.image() + "@sha256:" + digest(container.image()))
                .put("containerID", "containerd://" + digest(pod.uid() + '/' + container.name() + '/' + restarts));
    }

    private static void terminated(ObjectNode state, ObjectNode container, int exitCode, Instant started,
            Instant finished) {
        state.putObject("terminated").put("exitCode", exitCode).put("reason", exitCode == 0 ? "Completed" : "Error")
                .put("startedAt", Timestamps.format(started)).put("finishedAt", Timestamps.format(finished))
                .put("containerID", container.path("containerID").asString(""));
    }

    private static List<Container> mustBeReady(PodView pod) {
        return Stream
                .concat(pod.initContainers().stream().filter(Container::sidecar), pod.containers().stream()).toList();
    }

    /** As Go prints a list of strings. */
    private static String names(List<Container> containers) {
        return "[" + String.join(" ", containers.stream().map(Container::name).toList()) + "]";
    }

    private static String digest(String text) {
        try {
            return HexFormat.of().formatHex(
                    MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
