/**
 * The myriad command: clusters on this machine, created, looked at and deleted.
 */
@NullMarked
package io.myriad.cli;

import org.jspecify.annotations.NullMarked;
