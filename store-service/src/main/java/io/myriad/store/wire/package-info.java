/**
 * Protocol-buffer wire format by hand, for the paths where building message objects would cost more than the work itself. No message of any protocol lives
 * here: those who know the fields do the reading and writing with these parts.
 */
@NullMarked
package io.myriad.store.wire;

import org.jspecify.annotations.NullMarked;
