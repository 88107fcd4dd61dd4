/**
 * Events, the API's notes for people about what happened to an object: counted, combined and sent in the background.
 */
@NullMarked
package io.myriad.control.events;

import org.jspecify.annotations.NullMarked;
