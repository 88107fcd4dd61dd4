/**
 * What controllers keep of the objects they watch: small immutable values, and the informers that hold them. Reading
 * only; nothing here decides or writes.
 */
@NullMarked
package io.myriad.controller.model;

import org.jspecify.annotations.NullMarked;
