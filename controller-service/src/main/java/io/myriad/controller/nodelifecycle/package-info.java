/**
 * Whether nodes are alive, and the taints that say so. What taints do to pods is in {@code tainteviction}.
 */
@NullMarked
package io.myriad.controller.nodelifecycle;

import org.jspecify.annotations.NullMarked;
