/**
 * For a service in a pod: which of its replicas has the role is told to the cluster around it, in a ConfigMap, and in {@code /actuator/info}. It is for people and dashboards alone;
 * who may write is decided by the Lease in Myriad's own API. A service knows nothing of this package, and it is on no class path outside of a pod.
 */
@NullMarked
package io.myriad.roles;

import org.jspecify.annotations.NullMarked;
