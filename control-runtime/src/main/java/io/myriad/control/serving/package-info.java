/**
 * What components serve on their secure port, as upstream's do: whether they are well, to everybody, and their metrics, to whom the API server allows it.
 */
@NullMarked
package io.myriad.control.serving;

import org.jspecify.annotations.NullMarked;
