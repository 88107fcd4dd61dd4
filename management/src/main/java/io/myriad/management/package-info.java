/**
 * A service as a Spring application: a context with the service as its one long-running bean, and health, info and metrics
 * on a management port. All services start through here, alone in a process or side by side. What a service does is not
 * here.
 */
@NullMarked
package io.myriad.management;

import org.jspecify.annotations.NullMarked;
