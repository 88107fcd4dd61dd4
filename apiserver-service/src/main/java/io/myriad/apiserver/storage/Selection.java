package io.myriad.apiserver.storage;

import io.myriad.api.selector.FieldSelector;
import io.myriad.api.selector.LabelSelector;

/**
 * Which objects of a resource a list or watch is about.
 *
 * @param namespace empty for all namespaces and for cluster-scoped resources
 * @param labels what their labels must satisfy
 * @param fields what their selectable fields must satisfy; validated against the kind before
 */
public record Selection(String namespace, LabelSelector labels, FieldSelector fields) {}
