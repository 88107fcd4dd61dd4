/**
 * The storage as a plain model in memory, for tests of what stands on it and as what the real one is compared with.
 */
@NullMarked
package io.myriad.apiserver.storage.testing;

import org.jspecify.annotations.NullMarked;
