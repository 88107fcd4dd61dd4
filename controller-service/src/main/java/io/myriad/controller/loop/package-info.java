/**
 * What all controllers have in common: a queue per term of leadership, workers, reading one's own writes. What a
 * controller wants and does is in its own package.
 */
@NullMarked
package io.myriad.controller.loop;

import org.jspecify.annotations.NullMarked;
