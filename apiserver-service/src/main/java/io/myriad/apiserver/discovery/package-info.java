/**
 * The documents from which clients learn what is served: groups, versions and resources, one by one or all at once. Says
 * nothing of the objects' fields; that is openapi's part.
 */
@NullMarked
package io.myriad.apiserver.discovery;

import org.jspecify.annotations.NullMarked;
