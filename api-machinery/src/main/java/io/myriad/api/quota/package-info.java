/**
 * What objects use of a namespace's quota, as pure functions of their trees. Who counts, refuses and writes it down is
 * not here.
 */
@NullMarked
package io.myriad.api.quota;

import org.jspecify.annotations.NullMarked;
