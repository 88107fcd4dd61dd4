/**
 * What components serve on their secure port: whether they are well. Metrics are the management port's business.
 */
@NullMarked
package io.myriad.control.serving;

import org.jspecify.annotations.NullMarked;
