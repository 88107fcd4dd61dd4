package io.myriad.hollow.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import tools.jackson.databind.JsonNode;

import io.myriad.api.value.Timestamps;

/**
 * Makes a {@link PodView} of an API object. Lists of containers and names that repeat are shared, so that a hundred
 * thousand pods of a few controllers stay small. Thread-safe.
 */
public final class PodViewReader {
    /** After so many seconds a pod's containers end by themselves. */
    public static final String RUN_SECONDS = "myriad.io/run-seconds";
    /** The exit code they end with then, 0 if not given. */
    public static final String EXIT_CODE = "myriad.io/exit-code";
    /** Values that are kept to be shared; then the collection starts anew. */
    private static final int SHARED_MAX = 65_536;

    private final Map<Object, Object> shared = new ConcurrentHashMap<>();

    /** The view of a pod. */
    public PodView read(JsonNode pod) {
        JsonNode metadata = pod.path("metadata");
        JsonNode spec = pod.path("spec");
        JsonNode status = pod.path("status");
        JsonNode annotations = metadata.path("annotations");
        long startedMillis = 0;
        int restartCount = 0;
        for (JsonNode container : status.path("containerStatuses")) {
            JsonNode startedAt = container.path("state").path("running").path("startedAt");
            if (startedAt.isString()) {
                startedMillis = Math.max(startedMillis, Timestamps.parse(startedAt.asString()).toEpochMilli());
            }
            restartCount = Math.max(restartCount, container.path("restartCount").asInt(0));
        }
        return new PodView(metadata.path("uid").asString(""), share(metadata.path("namespace").asString("")),
                metadata.path("name").asString(""), metadata.path("generation").asLong(0),
                share(containers(spec.path("containers"))), share(containers(spec.path("initContainers"))),
                !spec.path("restartPolicy").asString("Always").equals("Never")
                        && !(spec.path("restartPolicy").asString("").equals("OnFailure")
                                && number(annotations, EXIT_CODE, 0) == 0),
                number(annotations, RUN_SECONDS, -1), number(annotations, EXIT_CODE, 0),
                share(gateProblem(spec.path("readinessGates"), status.path("conditions"))),
                spec.path("hostNetwork").asBoolean(false), metadata.has("deletionTimestamp"),
                metadata.path("deletionGracePeriodSeconds").asLong(0), share(status.path("phase").asString("")),
                status.path("podIP").asString(""), startedMillis, restartCount);
    }

    @SuppressWarnings("unchecked") // equal values are of one type
    private <T> T share(T value) {
        if (shared.size() >= SHARED_MAX) {
            shared.clear();
        }
        Object known = shared.putIfAbsent(value, value);
        return known == null ? value : (T) known;
    }

    private static List<Container> containers(JsonNode list) {
        List<Container> containers = new ArrayList<>(list.size());
        for (JsonNode container : list) {
            containers.add(new Container(container.path("name").asString(""), container.path("image").asString(""),
                    container.path("restartPolicy").asString("").equals("Always")));
        }
        return List.copyOf(containers);
    }

    /** A number in an annotation; what is none counts as not given. */
    private static int number(JsonNode annotations, String key, int otherwise) {
        String text = annotations.path(key).asString("");
        if (text.isEmpty()) {
            return otherwise; // nearly always: an exception for each pod would cost more than all the rest
        }
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    private static String gateProblem(JsonNode gates, JsonNode conditions) {
        if (gates.isEmpty()) {
            return "";
        }
        Map<String, String> states = new HashMap<>();
        for (JsonNode condition : conditions) {
            states.put(condition.path("type").asString(""), condition.path("status").asString(""));
        }
        List<String> problems = new ArrayList<>();
        for (JsonNode gate : gates) {
            String type = gate.path("conditionType").asString("");
            String state = states.get(type);
            if (state == null) {
                problems.add("corresponding condition of pod readiness gate \"" + type + "\" does not exist.");
            } else if (!state.equals("True")) {
                problems.add("the status of pod readiness gate \"" + type + "\" is not \"True\", but " + state);
            }
        }
        return String.join(", ", problems);
    }
}
