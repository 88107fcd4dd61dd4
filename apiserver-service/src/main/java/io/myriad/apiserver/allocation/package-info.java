/**
 * Addresses and ports of services: given out when a service is written, unique across API servers, and taken back with
 * the service. How a service must look is decided in {@code kind}.
 */
@NullMarked
package io.myriad.apiserver.allocation;

import org.jspecify.annotations.NullMarked;
