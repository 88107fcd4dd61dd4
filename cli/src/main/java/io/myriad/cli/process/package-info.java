/**
 * Operating system processes that outlive the command: who they are, the supervisor that keeps them running, how they are stopped. What they run is decided elsewhere.
 */
@NullMarked
package io.myriad.cli.process;

import org.jspecify.annotations.NullMarked;
