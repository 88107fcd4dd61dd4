/**
 * Values with rules of their own: quantities, times, names, labels, int-or-string.
 */
@NullMarked
package io.myriad.api.value;

import org.jspecify.annotations.NullMarked;
