package io.myriad.apiserver.admission;

import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.quota.PodResources;
import io.myriad.api.value.Quantity;

/**
 * Holds pods and claims to the limit ranges of their namespace: gives containers the requests and limits that they do not
 * name, and refuses what is below the minimum, above the maximum, or asks for too much more than it requests.
 */
final class LimitRanger implements AdmissionPlugin {
    private static final String ANNOTATION = "kubernetes.io/limit-ranger";

    private final Followed<ObjectNode> ranges;

    /** @param ranges the limit ranges */
    LimitRanger(Followed<ObjectNode> ranges) {
        this.ranges = ranges;
    }

    @Override
    public String name() {
        return "LimitRanger";
    }

    @Override
    public void admit(Attributes attributes) {
        ObjectNode pod = Pods.created(attributes);
        if (pod == null) {
            return;
        }
        for (ObjectNode range : ranges.in(attributes.namespace())) {
            for (JsonNode limit : range.path("spec").path("limits")) {
                if (limit.path("type").stringValue("").equals("Container")) {
                    fillIn(pod, limit);
                }
            }
        }
    }

    private static void fillIn(ObjectNode pod, JsonNode limit) {
        List<String> notes = new ArrayList<>();
        for (String list : new String[]{"containers", "initContainers"}) {
            String kind = list.equals("containers") ? "container " : "init container ";
            for (JsonNode container : pod.path("spec").path(list)) {
                if (container instanceof ObjectNode object) {
                    String whom = kind + object.path("name").stringValue("");
                    note(notes, fillIn(object, "requests", limit.path("defaultRequest")), "request for " + whom);
                    note(notes, fillIn(object, "limits", limit.path("default")), "limit for " + whom);
                }
            }
        }
        if (!notes.isEmpty()) {
            pod.withObjectProperty("metadata").withObjectProperty("annotations").put(ANNOTATION,
                    "LimitRanger plugin set: " + String.join("; ", notes));
        }
    }

    private static void note(List<String> notes, List<String> names, String what) {
        if (!names.isEmpty()) {
            notes.add(String.join(", ", names) + " " + what);
        }
    }

    private static List<String> fillIn(ObjectNode container, String list, JsonNode amounts) {
        TreeSet<String> added = new TreeSet<>();
        amounts.forEachEntry((name, amount) -> {
            ObjectNode target = container.withObjectProperty("resources").withObjectProperty(list);
            if (!target.has(name)) {
                target.set(name, amount);
                added.add(name);
            }
        });
        return List.copyOf(added);
    }

    @Override
    public void validate(Attributes attributes) {
        ObjectNode object = attributes.object();
        if (object == null || !attributes.resource().group().isEmpty()) {
            return;
        }
        String resource = attributes.resource().resource();
        boolean create = attributes.operation() == Operation.CREATE;
        // Nothing of a pod that counts here changes in an update, but for a resize.
        boolean pod = resource.equals("pods") && (create && attributes.subresource().isEmpty()
                || attributes.subresource().equals("resize"));
        boolean claim = resource.equals("persistentvolumeclaims") && attributes.subresource().isEmpty();
        if (!pod && !claim) {
            return;
        }
        List<String> problems = new ArrayList<>();
        for (ObjectNode range : ranges.in(attributes.namespace())) {
            for (JsonNode limit : range.path("spec").path("limits")) {
                String type = limit.path("type").stringValue("");
                if (pod) {
                    pod(object.path("spec"), type, limit, problems);
                } else if (type.equals("PersistentVolumeClaim")) {
                    claim(object, limit, problems);
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new StatusException(Status.forbidden(resource, attributes.name(),
                    problems.size() == 1 ? problems.getFirst() : "[" + String.join(", ", problems) + "]"));
        }
    }

    private static void pod(JsonNode spec, String type, JsonNode limit, List<String> problems) {
        switch (type) {
            case "Container" -> {
                for (String list : new String[]{"containers", "initContainers"}) {
                    for (JsonNode container : spec.path(list)) {
                        JsonNode resources = container.path("resources");
                        new Bounds(type, limit, problems).check(amounts(resources.path("requests")),
                                amounts(resources.path("limits")));
                    }
                }
            }
            case "Pod" -> new Bounds(type, limit, problems).check(PodResources.requests(spec),
                    PodResources.limits(spec));
            default -> {}
        }
    }

    private static void claim(JsonNode claim, JsonNode limit, List<String> problems) {
        Map<String, Quantity> requests = amounts(claim.path("spec").path("resources").path("requests"));
        new Bounds("PersistentVolumeClaim", limit, problems).checkRequests(requests);
    }

    private static Map<String, Quantity> amounts(JsonNode list) {
        Map<String, Quantity> result = new LinkedHashMap<>();
        list.forEachEntry((name, amount) -> result.put(name, Quantity.parse(amount.asString())));
        return result;
    }

    /** One limit of a range, against what something asks for. */
    private record Bounds(String type, JsonNode limit, List<String> problems) {
        void check(Map<String, Quantity> requests, Map<String, Quantity> limits) {
            amounts(limit.path("min")).forEach((name, min) -> atLeast(name, min, requests.get(name),
                    limits.get(name)));
            amounts(limit.path("max")).forEach((name, max) -> atMost(name, max, requests.get(name),
                    limits.get(name)));
            amounts(limit.path("maxLimitRequestRatio")).forEach((name, ratio) -> ratio(name, ratio,
                    requests.get(name), limits.get(name)));
        }

        void checkRequests(Map<String, Quantity> requests) {
            amounts(limit.path("min")).forEach((name, min) -> atLeast(name, min, requests.get(name), null));
            amounts(limit.path("max")).forEach((name, max) -> {
                Quantity request = requests.get(name);
                if (request != null && request.compareTo(max) > 0) {
                    problems.add("maximum " + name + " usage per " + type + " is " + max + ", but request is "
                            + request);
                }
            });
        }

        private void atLeast(String name, Quantity min, @Nullable Quantity request, @Nullable Quantity limit) {
            String rule = "minimum " + name + " usage per " + type + " is " + min;
            if (request == null) {
                problems.add(rule + ".  No request is specified");
            } else if (request.compareTo(min) < 0) {
                problems.add(rule + ", but request is " + request);
            } else if (limit != null && limit.compareTo(min) < 0) {
                problems.add(rule + ", but limit is " + limit);
            }
        }

        private void atMost(String name, Quantity max, @Nullable Quantity request, @Nullable Quantity limit) {
            String rule = "maximum " + name + " usage per " + type + " is " + max;
            if (limit == null) {
                problems.add(rule + ".  No limit is specified");
            } else if (limit.compareTo(max) > 0) {
                problems.add(rule + ", but limit is " + limit);
            } else if (request != null && request.compareTo(max) > 0) {
                problems.add(rule + ", but request is " + request);
            }
        }

        private void ratio(String name, Quantity ratio, @Nullable Quantity request, @Nullable Quantity limit) {
            String rule = name + " max limit to request ratio per " + type + " is " + ratio;
            if (request == null || request.isZero()) {
                problems.add(rule + ", but no request is specified or request is 0");
            } else if (limit == null || limit.isZero()) {
                problems.add(rule + ", but no limit is specified or limit is 0");
            } else if (limit.amount().compareTo(request.amount().multiply(ratio.amount())) > 0) {
                problems.add(rule + ", but provided ratio is " + limit.amount().divide(request.amount(),
                        MathContext.DECIMAL32).toPlainString());
            }
        }
    }
}
