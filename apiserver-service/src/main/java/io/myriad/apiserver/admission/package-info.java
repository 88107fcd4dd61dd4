/**
 * What may be changed or refused after authorization and before storage.
 */
@NullMarked
package io.myriad.apiserver.admission;

import org.jspecify.annotations.NullMarked;
