/**
 * What the user sees: progress, tables, JSON.
 */
@NullMarked
package io.myriad.cli.terminal;

import org.jspecify.annotations.NullMarked;
