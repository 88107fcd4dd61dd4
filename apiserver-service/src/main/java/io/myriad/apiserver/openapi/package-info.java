/**
 * The API described for clients: OpenAPI v2 and v3 documents from the schema and operation tables. What is served, and to
 * whom, is decided elsewhere.
 */
@NullMarked
package io.myriad.apiserver.openapi;

import org.jspecify.annotations.NullMarked;
