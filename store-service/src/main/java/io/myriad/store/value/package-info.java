/**
 * Values of keys that are kept outside of this process, by the revision that wrote them, in a store that speaks Redis' protocol. Which values those are and when, and the index over
 * them, is not decided here.
 */
@NullMarked
package io.myriad.store.value;

import org.jspecify.annotations.NullMarked;
