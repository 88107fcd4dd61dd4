package io.myriad.apiserver.table;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The columns of what rules the API itself: bindings, admission, priority, certificates, extensions, leases. */
final class PolicyColumns {
    private PolicyColumns() {}

    static Columns<Row> roleBindings() {
        return Columns.named().text("Role", row -> row.text("roleRef", "kind") + "/" + row.text("roleRef", "name"))
                .age(Row::age).wide().text("Users", row -> subjects(row, "User"))
                .text("Groups", row -> subjects(row, "Group"))
                .text("ServiceAccounts", row -> subjects(row, "ServiceAccount"));
    }

    private static String subjects(Row row, String kind) {
        List<String> names = new ArrayList<>();
        for (JsonNode subject : row.at("subjects")) {
            if (Row.string(subject.path("kind")).equals(kind)) {
                String name = Row.string(subject.path("name"));
                names.add(
                        kind.equals("ServiceAccount") ? Row.string(subject.path("namespace")) + "/" + name : name);
            }
        }
        return String.join(", ", names);
    }

    static Columns<Row> webhooks() {
        return Columns.named().integer("Webhooks", row -> row.at("webhooks").size()).age(Row::age);
    }

    /** @param rules what the policy consists of: {@code validations} or {@code mutations} */
    static Columns<Row> admissionPolicies(String heading, String rules) {
        return Columns.named().integer(heading, row -> row.at("spec", rules).size())
                .text("ParamKind",
                        row -> row.has("spec", "paramKind")
                                ? row.text("spec", "paramKind", "apiVersion") + "/"
                                        + row.text("spec", "paramKind", "kind")
                                : Row.UNSET)
                .age(Row::age);
    }

    static Columns<Row> policyBindings() {
        return Columns.named().text("PolicyName", row -> row.text("spec", "policyName"))
                .text("ParamRef", PolicyColumns::parameter).age(Row::age);
    }

    private static String parameter(Row row) {
        String name = row.text("spec", "paramRef", "name");
        if (!name.isEmpty()) {
            return row.textOr("*", "spec", "paramRef", "namespace") + "/" + name;
        }
        return row.has("spec", "paramRef", "selector") ? row.selector("spec", "paramRef", "selector") : Row.UNSET;
    }

    static Columns<Row> priorityClasses() {
        return Columns.named().integer("Value", row -> row.integer("value"))
                .flag("Global-Default", row -> row.flag(false, "globalDefault")).age(Row::age)
                .text("PreemptionPolicy", row -> row.text("preemptionPolicy"));
    }

    static Columns<Row> runtimeClasses() {
        return Columns.named().text("Handler", row -> row.text("handler")).age(Row::age);
    }

    static Columns<Row> leases() {
        return Columns.named().text("Holder", row -> row.text("spec", "holderIdentity")).age(Row::age);
    }

    static Columns<Row> leaseCandidates() {
        return Columns.named().text("LeaseName", row -> row.text("spec", "leaseName"))
                .text("BinaryVersion", row -> row.text("spec", "binaryVersion"))
                .text("EmulationVersion", row -> row.text("spec", "emulationVersion")).age(Row::age);
    }

    static Columns<Row> flowSchemas() {
        return Columns.named().text("PriorityLevel", row -> row.text("spec", "priorityLevelConfiguration", "name"))
                .value("MatchingPrecedence", "string",
                        row -> JsonNodeFactory.instance.numberNode(row.integer("spec", "matchingPrecedence")))
                .text("DistinguisherMethod", row -> row.textOr(Row.NONE, "spec", "distinguisherMethod", "type"))
                .age(Row::age).text("MissingPL", row -> {
                    JsonNode dangling = row.condition("Dangling");
                    return dangling == null ? "?" : Row.string(dangling.path("status"));
                });
    }

    static Columns<Row> priorityLevels() {
        return Columns.named().text("Type", row -> row.text("spec", "type"))
                .value("NominalConcurrencyShares", "string",
                        row -> numberOrNone(row.at("spec", "limited"), "nominalConcurrencyShares"))
                .value("Queues", "string", row -> numberOrNone(queuing(row), "queues"))
                .value("HandSize", "string", row -> numberOrNone(queuing(row), "handSize"))
                .value("QueueLengthLimit", "string", row -> numberOrNone(queuing(row), "queueLengthLimit"))
                .age(Row::age);
    }

    private static JsonNode queuing(Row row) {
        return row.at("spec", "limited", "limitResponse", "queuing");
    }

