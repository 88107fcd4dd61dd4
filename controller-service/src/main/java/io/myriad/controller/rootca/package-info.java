/**
 * Every namespace has the certificate authority that its pods check the API server with.
 */
@NullMarked
package io.myriad.controller.rootca;

import org.jspecify.annotations.NullMarked;
