/**
 * Leader election on a Lease object, compatible with client-go's. What leaders do is decided by whoever elects.
 */
@NullMarked
package io.myriad.control.election;

import org.jspecify.annotations.NullMarked;
