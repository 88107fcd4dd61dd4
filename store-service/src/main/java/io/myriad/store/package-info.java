/**
 * The store's process: flags, wiring, health. The engine lives in the packages below and knows nothing of Spring.
 */
@NullMarked
package io.myriad.store;

import org.jspecify.annotations.NullMarked;
