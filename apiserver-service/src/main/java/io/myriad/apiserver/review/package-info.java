/**
 * Resources that are questions: who am I, may he do that, is this token good. They are created, answered and not stored.
 */
@NullMarked
package io.myriad.apiserver.review;

import org.jspecify.annotations.NullMarked;
