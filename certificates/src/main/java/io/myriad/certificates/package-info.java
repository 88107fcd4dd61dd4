/**
 * Certificate authorities and the certificates they sign, as PEM. What a certificate is used for is decided elsewhere.
 */
@NullMarked
package io.myriad.certificates;

import org.jspecify.annotations.NullMarked;
