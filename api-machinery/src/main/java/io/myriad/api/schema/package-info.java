/**
 * The schema tables of the built-in API (types, fields, protobuf numbers, resources, operations), loaded once. What they say is data; what acts on it lives in the packages beside this one.
 */
@NullMarked
package io.myriad.api.schema;

import org.jspecify.annotations.NullMarked;
