package io.myriad.control.informer;

import org.jspecify.annotations.Nullable;

import io.myriad.control.client.ApiObject;

/**
 * Makes of an object what an informer keeps of it: usually a small record. Must copy what it keeps, and should have a
 * cheap {@code equals}: an update that leaves the kept value equal is not reported to handlers.
 */
@FunctionalInterface
public interface Extractor<T> {
    /** What to keep, or null to keep nothing. */
    @Nullable
    T extract(ApiObject object);
}
