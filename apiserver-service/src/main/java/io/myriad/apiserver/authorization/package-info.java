/**
 * What a user may do: RBAC, the node authorizer, and what answers reviews.
 */
@NullMarked
package io.myriad.apiserver.authorization;

import org.jspecify.annotations.NullMarked;
