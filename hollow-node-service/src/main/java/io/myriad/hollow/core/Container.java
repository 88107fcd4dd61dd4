package io.myriad.hollow.core;

/**
 * A container of a pod.
 *
 * @param sidecar whether it is an init container that keeps running
 */
record Container(String name, String image, boolean sidecar) {}
