/**
 * Random objects for the tests and benchmarks of every module. Nothing that serves a request uses this.
 */
@NullMarked
package io.myriad.api.testing;

import org.jspecify.annotations.NullMarked;
