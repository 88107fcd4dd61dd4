/**
 * Who sends a request: client certificates, bearer tokens, service account tokens, impersonation.
 */
@NullMarked
package io.myriad.apiserver.authentication;

import org.jspecify.annotations.NullMarked;
