package io.myriad.apiserver.custom;

import java.net.URI;
import java.net.URISyntaxException;

import tools.jackson.databind.JsonNode;

/**
 * The annotation that definitions in the community's own groups need: whether it is there, and what it says.
 *
 * @param state what it says
 * @param detail why, for people
 */
record Approval(State state, String detail) {
    static final String ANNOTATION = "api-approved.kubernetes.io";

    /** What the annotation says, and the reason of the condition that tells of it. */
    enum State {
        APPROVED("ApprovedAnnotation"),
        BYPASSED("UnapprovedAnnotation"),
        INVALID("InvalidAnnotation"),
        MISSING("MissingAnnotation");

        private final String reason;

        State(String reason) {
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    /** Whether definitions of a group need approval. */
    static boolean isProtected(String group) {
        return group.equals("k8s.io") || group.endsWith(".k8s.io") || group.equals("kubernetes.io")
                || group.endsWith(".kubernetes.io");
    }

    /** What a definition's annotations say. */
    static Approval of(JsonNode definition) {
        String text = definition.path("metadata").path("annotations").path(ANNOTATION).stringValue("");
        if (text.isEmpty()) {
            return new Approval(State.MISSING, "protected groups must have approval annotation \"" + ANNOTATION
                    + "\", see https://github.com/kubernetes/enhancements/pull/1111");
        }
        if (text.startsWith("unapproved")) {
            return new Approval(State.BYPASSED, "not approved: \"" + text + "\"");
        }
        try {
            URI link = new URI(text);
            if (link.getScheme() != null && link.getHost() != null) {
                return new Approval(State.APPROVED, "approved in " + text);
            }
        } catch (URISyntaxException none) {
            // Said below.
        }
        return new Approval(State.INVALID, "protected groups must have approval annotation \"" + ANNOTATION
                + "\" with either a URL or a reason starting with \"unapproved\", see "
                + "https://github.com/kubernetes/enhancements/pull/1111");
    }
}
