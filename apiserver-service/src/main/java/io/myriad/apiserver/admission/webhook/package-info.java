/**
 * Admission by webhooks: which of them a write is for, the calls, and what their answers change or refuse. The plugins run
 * in the chain of {@code io.myriad.apiserver.admission}; how objects of several versions are converted is the registry's.
 */
@NullMarked
package io.myriad.apiserver.admission.webhook;

import org.jspecify.annotations.NullMarked;
