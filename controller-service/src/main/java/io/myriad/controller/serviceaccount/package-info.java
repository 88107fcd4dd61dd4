/**
 * Gives each namespace the service account {@code default}, without which no pod is admitted.
 */
@NullMarked
package io.myriad.controller.serviceaccount;

import org.jspecify.annotations.NullMarked;
