/**
 * Cluster roles whose rules are put together from other roles, found by label.
 */
@NullMarked
package io.myriad.controller.clusterroleaggregation;

import org.jspecify.annotations.NullMarked;
