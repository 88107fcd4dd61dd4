/**
 * What is particular to a kind: defaults and validation that the tables cannot say, status separation, immutable fields, selectable fields. One strategy a kind.
 */
@NullMarked
package io.myriad.apiserver.kind;

import org.jspecify.annotations.NullMarked;
