/**
 * Label and field selectors: parsing, matching, and the requirements that indexes use.
 */
@NullMarked
package io.myriad.api.selector;

import org.jspecify.annotations.NullMarked;
