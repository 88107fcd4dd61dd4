/**
 * Admission policies: conditions in CEL that writes must meet. Policies, what binds them and what they are parametrised with
 * are objects; what a write is for is decided as for webhooks.
 */
@NullMarked
package io.myriad.apiserver.admission.policy;

import org.jspecify.annotations.NullMarked;
