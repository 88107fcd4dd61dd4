/** Tests of webhooks, against HTTPS servers in this process. */
@NullMarked
package io.myriad.apiserver.admission.webhook;

import org.jspecify.annotations.NullMarked;
