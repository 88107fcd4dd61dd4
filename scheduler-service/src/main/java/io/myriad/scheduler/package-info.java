/**
 * The scheduler's process: flags, wiring, leader election, health.
 */
@NullMarked
package io.myriad.scheduler;

import org.jspecify.annotations.NullMarked;
