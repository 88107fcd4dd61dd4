/**
 * What the scheduler keeps of API objects: compact immutable values for pods, nodes and the rules they carry, and the
 * readers that make them. No cluster state and no decisions.
 */
@NullMarked
package io.myriad.scheduler.model;

import org.jspecify.annotations.NullMarked;
