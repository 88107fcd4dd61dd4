/**
 * Lists the pods behind each Service in EndpointSlices. The older Endpoints objects are in {@code endpoints}.
 */
@NullMarked
package io.myriad.controller.endpointslice;

import org.jspecify.annotations.NullMarked;
