/**
 * Gives each namespace the service account {@code default}, without which no pod is admitted, and each token Secret its token.
 */
@NullMarked
package io.myriad.controller.serviceaccount;

import org.jspecify.annotations.NullMarked;
