/** Programs that a measurement starts, and what they use of the machine. */
@NullMarked
package io.myriad.benchmarks.processes;

import org.jspecify.annotations.NullMarked;
