/**
 * Pods that nobody else will delete.
 */
@NullMarked
package io.myriad.controller.podgc;

import org.jspecify.annotations.NullMarked;
