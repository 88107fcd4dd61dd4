package io.myriad.api.patch;

import java.util.List;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;

/** The answers to patches that cannot be applied. */
final class PatchFailures {
    private PatchFailures() {}

    /** 400: the patch is malformed. */
    static StatusException malformed(String why) {
        return new StatusException(Status.badRequest(why));
    }

    /** 422: the patch is well formed but does not fit the object. The first words are those that upstream answers. */
    static StatusException inapplicable(String why) {
        return new StatusException(new Status(StatusReason.INVALID.code(), StatusReason.INVALID,
                "the server rejected our request due to an error in our request: " + why,
                new Status.Details("", "", "", "", List.of(), 0)));
    }

    /** 413: the patch asks for too much. */
    static StatusException tooLarge(String why) {
        return new StatusException(
                Status.of(StatusReason.REQUEST_ENTITY_TOO_LARGE, "Request entity too large: " + why));
    }
}
