package io.myriad.apiserver.admission;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.myriad.api.FieldError;

/**
 * What a namespace's labels say about its pods: one level that is enforced, one that is warned about. Upstream's third,
 * for audit logs, is checked for its form only: there is no audit log.
 */
record PodSecurityPolicy(PodSecurityLevel enforced, String enforcedVersion, PodSecurityLevel warned,
        String warnedVersion) {
    static final String PREFIX = "pod-security.kubernetes.io/";

    private static final String LATEST = "latest";
    private static final String[] MODES = {"enforce", "audit", "warn"};

    /** The policy of a namespace; null when its labels say nothing. */
    static @Nullable PodSecurityPolicy of(JsonNode labels) {
        if (labels.propertyNames().stream().noneMatch(label -> label.startsWith(PREFIX))) {
            return null;
        }
        return new PodSecurityPolicy(level(labels, "enforce"), version(labels, "enforce"), level(labels, "warn"),
                version(labels, "warn"));
    }

    /** What cannot be understood is taken as the strictest, so that a slip opens nothing. */
    private static PodSecurityLevel level(JsonNode labels, String mode) {
        String text = labels.path(PREFIX + mode).asString("");
        PodSecurityLevel level = text.isEmpty() ? PodSecurityLevel.PRIVILEGED : PodSecurityLevel.parse(text);
        return level != null
                ? level
                : mode.equals("enforce") ? PodSecurityLevel.RESTRICTED : PodSecurityLevel.PRIVILEGED;
    }

    private static String version(JsonNode labels, String mode) {
        return labels.path(PREFIX + mode + "-version").asString(LATEST);
    }

    /** What is wrong with a namespace's labels. */
    static List<FieldError> problems(JsonNode labels) {
        List<FieldError> errors = new ArrayList<>();
        for (String mode : MODES) {
            String level = labels.path(PREFIX + mode).asString("privileged");
            if (PodSecurityLevel.parse(level) == null) {
                errors.add(FieldError.invalid("metadata.labels[" + PREFIX + mode + "]", level,
                        "must be one of privileged, baseline, restricted"));
            }
            String version = labels.path(PREFIX + mode + "-version").asString(LATEST);
            if (!version.equals(LATEST) && !version.matches("v1\\.(0|[1-9][0-9]{0,3})")) {
                errors.add(FieldError.invalid("metadata.labels[" + PREFIX + mode + "-version]", version,
                        "must be \"latest\" or \"v1.x\""));
            }
        }
        return errors;
    }
}
