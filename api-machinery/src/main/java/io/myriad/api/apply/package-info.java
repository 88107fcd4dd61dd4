/**
 * Server-side apply: field sets, managed fields, merge and conflicts.
 */
@NullMarked
package io.myriad.api.apply;

import org.jspecify.annotations.NullMarked;
