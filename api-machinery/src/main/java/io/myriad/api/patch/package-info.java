/**
 * JSON patch, JSON merge patch and strategic merge patch over trees.
 */
@NullMarked
package io.myriad.api.patch;

import org.jspecify.annotations.NullMarked;
