/**
 * The HTTP surface: server, routing, content negotiation, request and response streams.
 */
@NullMarked
package io.myriad.apiserver.http;

import org.jspecify.annotations.NullMarked;
