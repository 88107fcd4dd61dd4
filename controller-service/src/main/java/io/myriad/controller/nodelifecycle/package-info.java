/**
 * Decides which nodes are lost and says so: conditions, taints, and pods that are no longer ready. Evicting pods because
 * of taints is in {@code tainteviction}.
 */
@NullMarked
package io.myriad.controller.nodelifecycle;

import org.jspecify.annotations.NullMarked;
