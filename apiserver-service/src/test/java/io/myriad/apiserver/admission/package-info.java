/** Tests of single admission plugins, over objects in memory. */
@NullMarked
package io.myriad.apiserver.admission;

import org.jspecify.annotations.NullMarked;
