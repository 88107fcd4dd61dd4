/**
 * The user's kubeconfig file: which one it is, and how a cluster's entries come into it and out of it again without touching anything else.
 */
@NullMarked
package io.myriad.cli.kubeconfig;

import org.jspecify.annotations.NullMarked;
