/**
 * Deletes what has no owner any more. A graph of owners and dependents over every resource that can be deleted decides;
 * the decisions are carried out with preconditions, so that a stale graph does no harm.
 */
@NullMarked
package io.myriad.controller.garbagecollector;

import org.jspecify.annotations.NullMarked;
