package io.myriad.apiserver.authentication;

import tools.jackson.databind.node.ObjectNode;

/** Answers the {@code token} subresource of service accounts. */
public interface TokenIssuer {
    /**
     * Issues a token for a service account.
     *
     * @param request a valid, defaulted TokenRequest; its {@code status} is filled in
     * @param account the ServiceAccount
     */
    void issue(ObjectNode request, ObjectNode account);
}
