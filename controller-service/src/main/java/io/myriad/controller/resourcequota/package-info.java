/** Counts again what namespaces use of their quotas. Admission counts while objects are written; this sets it right. */
@NullMarked
package io.myriad.controller.resourcequota;

import org.jspecify.annotations.NullMarked;
