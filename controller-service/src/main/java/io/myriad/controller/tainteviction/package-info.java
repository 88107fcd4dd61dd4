/**
 * Deletes pods that do not tolerate their node's NoExecute taints, or not any longer. Who taints nodes does not matter
 * here.
 */
@NullMarked
package io.myriad.controller.tainteviction;

import org.jspecify.annotations.NullMarked;
