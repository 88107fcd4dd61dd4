/**
 * Simulated kubelets: what they know of their nodes and pods, when they do what, and the objects they write. One thread
 * drives all nodes; time is an argument and the API an interface. Sockets and processes are not here.
 */
@NullMarked
package io.myriad.hollow.core;

import org.jspecify.annotations.NullMarked;
