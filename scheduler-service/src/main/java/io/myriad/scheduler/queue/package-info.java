/**
 * The pods that wait for a node: in what order they are tried, how long a failed one rests, and what must happen in the
 * cluster before it is worth another try. Plain single-threaded Java; time is an argument.
 */
@NullMarked
package io.myriad.scheduler.queue;

import org.jspecify.annotations.NullMarked;
