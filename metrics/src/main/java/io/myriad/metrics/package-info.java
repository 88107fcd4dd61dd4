/**
 * What every service tells of itself in the same way: its process, and the text of metrics as upstream's components write it, so that dashboards and rules made for them fit. What
 * else there is to count is each service's own business.
 */
@NullMarked
package io.myriad.metrics;

import org.jspecify.annotations.NullMarked;
