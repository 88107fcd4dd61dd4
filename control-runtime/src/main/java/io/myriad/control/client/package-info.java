/**
 * The API client: requests, answers, watches, credentials and the choice of a server. It knows paths, media types and
 * errors, not what objects mean; caches of objects live in {@code informer}.
 */
@NullMarked
package io.myriad.control.client;

import org.jspecify.annotations.NullMarked;
