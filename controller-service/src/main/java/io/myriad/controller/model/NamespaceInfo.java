package io.myriad.controller.model;

import java.util.List;

/**
 * What controllers keep of a namespace.
 *
 * @param meta its metadata
 * @param active whether its phase is Active
 * @param finalizers its {@code spec.finalizers}
 */
public record NamespaceInfo(ObjectMeta meta, boolean active, List<String> finalizers) {}
