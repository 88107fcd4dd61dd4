/**
 * Replays recorded requests of the real API server against ours and compares the normalised answers. The recordings and
 * their format are described in {@code docs/compatibility.md}.
 */
@NullMarked
package io.myriad.apiserver.golden;

import org.jspecify.annotations.NullMarked;
