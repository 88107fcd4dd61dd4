package io.myriad.controller.loop;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;

/** Refusals that are part of a controller's normal life. */
public final class Refusals {
    private static final String NAMESPACE_TERMINATING = "NamespaceTerminating";

    private Refusals() {}

    /** Whether nothing can be created any more because the namespace is going away. */
    public static boolean namespaceTerminating(RuntimeException e) {
        return e instanceof StatusException refused && refused.status().details() != null
                && refused.status().details().causes().stream()
                        .anyMatch(cause -> cause.reason().equals(NAMESPACE_TERMINATING));
    }

    /** Runs a write whose object may be gone, or another of the same name, by now: then there is nothing to do. */
    public static void ignoringGone(Runnable write) {
        try {
            write.run();
        } catch (StatusException e) {
            boolean other = (e.status().reason() == StatusReason.CONFLICT
                    || e.status().reason() == StatusReason.INVALID)
                    && aboutUid(e);
            if (e.status().reason() != StatusReason.NOT_FOUND && !other) {
                throw e;
            }
        }
    }

    /** A precondition on the uid that failed, as opposed to one on the version. */
    private static boolean aboutUid(StatusException e) {
        return e.status().message().contains("UID") || e.status().message().contains("metadata.uid");
    }
}