    private static JsonNode numberOrNone(JsonNode object, String field) {
        return object.isObject()
                ? JsonNodeFactory.instance.numberNode(object.path(field).longValue(0))
                : JsonNodeFactory.instance.stringNode(Row.NONE);
    }

    static Columns<Row> signingRequests() {
        return Columns.named().age(Row::age).text("SignerName", row -> row.textOr(Row.NONE, "spec", "signerName"))
                .text("Requestor", row -> row.text("spec", "username"))
                .text("RequestedDuration",
                        row -> row.has("spec", "expirationSeconds")
                                ? Ages.format(Duration.ofSeconds(row.integer("spec", "expirationSeconds")))
                                : Row.NONE)
                .text("Condition", PolicyColumns::signingStatus);
    }

    private static String signingStatus(Row row) {
        StringBuilder status = new StringBuilder(row.condition("Denied") != null
                ? "Denied"
                : row.condition("Approved") != null ? "Approved" : "Pending");
        if (row.condition("Failed") != null) {
            status.append(",Failed");
        }
        if (!row.text("status", "certificate").isEmpty()) {
            status.append(",Issued");
        }
        return status.toString();
    }

    static Columns<Row> trustBundles() {
        return Columns.named().text("SignerName", row -> row.textOr(Row.NONE, "spec", "signerName"));
    }

    static Columns<Row> podCertificateRequests() {
        return Columns.named().text("PodName", row -> row.text("spec", "podName"))
                .text("ServiceAccountName", row -> row.text("spec", "serviceAccountName"))
                .text("NodeName", row -> row.text("spec", "nodeName"))
                .text("SignerName", row -> row.text("spec", "signerName")).text("State", PolicyColumns::requestState)
                .text("UnverifiedUserAnnotations", row -> row.labels("spec", "unverifiedUserAnnotations"));
    }

    private static String requestState(Row row) {
        String state = "Pending";
        for (JsonNode condition : row.at("status", "conditions")) {
            String type = Row.string(condition.path("type"));
            if (type.equals("Issued") || type.equals("Denied") || type.equals("Failed")) {
                state = type;
            }
        }
        return state;
    }

    static Columns<Row> customResourceDefinitions() {
        return Columns.named().text("Scope", row -> row.text("spec", "scope"))
                .text("Versions", PolicyColumns::servedVersions)
                .add("Created At", "date", "", "",
                        row -> JsonNodeFactory.instance.stringNode(row.text("metadata", "creationTimestamp")))
                .wide().text("Group", row -> row.text("spec", "group"))
                .text("Kind", row -> row.text("spec", "names", "kind"))
                .text("ShortNames", row -> row.join(Row::string, "spec", "names", "shortNames"))
                .flag("Established", row -> row.isTrue("Established"));
    }

    private static String servedVersions(Row row) {
        TreeSet<String> versions = new TreeSet<>();
        for (JsonNode version : row.at("spec", "versions")) {
            if (version.path("served").booleanValue(false)) {
                versions.add(Row.string(version.path("name"))
                        + (version.path("storage").booleanValue(false) ? "(storage)" : ""));
            }
        }
        return String.join(",", versions);
    }

    static Columns<Row> apiServices() {
        return Columns.named()
                .text("Service",
                        row -> row.has("spec", "service")
                                ? row.text("spec", "service", "namespace") + "/" + row.text("spec", "service", "name")
                                : "Local")
                .text("Available", PolicyColumns::available).age(Row::age);
    }

    private static String available(Row row) {
        JsonNode condition = row.condition("Available");
        if (condition == null) {
            return "Unknown";
        }
        String status = Row.string(condition.path("status"));
        String reason = Row.string(condition.path("reason"));
        return status.equals("True") || reason.isEmpty() ? status : status + " (" + reason + ")";
    }

    static Columns<Row> storageMigrations() {
        return Columns.of(row -> row).text("Name", Row::name).text("Resource", row -> {
            String group = row.text("spec", "resource", "group");
            String resource = row.text("spec", "resource", "resource");
            return group.isEmpty() ? resource : resource + "." + group;
        }).text("Status", PolicyColumns::migrationStatus);
    }

    private static String migrationStatus(Row row) {
        String status = "Unknown";
        for (JsonNode condition : row.at("status", "conditions")) {
            String type = Row.string(condition.path("type"));
            if (Row.string(condition.path("status")).equals("True")
                    && (type.equals("Running") || type.equals("Failed") || type.equals("Succeeded"))) {
                status = type;
            }
        }
        return status;
    }
}
