/**
 * What a cluster consists of: its services and their flags, its processes, ports, directory, certificates. How processes are kept running is decided elsewhere.
 */
@NullMarked
package io.myriad.cli.cluster;

import org.jspecify.annotations.NullMarked;
