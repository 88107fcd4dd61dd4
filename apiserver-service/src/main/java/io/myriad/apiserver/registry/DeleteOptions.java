package io.myriad.apiserver.registry;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.myriad.api.FieldError;
import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusException;

/**
 * How something is deleted.
 *
 * @param gracePeriodSeconds how long the object is left to whoever has to end it first; null for the kind's default
 * @param uid the uid that the object must have, or null
 * @param resourceVersion the version that the object must have, or null
 * @param orphanDependents the old way to say what becomes of dependents, or null
 * @param propagationPolicy {@code Orphan}, {@code Background}, {@code Foreground}, or null for the kind's default
 */
public record DeleteOptions(@Nullable Long gracePeriodSeconds, @Nullable String uid, @Nullable String resourceVersion,
        @Nullable Boolean orphanDependents, @Nullable String propagationPolicy) {
    /** Nothing was said. */
    public static final DeleteOptions NONE = new DeleteOptions(null, null, null, null, null);

    private static final List<String> POLICIES = List.of("Foreground", "Background", "Orphan");

    /** Refuses options that contradict each other or name an unknown policy. */
    public void validate() {
        List<FieldError> errors = new ArrayList<>();
        if (propagationPolicy != null && orphanDependents != null) {
            errors.add(FieldError.invalid("propagationPolicy", propagationPolicy,
                    "orphanDependents and deletionPropagation cannot be both set"));
        }
        if (propagationPolicy != null && !POLICIES.contains(propagationPolicy)) {
            errors.add(FieldError.notSupported("propagationPolicy", propagationPolicy,
                    List.of("Foreground", "Background", "Orphan", "nil")));
        }
        if (!errors.isEmpty()) {
            throw new StatusException(
                    Status.invalid(new GroupVersionKind("meta.k8s.io", "v1", "DeleteOptions"), "", errors));
        }
    }
}
