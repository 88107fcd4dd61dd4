package io.myriad.apiserver.table;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.StatusException;
import io.myriad.api.selector.LabelSelector;
import io.myriad.api.value.Timestamps;

/** The columns of what makes pods, and of what bounds it. */
final class WorkloadColumns {
    private static final String[] TEMPLATE = {"spec", "template"};
    private static final String[] JOB_TEMPLATE = {"spec", "jobTemplate", "spec", "template"};
    /** Conditions that name the status of a job that is neither done nor being deleted, the first one first. */
    private static final List<String> JOB_CONDITIONS = List.of("Suspended", "FailureTarget", "SuccessCriteriaMet");

    private WorkloadColumns() {}

    static Columns<Row> podTemplates() {
        return Columns.named().text("Containers", row -> row.containerNames("template"))
                .text("Images", row -> row.containerImages("template"))
                .text("Pod Labels", row -> row.labels("template", "metadata", "labels"));
    }

    static Columns<Row> replicationControllers() {
        return containers(replicas()).text("Selector", row -> row.labels("spec", "selector"));
    }

    static Columns<Row> replicaSets() {
        return containers(replicas()).text("Selector", row -> row.selector("spec", "selector"));
    }

    private static Columns<Row> replicas() {
        return Columns.named().integer("Desired", row -> row.integer("spec", "replicas"))
                .integer("Current", row -> row.integer("status", "replicas"))
                .integer("Ready", row -> row.integer("status", "readyReplicas")).age(Row::age);
    }

    private static Columns<Row> containers(Columns<Row> columns) {
        return columns.wide().text("Containers", row -> row.containerNames(TEMPLATE))
                .text("Images", row -> row.containerImages(TEMPLATE));
    }

    static Columns<Row> deployments() {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return containers(Columns.named().text("Ready", WorkloadColumns::readyOfDesired)
                .value("Up-to-date", "string", row -> nodes.numberNode(row.integer("status", "updatedReplicas")))
                .value("Available", "string", row -> nodes.numberNode(row.integer("status", "availableReplicas")))
                .age(Row::age)).text("Selector", WorkloadColumns::deploymentSelector);
    }

    private static String deploymentSelector(Row row) {
        try {
            return LabelSelector.of(row.at("spec", "selector")).toString();
        } catch (StatusException invalid) {
            return "<invalid>";
        }
    }

    static Columns<Row> statefulSets() {
        return containers(Columns.named().text("Ready", WorkloadColumns::readyOfDesired).age(Row::age));
    }

    private static String readyOfDesired(Row row) {
        return row.integer("status", "readyReplicas") + "/" + row.integer("spec", "replicas");
    }

    static Columns<Row> daemonSets() {
        return containers(
                Columns.named().integer("Desired", row -> row.integer("status", "desiredNumberScheduled"))
                        .integer("Current", row -> row.integer("status", "currentNumberScheduled"))
                        .integer("Ready", row -> row.integer("status", "numberReady"))
                        .integer("Up-to-date", row -> row.integer("status", "updatedNumberScheduled"))
                        .integer("Available", row -> row.integer("status", "numberAvailable"))
                        .text("Node Selector", row -> row.labels("spec", "template", "spec", "nodeSelector"))
                        .age(Row::age))
                .text("Selector", row -> row.selector("spec", "selector"));
    }

    static Columns<Row> controllerRevisions() {
        return Columns.named().text("Controller", WorkloadColumns::controller)
                .value("Revision", "string", row -> JsonNodeFactory.instance.numberNode(row.integer("revision")))
                .age(Row::age);
    }

    private static String controller(Row row) {
        for (JsonNode owner : row.at("metadata", "ownerReferences")) {
            if (owner.path("controller").booleanValue(false)) {
                GroupVersionKind kind = GroupVersionKind.of(Row.string(owner.path("apiVersion")),
                        Row.string(owner.path("kind")));
                String prefix = kind.group().isEmpty() ? kind.kind() : kind.kind() + "." + kind.group();
                return prefix.toLowerCase(Locale.ROOT) + "/" + Row.string(owner.path("name"));
            }
        }
        return Row.NONE;
    }

    static Columns<Row> jobs() {
        return containers(Columns.named().text("Status", WorkloadColumns::jobStatus)
                .text("Completions", WorkloadColumns::completions).text("Duration", WorkloadColumns::jobDuration)
                .age(Row::age)).text("Selector", row -> row.selector("spec", "selector"));
    }

    private static String jobStatus(Row row) {
        if (row.isTrue("Complete")) {
            return "Complete";
        }
        if (row.isTrue("Failed")) {
            return "Failed";
        }
        if (row.isDeleted()) {
            return "Terminating";
        }
        for (String condition : JOB_CONDITIONS) {
            if (row.isTrue(condition)) {
                return condition;
            }
        }
        return "Running";
    }

    private static String completions(Row row) {
        long succeeded = row.integer("status", "succeeded");
        if (row.has("spec", "completions")) {
            return succeeded + "/" + row.integer("spec", "completions");
        }
        long parallelism = row.integer("spec", "parallelism");
        return succeeded + "/1" + (parallelism > 1 ? " of " + parallelism : "");
    }

    private static String jobDuration(Row row) {
        String start = row.text("status", "startTime");
        String end = row.text("status", "completionTime");
        if (start.isEmpty()) {
            return "";
        }
        try {
            Instant until = end.isEmpty() ? row.now() : Timestamps.parse(end);
            return Ages.between(start, until);
        } catch (DateTimeException wrong) {
            return "<invalid>";
        }
    }

    static Columns<Row> cronJobs() {
        return Columns.named().text("Schedule", row -> row.text("spec", "schedule"))
                .text("Timezone", row -> row.textOr(Row.NONE, "spec", "timeZone"))
                .value("Suspend", "boolean", row -> JsonNodeFactory.instance.stringNode(suspended(row)))
                .integer("Active", row -> row.at("status", "active").size())
                .text("Last Schedule",
                        row -> row.has("status", "lastScheduleTime")
                                ? row.since("status", "lastScheduleTime")
                                : Row.NONE)
                .age(Row::age).wide().text("Containers", row -> row.containerNames(JOB_TEMPLATE))
                .text("Images", row -> row.containerImages(JOB_TEMPLATE))
                .text("Selector", row -> row.selector("spec", "jobTemplate", "spec", "selector"));
    }

    private static String suspended(Row row) {
        return !row.has("spec", "suspend") ? Row.UNSET : row.flag(false, "spec", "suspend") ? "True" : "False";
    }

    static Columns<Row> disruptionBudgets() {
        return Columns.named().text("Min Available", row -> row.textOr("N/A", "spec", "minAvailable"))
                .text("Max Unavailable", row -> row.textOr("N/A", "spec", "maxUnavailable"))
                .integer("Allowed Disruptions", row -> row.integer("status", "disruptionsAllowed")).age(Row::age);
    }

    static Columns<Row> scales() {
        return Columns.of(row -> row).text("Name", Row::name).integer("Desired", row -> row.integer("spec", "replicas"))
                .integer("Available", row -> row.integer("status", "replicas")).age(Row::age);
    }
}
