/**
 * Empties namespaces that are being deleted, says what holds them up, and lets them go when nothing is left.
 */
@NullMarked
package io.myriad.controller.namespace;

import org.jspecify.annotations.NullMarked;
