/**
 * The API server's process: flags, wiring, health. The parts live in the packages below and know nothing of Spring.
 */
@NullMarked
package io.myriad.apiserver;

import org.jspecify.annotations.NullMarked;
