/** The store's page file: what taking and giving up pages costs in files of different lengths. The command is {@code benchmarks/page-allocator}. */
@NullMarked
package io.myriad.benchmarks.pages;

import org.jspecify.annotations.NullMarked;
