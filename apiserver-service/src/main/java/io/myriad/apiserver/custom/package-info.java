/**
 * Custom resource definitions and what they define: validation of definitions, their conditions, the resources that
 * they add to the catalog, and what becomes of objects when a definition goes. Reading and writing custom resources is
 * the registry's, as for any kind; schemas are {@code io.myriad.api.custom}.
 */
@NullMarked
package io.myriad.apiserver.custom;

import org.jspecify.annotations.NullMarked;
