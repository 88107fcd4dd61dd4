/**
 * Publishes the API's certificate authorities to each namespace, where pods' projected volumes take them from.
 */
@NullMarked
package io.myriad.controller.rootca;

import org.jspecify.annotations.NullMarked;
