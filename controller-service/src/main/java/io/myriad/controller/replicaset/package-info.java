/**
 * Keeps as many pods as a ReplicaSet or ReplicationController wants. Which template a Deployment wants is decided in
 * {@code deployment}.
 */
@NullMarked
package io.myriad.controller.replicaset;

import org.jspecify.annotations.NullMarked;
