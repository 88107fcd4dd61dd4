/**
 * Every service in one process, as sibling Spring contexts that share nothing but the JVM.
 */
@NullMarked
package io.myriad.allinone;

import org.jspecify.annotations.NullMarked;
