package io.myriad.apiserver.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The columns of nodes, namespaces, configuration, events and quotas. */
final class CoreColumns {
    private static final String ROLE_LABEL_PREFIX = "node-role.kubernetes.io/";
    private static final String ROLE_LABEL = "kubernetes.io/role";

    private CoreColumns() {}

    static Columns<Row> nodes() {
        return Columns.named().text("Status", CoreColumns::nodeStatus).text("Roles", CoreColumns::nodeRoles)
                .age(Row::age).text("Version", row -> row.text("status", "nodeInfo", "kubeletVersion")).wide()
                .text("Internal-IP", row -> nodeAddress(row, "InternalIP"))
                .text("External-IP", row -> nodeAddress(row, "ExternalIP"))
                .text("OS-Image", row -> row.textOr(Ages.UNKNOWN, "status", "nodeInfo", "osImage"))
                .text("Kernel-Version", CoreColumns::kernelVersion).text("Container-Runtime",
                        row -> row.textOr(Ages.UNKNOWN, "status", "nodeInfo", "containerRuntimeVersion"));
    }

    private static String nodeStatus(Row row) {
        JsonNode ready = row.condition("Ready");
        String status = ready == null
                ? "Unknown"
                : Row.string(ready.path("status")).equals("True") ? "Ready" : "NotReady";
        return row.flag(false, "spec", "unschedulable") ? status + ",SchedulingDisabled" : status;
    }

    private static String nodeRoles(Row row) {
        TreeSet<String> roles = new TreeSet<>();
        row.at("metadata", "labels").forEachEntry((key, value) -> {
            String role = key.startsWith(ROLE_LABEL_PREFIX)
                    ? key.substring(ROLE_LABEL_PREFIX.length())
                    : key.equals(ROLE_LABEL) ? Row.string(value) : "";
            if (!role.isEmpty()) {
                roles.add(role);
            }
        });
        return roles.isEmpty() ? Row.NONE : String.join(",", roles);
    }

    private static String nodeAddress(Row row, String type) {
        for (JsonNode address : row.at("status", "addresses")) {
            if (Row.string(address.path("type")).equals(type)) {
                return Row.string(address.path("address"));
            }
        }
        return Row.NONE;
    }

    private static String kernelVersion(Row row) {
        String version = row.textOr(Ages.UNKNOWN, "status", "nodeInfo", "kernelVersion");
        String architecture = row.text("status", "nodeInfo", "architecture");
        return architecture.isEmpty() ? version : version + " (" + architecture + ")";
    }

    static Columns<Row> namespaces() {
        return Columns.named().text("Status", row -> row.text("status", "phase")).age(Row::age);
    }

    static Columns<Row> configMaps() {
        return Columns.named()
                .value("Data", "string",
                        row -> JsonNodeFactory.instance.numberNode((long) row.at("data").size()
                                + row.at("binaryData").size()))
                .age(Row::age);
    }

    static Columns<Row> secrets() {
        return Columns.named().text("Type", row -> row.text("type"))
                .value("Data", "string", row -> JsonNodeFactory.instance.numberNode((long) row.at("data").size()))
                .age(Row::age);
    }

    static Columns<Row> nameAndAge() {
        return Columns.named().age(Row::age);
    }

    static Columns<Row> resourceQuotas() {
        return Columns.named().text("Request", row -> quotas(row, false)).text("Limit", row -> quotas(row, true))
                .age(Row::age);
    }

    private static String quotas(Row row, boolean limits) {
        List<String> texts = new ArrayList<>();
        JsonNode hard = row.at("status", "hard");
        for (String resource : new TreeSet<>(hard.propertyNames())) {
            if (resource.startsWith("limits.") == limits) {
                String used = Row.string(row.at("status", "used", resource));
                texts.add(resource + ": " + (used.isEmpty() ? "0" : used) + "/" + Row.string(hard.path(resource)));
            }
        }
        return String.join(", ", texts);
    }

    static Columns<Row> componentStatuses() {
        return Columns.named().text("Status", CoreColumns::componentStatus)
                .text("Message", row -> componentDetail(row, "message"))
                .text("Error", row -> componentDetail(row, "error"));
    }

    private static String componentStatus(Row row) {
        JsonNode healthy = Row.condition(row.at("conditions"), "Healthy");
        return healthy == null
                ? "Unknown"
                : Row.string(healthy.path("status")).equals("True") ? "Healthy" : "Unhealthy";
    }

    private static String componentDetail(Row row, String field) {
        JsonNode healthy = Row.condition(row.at("conditions"), "Healthy");
        return healthy == null ? "" : Row.string(healthy.path(field));
    }

    /** Both event APIs: the newer one has other names for the same fields. */
    static Columns<Row> events() {
        return Columns.of(row -> row).text("Last Seen", CoreColumns::lastSeen).text("Type", row -> row.text("type"))
                .text("Reason", row -> row.text("reason")).text("Object", CoreColumns::eventObject).wide()
                .text("Subobject", row -> Row.string(about(row).path("fieldPath")))
                .text("Source", CoreColumns::eventSource).narrow()
                .text("Message", row -> row.textOr(row.text("note"), "message").strip()).wide()
                .text("First Seen", CoreColumns::firstSeen)
                .value("Count", "string", row -> JsonNodeFactory.instance.numberNode(eventCount(row)))
                .name(Row::name);
    }

    private static JsonNode about(Row row) {
        return row.has("involvedObject") ? row.at("involvedObject") : row.at("regarding");
    }

    private static String eventObject(Row row) {
        String kind = Row.string(about(row).path("kind")).toLowerCase(Locale.ROOT);
        String name = Row.string(about(row).path("name"));
        return name.isEmpty() ? kind : kind + "/" + name;
    }

    private static String firstSeen(Row row) {
        String first = row.textOr(row.text("deprecatedFirstTimestamp"), "firstTimestamp");
        return Ages.since(first.isEmpty() ? row.text("eventTime") : first, row.now());
    }

    private static String lastSeen(Row row) {
        if (row.has("series")) {
            return row.since("series", "lastObservedTime");
        }
        String last = row.textOr(row.text("deprecatedLastTimestamp"), "lastTimestamp");
        return last.isEmpty() ? firstSeen(row) : Ages.since(last, row.now());
    }

    private static long eventCount(Row row) {
        if (row.has("series")) {
            return row.integer("series", "count");
        }
        long count = row.has("count") ? row.integer("count") : row.integer("deprecatedCount");
        return count == 0 ? 1 : count;
    }

    private static String eventSource(Row row) {
        JsonNode source = row.has("source") ? row.at("source") : row.at("deprecatedSource");
        String component = first(Row.string(source.path("component")),
                row.textOr(row.text("reportingController"), "reportingComponent"));
        String instance = first(Row.string(source.path("host")), row.text("reportingInstance"));
        return instance.isEmpty() ? component : component + ", " + instance;
    }

    private static String first(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }
}
