package io.myriad.apiserver.kind;

import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

import io.myriad.api.quota.PodResources;
import io.myriad.api.value.Quantity;

/** Defaults of pod specs, alike in pods and in every template. */
final class PodSpecDefaults {
    private static final int FILE_MODE = 0644;

    private PodSpecDefaults() {}

    /** Defaults of the spec in a template: {@code {metadata, spec}}. */
    static void ofTemplate(JsonNode template) {
        if (template instanceof ObjectNode object) {
            apply(Defaults.object(object, "spec"));
        }
    }

    static void apply(ObjectNode spec) {
        alias(spec);
        Defaults.text(spec, "dnsPolicy", "ClusterFirst");
        Defaults.text(spec, "restartPolicy", "Always");
        Defaults.object(spec, "securityContext");
        Defaults.number(spec, "terminationGracePeriodSeconds", 30);
        Defaults.text(spec, "schedulerName", "default-scheduler");
        for (String list : new String[]{"initContainers", "containers", "ephemeralContainers"}) {
            for (JsonNode container : spec.path(list)) {
                if (container instanceof ObjectNode object) {
                    container(object);
                }
            }
        }
        for (JsonNode volume : spec.path("volumes")) {
            if (volume instanceof ObjectNode object) {
                volume(object);
            }
        }
        for (JsonNode constraint : spec.path("topologySpreadConstraints")) {
            if (constraint instanceof ObjectNode object) {
                Defaults.text(object, "whenUnsatisfiable", "DoNotSchedule");
            }
        }
    }

    /** The account's name has an older alias; both are stored, and the newer one wins. */
    private static void alias(ObjectNode spec) {
        String name = spec.path("serviceAccountName").stringValue("");
        String account = name.isEmpty() ? spec.path("serviceAccount").stringValue("") : name;
        if (!account.isEmpty()) {
            spec.put("serviceAccountName", account);
            spec.put("serviceAccount", account);
        }
    }

    /** Defaults that only pods have, not templates. */
    static void ofPod(ObjectNode spec) {
        if (spec.path("terminationGracePeriodSeconds").longValue(0) < 0) {
            spec.put("terminationGracePeriodSeconds", 1);
        }
        for (String list : new String[]{"initContainers", "containers"}) {
            for (JsonNode container : spec.path(list)) {
                if (container.path("resources") instanceof ObjectNode resources) {
                    requestsFromLimits(resources);
                }
            }
        }
        if (spec.path("resources") instanceof ObjectNode resources) {
            podRequests(resources, spec);
        }
        Defaults.flag(spec, "enableServiceLinks", true);
        if (spec.path("hostNetwork").booleanValue(false)) {
            hostPorts(spec);
        }
    }

    private static void requestsFromLimits(ObjectNode resources) {
        if (resources.path("limits").isEmpty()) {
            return;
        }
        ObjectNode requests = Defaults.object(resources, "requests");
        resources.path("limits").forEachEntry((name, limit) -> {
            if (!requests.has(name)) {
                requests.set(name, limit);
            }
        });
    }

    /** A pod's own requests are at least its containers', and its limits where no container asks. */
    private static void podRequests(ObjectNode resources, JsonNode spec) {
        if (resources.path("limits").isEmpty() && resources.path("requests").isEmpty()) {
            return;
        }
        ObjectNode requests = Defaults.object(resources, "requests");
        PodResources.requests(spec).forEach((name, amount) -> {
            if (PodResources.ofPods(name) && !requests.has(name)) {
                requests.put(name, amount.toString());
            }
        });
        resources.path("limits").forEachEntry((name, limit) -> {
            if (PodResources.ofPods(name) && !requests.has(name)) {
                requests.set(name, limit);
            }
        });
    }

    /** Amounts finer than a thousandth are rounded up. */
    private static void round(JsonNode amounts) {
        if (!(amounts instanceof ObjectNode list)) {
            return;
        }
        for (Map.Entry<String, JsonNode> amount : list.properties()) {
            String text = amount.getValue().asString("");
            if (text.endsWith("u") || text.endsWith("n")) {
                amount.setValue(StringNode.valueOf(
                        Quantity.ofMilli(Quantity.parse(text).milliValue(), Quantity.Format.DECIMAL_SI).toString()));
            }
        }
    }

