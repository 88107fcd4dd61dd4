/**
 * Work by key: queues that hold each key once and workers that take from them. What the work is belongs to the
 * controllers; where keys come from, to {@code informer}.
 */
@NullMarked
package io.myriad.control.queue;

import org.jspecify.annotations.NullMarked;
