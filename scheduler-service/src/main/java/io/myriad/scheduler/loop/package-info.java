/**
 * The scheduler at work: one thread that takes what was seen, keeps the cluster state, decides, and hands out writes.
 * The API is behind an interface; wiring and processes are not here.
 */
@NullMarked
package io.myriad.scheduler.loop;

import org.jspecify.annotations.NullMarked;
