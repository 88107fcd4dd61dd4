/**
 * Lists the pods behind each Service in Endpoints objects, for clients from before EndpointSlices.
 */
@NullMarked
package io.myriad.controller.endpoints;

import org.jspecify.annotations.NullMarked;
