package io.myriad.control.client;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What to say with a DELETE.
 *
 * @param propagation {@code Background}, {@code Foreground}, {@code Orphan}, or null for the kind's default
 * @param gracePeriodSeconds null for the object's own
 * @param uid only if the object still has this uid; null for any
 * @param resourceVersion only if the object still has this version; null for any
 */
public record DeleteOptions(@Nullable String propagation, @Nullable Integer gracePeriodSeconds, @Nullable String uid,
        @Nullable String resourceVersion) {
    /** The defaults of the kind. */
    public static final DeleteOptions DEFAULT = new DeleteOptions(null, null, null, null);

    /** Only the object of this uid, so that a successor of the same name is never hit. */
    public static DeleteOptions ofUid(String uid) {
        return new DeleteOptions(null, null, uid, null);
    }

    public DeleteOptions withPropagation(String newPropagation) {
        return new DeleteOptions(newPropagation, gracePeriodSeconds, uid, resourceVersion);
    }

    public DeleteOptions withGracePeriodSeconds(int newGracePeriodSeconds) {
        return new DeleteOptions(propagation, newGracePeriodSeconds, uid, resourceVersion);
    }

    public DeleteOptions withResourceVersion(String newResourceVersion) {
        return new DeleteOptions(propagation, gracePeriodSeconds, uid, newResourceVersion);
    }

    ObjectNode body() {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "DeleteOptions");
        if (gracePeriodSeconds != null) {
            body.put("gracePeriodSeconds", gracePeriodSeconds);
        }
        if (propagation != null) {
            body.put("propagationPolicy", propagation);
        }
        if (uid != null || resourceVersion != null) {
            ObjectNode preconditions = body.putObject("preconditions");
            if (uid != null) {
                preconditions.put("uid", uid);
            }
            if (resourceVersion != null) {
                preconditions.put("resourceVersion", resourceVersion);
            }
        }
        return body;
    }
}