    private static void hostPorts(JsonNode spec) {
        for (String list : new String[]{"initContainers", "containers"}) {
            for (JsonNode container : spec.path(list)) {
                for (JsonNode port : container.path("ports")) {
                    if (port instanceof ObjectNode object && object.path("hostPort").intValue(0) == 0) {
                        object.put("hostPort", object.path("containerPort").intValue(0));
                    }
                }
            }
        }
    }

    private static void container(ObjectNode container) {
        Defaults.text(container, "imagePullPolicy", pullPolicy(container.path("image").stringValue("")));
        Defaults.text(container, "terminationMessagePath", "/dev/termination-log");
        Defaults.text(container, "terminationMessagePolicy", "File");
        round(container.path("resources").path("limits"));
        round(container.path("resources").path("requests"));
        for (JsonNode port : container.path("ports")) {
            if (port instanceof ObjectNode object) {
                Defaults.text(object, "protocol", "TCP");
            }
        }
        for (JsonNode variable : container.path("env")) {
            if (variable.path("valueFrom").path("fieldRef") instanceof ObjectNode reference) {
                Defaults.text(reference, "apiVersion", "v1");
            }
        }
        for (String probe : new String[]{"livenessProbe", "readinessProbe", "startupProbe"}) {
            if (container.path(probe) instanceof ObjectNode object) {
                probe(object);
            }
        }
        for (String hook : new String[]{"postStart", "preStop"}) {
            handler(container.path("lifecycle").path(hook));
        }
    }

    /** Upstream's rule: the tag latest, and no tag without a digest, mean Always. */
    private static String pullPolicy(String image) {
        if (image.indexOf('@') >= 0) {
            return "IfNotPresent";
        }
        int colon = image.indexOf(':', image.lastIndexOf('/') + 1);
        return colon < 0 || image.substring(colon + 1).equals("latest") ? "Always" : "IfNotPresent";
    }

    private static void probe(ObjectNode probe) {
        Defaults.positive(probe, "timeoutSeconds", 1);
        Defaults.positive(probe, "periodSeconds", 10);
        Defaults.positive(probe, "successThreshold", 1);
        Defaults.positive(probe, "failureThreshold", 3);
        handler(probe);
        if (probe.path("grpc") instanceof ObjectNode grpc) {
            Defaults.text(grpc, "service", "");
        }
    }

    private static void handler(JsonNode handler) {
        if (handler.path("httpGet") instanceof ObjectNode get) {
            Defaults.text(get, "path", "/");
            Defaults.text(get, "scheme", "HTTP");
        }
    }

    private static void volume(ObjectNode volume) {
        boolean hasSource = volume.propertyStream().anyMatch(entry -> !entry.getKey().equals("name")
                && !entry.getValue().isNull());
        if (!hasSource) {
            volume.putObject("emptyDir");
        }
        for (String source : new String[]{"secret", "configMap", "downwardAPI", "projected"}) {
            if (volume.path(source) instanceof ObjectNode object) {
                Defaults.number(object, "defaultMode", FILE_MODE);
                downwardItems(object.path("items"));
            }
        }
        for (JsonNode source : volume.path("projected").path("sources")) {
            if (source.path("serviceAccountToken") instanceof ObjectNode token) {
                Defaults.positive(token, "expirationSeconds", 3600);
            }
            downwardItems(source.path("downwardAPI").path("items"));
        }
        if (volume.path("image") instanceof ObjectNode image) {
            Defaults.text(image, "pullPolicy", pullPolicy(image.path("reference").stringValue("")));
        }
        if (volume.path("hostPath") instanceof ObjectNode path) {
            Defaults.text(path, "type", "");
        }
        if (volume.path("ephemeral").path("volumeClaimTemplate").path("spec") instanceof ObjectNode claim) {
            Defaults.text(claim, "volumeMode", "Filesystem");
        }
        VolumeSourceDefaults.apply(volume);
    }

    private static void downwardItems(JsonNode items) {
        for (JsonNode item : items) {
            if (item.path("fieldRef") instanceof ObjectNode reference) {
                Defaults.text(reference, "apiVersion", "v1");
            }
        }
    }
}
