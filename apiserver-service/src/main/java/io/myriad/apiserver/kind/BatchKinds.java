package io.myriad.apiserver.kind;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;

/** Jobs and cron jobs. */
final class BatchKinds {
    private static final String CONTROLLER_UID = "batch.kubernetes.io/controller-uid";
    private static final String JOB_NAME = "batch.kubernetes.io/job-name";
    /** A field of a cron line: numbers or names with ranges, lists and steps. */
    private static final Pattern CRON_FIELD = Pattern
            .compile("(\\*|\\?|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(/\\d+)?(,(\\*|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(/\\d+)?)*");
    private static final Pattern CRON_WORD = Pattern
            .compile("@(yearly|annually|monthly|weekly|daily|midnight|hourly|every .+)");
    private static final int CRON_NAME_LIMIT = 52;

    private BatchKinds() {}

    static Strategy job() {
        return DeclaredStrategy.withStatus().generation().defaults(job -> jobDefaults(Defaults.object(job, "spec")))
                .onCreate(BatchKinds::generateSelector).rules(check -> {
                    job(check.at("spec"));
                    selector(check);
                }).updateRules(BatchKinds::jobUpdate)
                .warns(job -> PodWarnings.ofTemplate("spec.template", job.path("spec").path("template")))
                .selectable(Map.of("status.successful", List.of("status", "succeeded")));
    }

    private static void jobDefaults(ObjectNode spec) {
        boolean onePod = Defaults.absent(spec, "completions") && Defaults.absent(spec, "parallelism");
        if (onePod) {
            spec.put("completions", 1);
        }
        Defaults.number(spec, "parallelism", 1);
        if (Defaults.absent(spec, "backoffLimit")) {
            spec.put("backoffLimit", Defaults.absent(spec, "backoffLimitPerIndex") ? 6 : Integer.MAX_VALUE);
        }
        Defaults.text(spec, "completionMode", "NonIndexed");
        Defaults.flag(spec, "suspend", false);
        Defaults.flag(spec, "manualSelector", false);
        Defaults.text(spec, "podReplacementPolicy",
                Defaults.absent(spec, "podFailurePolicy") ? "TerminatingOrFailed" : "Failed");
        for (JsonNode rule : spec.path("podFailurePolicy").path("rules")) {
            for (JsonNode condition : rule.path("onPodConditions")) {
                if (condition instanceof ObjectNode object) {
                    Defaults.text(object, "status", "True");
                }
            }
        }
        PodSpecDefaults.ofTemplate(spec.path("template"));
    }

    /** Jobs find their pods by their own uid, unless told otherwise. */
    private static void generateSelector(ObjectNode job) {
        ObjectNode spec = Defaults.object(job, "spec");
        if (spec.path("manualSelector").booleanValue(false)) {
            return;
        }
        String uid = job.path("metadata").path("uid").stringValue("");
        String name = job.path("metadata").path("name").stringValue("");
        ObjectNode template = Defaults.object(spec, "template");
        boolean selectorGiven = !Defaults.absent(spec, "selector");
        ObjectNode labels = Defaults.object(Defaults.object(template, "metadata"), "labels");
        labels.put(CONTROLLER_UID, uid).put(JOB_NAME, name).put("controller-uid", uid).put("job-name", name);
        if (!selectorGiven) {
            spec.putObject("selector").putObject("matchLabels").put(CONTROLLER_UID, uid);
        } else if (spec.path("selector") instanceof ObjectNode selector) {
            Defaults.object(selector, "matchLabels").put(CONTROLLER_UID, uid);
        }
        // Upstream labels the job like its pods when it has no labels of its own.
        ObjectNode metadata = Defaults.object(job, "metadata");
        if (metadata.path("labels").isEmpty()) {
            metadata.set("labels", labels.deepCopy());
        }
    }

