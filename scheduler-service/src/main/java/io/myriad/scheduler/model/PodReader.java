package io.myriad.scheduler.model;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.myriad.api.value.Timestamps;

/**
 * Makes a {@link Pod} of an API object. It keeps one instance of equal templates for as long as a pod has it, and of
 * names that repeat, so that a hundred thousand pods of a hundred controllers cost a hundred templates. Used by one
 * thread.
 */
public final class PodReader {
    /** Names of namespaces, nodes and schedulers that are kept to be shared; then the collection starts anew. */
    private static final int NAMES_MAX = 65_536;

    private final Map<PodTemplate, WeakReference<PodTemplate>> templates = new WeakHashMap<>();
    private final Map<String, String> names = new HashMap<>();

    /** The pod, or null when it has ended and uses nothing any more. */
    public @Nullable Pod read(JsonNode pod) {
        JsonNode metadata = pod.path("metadata");
        JsonNode spec = pod.path("spec");
        JsonNode status = pod.path("status");
        String phase = status.path("phase").asString("");
        if (phase.equals("Succeeded") || phase.equals("Failed")) {
            return null;
        }
        String node = shared(spec.path("nodeName").asString(""));
        boolean displaced = false;
        Pod.Condition scheduled = null;
        for (JsonNode condition : status.path("conditions")) {
            String type = condition.path("type").asString("");
            String reason = condition.path("reason").asString("");
            if (type.equals("DisruptionTarget")) {
                displaced = reason.equals("PreemptionByScheduler");
            } else if (type.equals("PodScheduled")) {
                scheduled = new Pod.Condition(condition.path("status").asString("").equals("True"), reason,
                        condition.path("message").asString(""));
            }
        }
        Pod.Pending pending = !node.isEmpty()
                ? null
                : new Pod.Pending(shared(spec.path("schedulerName").asString("")),
                        !spec.path("schedulingGates").isEmpty(), shared(status.path("nominatedNodeName").asString("")),
                        !spec.path("preemptionPolicy").asString("").equals("Never"), scheduled,
                        metadata.path("generation").asLong(0), metadata.path("resourceVersion").asString(""));
        return new Pod(metadata.path("uid").asString(""), metadata.path("name").asString(""),
                shared(template(pod)), spec.path("priority").asInt(0),
                node, metadata.has("deletionTimestamp"), displaced, millis(status.path("startTime")), pending);
    }

    private PodTemplate template(JsonNode pod) {
        JsonNode metadata = pod.path("metadata");
        JsonNode spec = pod.path("spec");
        String namespace = shared(metadata.path("namespace").asString(""));
        Map<String, String> labels = strings(metadata.path("labels"));
        return new PodTemplate(namespace, labels, RequestsReader.read(pod), ports(spec), tolerations(spec),
                AffinityReader.nodes(spec), AffinityReader.preferredNodes(spec), AffinityReader.spread(spec, labels),
                AffinityReader.pods(spec, namespace), images(spec), workload(metadata), claims(pod));
    }

    private PodTemplate shared(PodTemplate template) {
        WeakReference<PodTemplate> known = templates.get(template);
        PodTemplate shared = known == null ? null : known.get();
        if (shared == null) {
            templates.put(template, new WeakReference<>(template));
            return template;
        }
        return shared;
    }

    private String shared(String name) {
        if (names.size() >= NAMES_MAX) {
            names.clear();
        }
        String known = names.putIfAbsent(name, name);
        return known == null ? name : known;
    }

    /** An object of strings, such as labels, in the order given. */
    public static Map<String, String> strings(JsonNode object) {
        if (object.isEmpty()) {
            return Map.of();
        }
        Map<String, String> strings = LinkedHashMap.newLinkedHashMap(object.size());
        object.forEachEntry((key, value) -> strings.put(key, value.asString("")));
        return strings;
    }

    private static List<HostPort> ports(JsonNode spec) {
        List<HostPort> ports = new ArrayList<>(0);
        for (String list : List.of("containers", "initContainers")) {
            for (JsonNode container : spec.path(list)) {
                if (list.equals("initContainers") && !container.path("restartPolicy").asString("").equals("Always")) {
                    continue; // its port is free again when the pod runs
                }
                for (JsonNode port : container.path("ports")) {
                    int number = port.path("hostPort").asInt(0);
                    if (number > 0) {
                        String address = port.path("hostIP").asString("");
                        ports.add(new HostPort(port.path("protocol").asString("TCP"),
                                address.isEmpty() ? HostPort.ANY_ADDRESS : address, number));
                    }
                }
            }
        }
        return ports;
    }

    private static List<Toleration> tolerations(JsonNode spec) {
        List<Toleration> tolerations = new ArrayList<>();
        for (JsonNode toleration : spec.path("tolerations")) {
            String operator = toleration.path("operator").asString("");
            tolerations.add(new Toleration(toleration.path("key").asString(""), switch (operator) {
                case "", "Equal" -> Toleration.Operator.EQUAL;
                case "Exists" -> Toleration.Operator.EXISTS;
                default -> Toleration.Operator.UNKNOWN;
            }, toleration.path("value").asString(""), NodeReader.effect(toleration.path("effect").asString(""))));
        }
        return tolerations;
    }

    private static List<String> images(JsonNode spec) {
        List<String> images = new ArrayList<>();
        for (String list : List.of("initContainers", "containers")) {
            spec.path(list).forEach(container -> images.add(normalised(container.path("image").asString(""))));
        }
        for (JsonNode volume : spec.path("volumes")) {
            if (volume.has("image")) {
                images.add(normalised(volume.path("image").path("reference").asString("")));
            }
        }
        return images;
    }

    /** With the tag {@code latest} when it has none; a colon before the last slash belongs to the registry's port. */
    private static String normalised(String image) {
        return image.lastIndexOf(':') <= image.lastIndexOf('/') ? image + ":latest" : image;
    }

    private @Nullable Workload workload(JsonNode metadata) {
        for (JsonNode owner : metadata.path("ownerReferences")) {
            if (owner.path("controller").asBoolean(false)) {
                Workload.Kind kind = switch (owner.path("apiVersion").asString("") + "/"
                        + owner.path("kind").asString("")) {
                    case "apps/v1/ReplicaSet" -> Workload.Kind.REPLICA_SET;
                    case "apps/v1/StatefulSet" -> Workload.Kind.STATEFUL_SET;
                    case "v1/ReplicationController" -> Workload.Kind.REPLICATION_CONTROLLER;
                    default -> null;
                };
                return kind == null ? null : new Workload(kind, shared(owner.path("name").asString("")));
            }
        }
        return null;
    }

    private static List<String> claims(JsonNode pod) {
        List<String> claims = new ArrayList<>(0);
        for (JsonNode volume : pod.path("spec").path("volumes")) {
            if (volume.has("persistentVolumeClaim")) {
                claims.add(volume.path("persistentVolumeClaim").path("claimName").asString(""));
            } else if (volume.has("ephemeral")) {
                claims.add(pod.path("metadata").path("name").asString("") + "-" + volume.path("name").asString(""));
            }
        }
        return claims;
    }

    private static long millis(JsonNode time) {
        return time.isString() ? Timestamps.parse(time.asString()).toEpochMilli() : 0;
    }
}
