/**
 * What the API does with a resource: create, get, list, watch, update, patch, delete and the generic subresources, over strategies, admission and storage.
 */
@NullMarked
package io.myriad.apiserver.registry;

import org.jspecify.annotations.NullMarked;
