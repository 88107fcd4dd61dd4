/**
 * What every client of the API server shares. Each part has its package below; this one holds nothing but this sentence's promise of no Spring.
 */
@NullMarked
package io.myriad.control;

import org.jspecify.annotations.NullMarked;
