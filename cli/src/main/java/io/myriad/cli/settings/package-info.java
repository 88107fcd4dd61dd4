/**
 * What a user can set for a cluster, and where it comes from: flags, MYRIAD_* variables, a file, defaults. What a setting does is decided elsewhere.
 */
@NullMarked
package io.myriad.cli.settings;

import org.jspecify.annotations.NullMarked;
