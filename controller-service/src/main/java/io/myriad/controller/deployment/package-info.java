/**
 * Rolls out what a Deployment wants: one ReplicaSet per template, grown and shrunk within its limits. Pods are the
 * business of {@code replicaset}.
 */
@NullMarked
package io.myriad.controller.deployment;

import org.jspecify.annotations.NullMarked;
