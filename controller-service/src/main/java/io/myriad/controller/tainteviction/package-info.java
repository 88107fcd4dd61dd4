/**
 * Deletes pods from nodes whose taints they do not tolerate, or no longer.
 */
@NullMarked
package io.myriad.controller.tainteviction;

import org.jspecify.annotations.NullMarked;
