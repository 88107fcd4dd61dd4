/**
 * Every namespace has a service account named default.
 */
@NullMarked
package io.myriad.controller.serviceaccount;

import org.jspecify.annotations.NullMarked;
