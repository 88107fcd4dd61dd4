/**
 * Every service in one process, as sibling Spring contexts that share nothing but the JVM, and ask each other without a network
 * ({@code docs/decisions/0120}).
 */
@NullMarked
package io.myriad.allinone;

import org.jspecify.annotations.NullMarked;
