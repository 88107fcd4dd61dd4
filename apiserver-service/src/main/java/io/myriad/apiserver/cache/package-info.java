/**
 * The watch cache: one per resource, an ordered snapshot, a ring of recent events, and indexes; lock-free readers behind one writer.
 */
@NullMarked
package io.myriad.apiserver.cache;

import org.jspecify.annotations.NullMarked;
