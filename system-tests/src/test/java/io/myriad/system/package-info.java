/**
 * Clusters made by the command as a user makes them, used through an ordinary client, and hurt on purpose. Nothing here uses
 * a class of the product.
 */
@NullMarked
package io.myriad.system;

import org.jspecify.annotations.NullMarked;
