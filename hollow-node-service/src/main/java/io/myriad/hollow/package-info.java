/**
 * The simulated kubelets' process: flags, wiring, health.
 */
@NullMarked
package io.myriad.hollow;

import org.jspecify.annotations.NullMarked;
