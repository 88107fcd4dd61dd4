/**
 * Moments at which tests let a member die, sleep or look away, by the names that etcd gives them. Knows nothing of the store; costs nothing in a process
 * that was not started to be tested.
 */
@NullMarked
package io.myriad.store.failpoint;

import org.jspecify.annotations.NullMarked;