    private static void selector(Check check) {
        Check spec = check.at("spec");
        Check selector = spec.at("selector");
        Check labels = spec.at("template").at("metadata").at("labels");
        if (!selector.present()) {
            selector.required();
        } else {
            MetadataRules.selector(selector);
        }
        boolean generated = !spec.at("manualSelector").isTrue();
        JsonNode expected = check.at("metadata").at("uid").value();
        boolean ours = selector.at("matchLabels").value().size() == 1
                && selector.at("matchLabels").key(CONTROLLER_UID).value().equals(expected)
                && selector.at("matchExpressions").empty();
        if (generated && !ours) {
            selector.invalid("`selector` not auto-generated");
        }
        boolean matches = selector.present() && !selector.at("matchLabels").value().propertyStream()
                .anyMatch(entry -> !entry.getValue().equals(labels.key(entry.getKey()).value()));
        if (!matches) {
            labels.invalid("`selector` does not match template `labels`");
        }
    }

    private static void job(Check spec) {
        spec.at("parallelism").min(0);
        spec.at("completions").min(0);
        spec.at("activeDeadlineSeconds").min(0);
        spec.at("backoffLimit").min(0);
        spec.at("ttlSecondsAfterFinished").min(0);
        spec.at("maxFailedIndexes").min(0);
        boolean indexed = spec.at("completionMode").is("Indexed");
        Check mode = spec.at("completionMode");
        if (!List.of("Indexed", "NonIndexed").contains(mode.text()) && !mode.empty()) {
            mode.oneOf("Indexed", "NonIndexed");
        }
        Check perIndex = spec.at("backoffLimitPerIndex").min(0);
        if (perIndex.present() && !indexed) {
            perIndex.invalid("requires indexed completion mode");
        }
        if (spec.at("successPolicy").present() && !indexed) {
            spec.at("successPolicy").invalid("requires indexed completion mode");
        }
        if (indexed && !spec.at("completions").present()) {
            spec.at("completions").required("when completion mode is Indexed");
        }
        failurePolicy(spec);
        Check template = spec.at("template");
        Workloads.templateLabels(template);
        PodSpecValidation.validate(template.at("spec"), true);
        Check restart = template.at("spec").at("restartPolicy");
        if (restart.is("Always")) {
            restart.add(FieldError.required(restart.path(), "valid values: \"OnFailure\", \"Never\""));
        }
    }

    private static void failurePolicy(Check spec) {
        Check policy = spec.at("podFailurePolicy");
        if (!policy.present()) {
            return;
        }
        Check restart = spec.at("template").at("spec").at("restartPolicy");
        if (!restart.is("Never")) {
            restart.invalid("only \"Never\" is supported when podFailurePolicy is specified");
        }
        policy.at("rules").items(rule -> {
            rule.at("action").required().oneOf("Count", "FailIndex", "FailJob", "Ignore");
            boolean codes = rule.at("onExitCodes").present();
            boolean conditions = !rule.at("onPodConditions").empty();
            if (codes && conditions) {
                rule.invalid("specifying both OnExitCodes and OnPodConditions is not supported");
            } else if (!codes && !conditions) {
                rule.invalid("specifying one of OnExitCodes and OnPodConditions is required");
            }
        });
    }

    private static void jobUpdate(Check check, ObjectNode old) {
        Check spec = check.at("spec");
        JsonNode before = old.path("spec");
        for (String field : new String[]{"completions", "selector", "template", "completionMode", "podFailurePolicy",
                "backoffLimitPerIndex", "managedBy", "successPolicy"}) {
            if (!TreeComparison.same(spec.at(field).value(), before.path(field))) {
                spec.at(field).fresh().invalid("field is immutable");
            }
        }
    }

    static Strategy cronJob() {
        return DeclaredStrategy.withStatus().generation().defaults(cron -> {
            ObjectNode spec = Defaults.object(cron, "spec");
            Defaults.text(spec, "concurrencyPolicy", "Allow");
            Defaults.flag(spec, "suspend", false);
            Defaults.number(spec, "successfulJobsHistoryLimit", 3);
            Defaults.number(spec, "failedJobsHistoryLimit", 1);
            PodSpecDefaults.ofTemplate(spec.path("jobTemplate").path("spec").path("template"));
        }).warns(cron -> PodWarnings.ofTemplate("spec.jobTemplate.spec.template",
                cron.path("spec").path("jobTemplate").path("spec").path("template"))).rules(check -> {
                    Check name = check.at("metadata").at("name");
                    if (name.text().length() > CRON_NAME_LIMIT) {
                        name.invalid("must be no more than " + CRON_NAME_LIMIT + " characters");
                    }
                    cron(check.at("spec"));
                });
    }

