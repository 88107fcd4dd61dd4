package io.myriad.controller.resourcequota;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.quota.ObjectUsage;
import io.myriad.api.quota.QuotaScopes;
import io.myriad.api.value.Quantity;

/** What a quota's objects use together. Made for one count, used by one thread. */
final class Usage {
    private static final String COUNT = "count/";
    private static final Set<String> PLAIN_COUNTS = Set.of("pods", "configmaps", "secrets", "resourcequotas",
            "replicationcontrollers", "persistentvolumeclaims");

    private final JsonNode spec;
    private final Map<String, Quantity> used = new TreeMap<>();

    /** @param spec the quota's {@code spec} */
    Usage(JsonNode spec) {
        this.spec = spec;
    }

    /** The resources, such as {@code pods} or {@code deployments.apps}, whose objects a quota counts. */
    static Set<String> counted(JsonNode spec) {
        Set<String> resources = new TreeSet<>();
        for (String name : spec.path("hard").propertyNames()) {
            resources.add(resource(name));
        }
        return resources;
    }

    private static String resource(String name) {
        if (name.startsWith(COUNT)) {
            return name.substring(COUNT.length());
        }
        if (PLAIN_COUNTS.contains(name)) {
            return name;
        }
        if (name.equals("services") || name.startsWith("services.")) {
            return "services";
        }
        return name.equals("requests.storage") || name.contains(".storageclass.storage.k8s.io/")
                ? "persistentvolumeclaims"
                : "pods";
    }

    /** Counts an object. */
    void add(String groupResource, JsonNode object) {
        if (QuotaScopes.match(spec, groupResource, object)) {
            ObjectUsage.of(groupResource, object).forEach((name, amount) -> used.merge(name, amount, Quantity::plus));
        }
    }

    /** The status that the quota has to have. */
    ObjectNode status() {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        JsonNode hard = spec.path("hard");
        if (hard.isEmpty()) {
            return status;
        }
        status.set("hard", hard.deepCopy());
        ObjectNode shown = status.putObject("used");
        for (String name : hard.propertyNames()) {
            shown.put(name, used.getOrDefault(name, Quantity.ZERO).toString());
        }
        return status;
    }

    /** Whether a quota's status says the same. */
    static boolean same(JsonNode status, ObjectNode counted) {
        return sameAmounts(status.path("hard"), counted.path("hard"))
                && sameAmounts(status.path("used"), counted.path("used"));
    }

    private static boolean sameAmounts(JsonNode one, JsonNode other) {
        return one.size() == other.size() && one.propertyStream().allMatch(amount -> other.has(amount.getKey())
                && quantity(amount.getValue()).equals(quantity(other.path(amount.getKey()))));
    }

    private static Quantity quantity(JsonNode amount) {
        return Quantity.parse(amount.asString());
    }
}
