/**
 * Objects that a fresh server makes for itself: namespaces, roles and bindings, priority classes, services.
 */
@NullMarked
package io.myriad.apiserver.bootstrap;

import org.jspecify.annotations.NullMarked;