    private static void cron(Check spec) {
        Check schedule = spec.at("schedule").required();
        if (!schedule.empty()) {
            schedule(schedule);
        }
        Check zone = spec.at("timeZone");
        if (zone.present() && !isZone(zone.text())) {
            zone.invalid("unknown time zone " + zone.text());
        }
        spec.at("startingDeadlineSeconds").min(0);
        spec.at("successfulJobsHistoryLimit").min(0);
        spec.at("failedJobsHistoryLimit").min(0);
        spec.at("concurrencyPolicy").required().oneOf("Allow", "Forbid", "Replace");
        Check job = spec.at("jobTemplate").at("spec");
        job(job);
        if (job.at("manualSelector").isTrue()) {
            job.at("manualSelector").oneOf("nil", "false");
        }
    }

    private static void schedule(Check schedule) {
        String text = schedule.text();
        if (text.contains("TZ=")) {
            schedule.invalid("cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
            return;
        }
        String[] fields = text.strip().split("\\s+");
        boolean valid = text.startsWith("@")
                ? CRON_WORD.matcher(text).matches()
                : fields.length == 5 && List.of(fields).stream().allMatch(CRON_FIELD.asMatchPredicate());
        if (!valid) {
            schedule.invalid("expected exactly 5 fields, found " + fields.length + ": [" + text + "]");
        }
    }

    private static boolean isZone(String zone) {
        try {
            return !zone.isEmpty() && !zone.equalsIgnoreCase("Local") && ZoneId.of(zone) != null;
        } catch (DateTimeException unknown) {
            return false;
        }
    }

    static Strategy controllerRevision() {
        return DeclaredStrategy.plain().rules(check -> check.at("revision").min(0)).updateRules((check, old) -> check
                .at("data").unchanged(old.path("data")));
    }

    static Strategy replicationController() {
        return DeclaredStrategy.withStatus().generation().defaults(object -> {
            ObjectNode spec = Defaults.object(object, "spec");
            PodSpecDefaults.ofTemplate(spec.path("template"));
            Defaults.number(spec, "replicas", 1);
            JsonNode labels = spec.path("template").path("metadata").path("labels");
            if (!labels.isEmpty()) {
                if (spec.path("selector").isEmpty()) {
                    spec.set("selector", labels.deepCopy());
                }
                ObjectNode metadata = Defaults.object(object, "metadata");
                if (metadata.path("labels").isEmpty()) {
                    metadata.set("labels", labels.deepCopy());
                }
            }
        }).rules(check -> {
            Check spec = check.at("spec");
            spec.at("replicas").min(0);
            spec.at("minReadySeconds").min(0);
            spec.at("selector").required();
            MetadataRules.labels(spec.at("selector"));
            Check template = spec.at("template");
            if (!template.present()) {
                template.required();
                return;
            }
            Check labels = template.at("metadata").at("labels");
            boolean matches = spec.at("selector").value().propertyStream()
                    .allMatch(entry -> entry.getValue().equals(labels.key(entry.getKey()).value()));
            if (!matches) {
                labels.invalid("`selector` does not match template `labels`");
            }
            Workloads.replacedPods(template);
        }).warns(object -> PodWarnings.ofTemplate("spec.template", object.path("spec").path("template")))
                .selectable(Map.of("status.replicas", List.of("status", "replicas")));
    }

    static Strategy podTemplate() {
        return DeclaredStrategy.plain().generation()
                .defaults(object -> PodSpecDefaults.ofTemplate(object.path("template")))
                .rules(check -> PodSpecValidation.validateTemplate(check.at("template")))
                .warns(object -> PodWarnings.ofTemplate("template", object.path("template")));
    }
}
