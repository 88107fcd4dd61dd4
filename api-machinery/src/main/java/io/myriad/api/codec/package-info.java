/**
 * Objects between JSON, tree, YAML and protobuf, driven by the schema tables, and readers that pick fields out of the bytes without decoding the rest.
 */
@NullMarked
package io.myriad.api.codec;

import org.jspecify.annotations.NullMarked;
