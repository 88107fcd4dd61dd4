/**
 * How the command looks into a running cluster: requests to the API server as its administrator, and to the services' health and metrics.
 */
@NullMarked
package io.myriad.cli.api;

import org.jspecify.annotations.NullMarked;
