/**
 * The schema of a custom resource definition, compiled: its type for apply and patches, and what it does to objects
 * (pruning, defaults, validation). Pure; the rules in CEL and the definition's own lifecycle live in the API server.
 */
@NullMarked
package io.myriad.api.custom;

import org.jspecify.annotations.NullMarked;
