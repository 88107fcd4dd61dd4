/**
 * The API's nouns: groups, versions, kinds, resources, and the Status that answers carry. No I/O and no Spring below here.
 */
@NullMarked
package io.myriad.api;

import org.jspecify.annotations.NullMarked;
