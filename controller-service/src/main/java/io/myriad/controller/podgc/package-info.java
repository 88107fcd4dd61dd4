/**
 * Removes pods that nobody else will: of nodes that are gone, ended ones beyond a number, and those being deleted that no
 * node ever had.
 */
@NullMarked
package io.myriad.controller.podgc;

import org.jspecify.annotations.NullMarked;
