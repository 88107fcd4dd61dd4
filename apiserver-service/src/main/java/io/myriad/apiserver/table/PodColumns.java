package io.myriad.apiserver.table;

import java.util.HashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A pod as one line: what its containers and its deletion make of its phase. The rules, and their order, are those of
 * upstream's printer, as people and scripts know its words.
 */
final class PodColumns {
    private static final RowCondition SUCCEEDED = new RowCondition("Completed", "True", "Succeeded",
            "Every container has ended well.");
    private static final RowCondition FAILED = new RowCondition("Completed", "True", "Failed",
            "A container has failed for good.");

    private final Row row;
    private final Set<String> sidecars = new HashSet<>();
    private int containers;
    private int ready;
    private long restarts;
    private String lastRestart = "";
    private String reason;

    private PodColumns(Row row) {
        this.row = row;
        this.reason = row.textOr(row.text("status", "phase"), "status", "reason");
        for (JsonNode condition : row.at("status", "conditions")) {
            if (text(condition, "type").equals("PodScheduled") && text(condition, "reason").equals("SchedulingGated")) {
                reason = "SchedulingGated";
            }
        }
        containers = row.at("spec", "containers").size();
        for (JsonNode container : row.at("spec", "initContainers")) {
            if (text(container, "restartPolicy").equals("Always")) {
                sidecars.add(text(container, "name"));
                containers++;
            }
        }
        if (readInitContainers() || row.isTrue("Initialized")) {
            readContainers();
        }
        if (row.isDeleted()) {
            String phase = row.text("status", "phase");
            if (row.text("status", "reason").equals("NodeLost")) {
                reason = "Unknown";
            } else if (!phase.equals("Succeeded") && !phase.equals("Failed")) {
                reason = "Terminating";
            }
        }
    }

    static Columns<PodColumns> pods() {
        return Columns.of(PodColumns::new).name(pod -> pod.row.name())
                .text("Ready", pod -> pod.ready + "/" + pod.containers).text("Status", pod -> pod.reason)
                .text("Restarts", PodColumns::restartsText).age(pod -> pod.row.age()).wide()
                .text("IP", pod -> pod.orNone(Row.string(pod.row.at("status", "podIPs").path(0).path("ip"))))
                .text("Node", pod -> pod.row.textOr(Row.NONE, "spec", "nodeName"))
                .text("Nominated Node", pod -> pod.row.textOr(Row.NONE, "status", "nominatedNodeName"))
                .text("Readiness Gates", PodColumns::readinessGates).condition(PodColumns::rowCondition);
    }

    /** Reads the init containers; whether all of them are done (or run, where they are sidecars). */
    private boolean readInitContainers() {
        JsonNode statuses = row.at("status", "initContainerStatuses");
        for (int i = 0; i < statuses.size(); i++) {
            JsonNode status = statuses.get(i);
            countRestarts(status);
            JsonNode terminated = status.path("state").path("terminated");
            JsonNode waiting = status.path("state").path("waiting");
            String waitingReason = text(waiting, "reason");
            boolean sidecar = sidecars.contains(text(status, "name"));
            if (isThere(terminated) && terminated.path("exitCode").longValue(0) == 0) {
                continue;
            }
            if (sidecar && status.path("started").booleanValue(false)) {
                ready += status.path("ready").booleanValue(false) ? 1 : 0;
                continue;
            }
            if (isThere(terminated)) {
                reason = "Init:" + endReason(terminated);
            } else if (!waitingReason.isEmpty() && !waitingReason.equals("PodInitializing")) {
                reason = "Init:" + waitingReason;
            } else {
                reason = "Init:" + i + "/" + row.at("spec", "initContainers").size();
            }
            return false;
        }
        return true;
    }

    private void readContainers() {
        restarts = 0;
        lastRestart = "";
        for (JsonNode status : row.at("status", "initContainerStatuses")) {
            if (sidecars.contains(text(status, "name"))) {
                countRestarts(status);
            }
        }
        boolean running = false;
        String failure = "";
        JsonNode statuses = row.at("status", "containerStatuses");
        for (int i = statuses.size() - 1; i >= 0; i--) {
            JsonNode status = statuses.get(i);
            countRestarts(status);
            JsonNode state = status.path("state");
            JsonNode terminated = state.path("terminated");
            if (!text(state.path("waiting"), "reason").isEmpty()) {
                reason = text(state.path("waiting"), "reason");
            } else if (isThere(terminated)) {
                reason = endReason(terminated);
                if (terminated.path("exitCode").longValue(0) != 0) {
                    failure = reason;
                }
            } else if (status.path("ready").booleanValue(false) && isThere(state.path("running"))) {
                running = true;
                ready++;
            }
        }
        if (reason.equals("Completed")) {
            if (running && row.isTrue("Ready")) {
                reason = "Running";
            } else if (!failure.isEmpty()) {
                reason = failure;
            } else if (running) {
                reason = "NotReady";
            }
        }
    }

    private static String endReason(JsonNode terminated) {
        String reason = text(terminated, "reason");
        if (!reason.isEmpty()) {
            return reason;
        }
        long signal = terminated.path("signal").longValue(0);
        return signal != 0 ? "Signal:" + signal : "ExitCode:" + terminated.path("exitCode").longValue(0);
    }

    private void countRestarts(JsonNode status) {
        restarts += status.path("restartCount").longValue(0);
        String finished = text(status.path("lastState").path("terminated"), "finishedAt");
        if (finished.compareTo(lastRestart) > 0) {
            lastRestart = finished;
        }
    }

    private String restartsText() {
        return restarts != 0 && !lastRestart.isEmpty()
                ? restarts + " (" + Ages.since(lastRestart, row.now()) + " ago)"
                : String.valueOf(restarts);
    }

    private String readinessGates() {
        JsonNode gates = row.at("spec", "readinessGates");
        if (gates.isEmpty()) {
            return Row.NONE;
        }
        int open = 0;
        for (JsonNode gate : gates) {
            open += row.isTrue(text(gate, "conditionType")) ? 1 : 0;
        }
        return open + "/" + gates.size();
    }

    private @Nullable RowCondition rowCondition() {
        return switch (row.text("status", "phase")) {
            case "Succeeded" -> SUCCEEDED;
            case "Failed" -> FAILED;
            default -> null;
        };
    }

    private String orNone(String text) {
        return text.isEmpty() ? Row.NONE : text;
    }

    private static String text(JsonNode node, String name) {
        return Row.string(node.path(name));
    }

    private static boolean isThere(JsonNode node) {
        return !node.isMissingNode() && !node.isNull();
    }
}
