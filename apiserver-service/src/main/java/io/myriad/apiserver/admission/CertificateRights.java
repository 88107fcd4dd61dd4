package io.myriad.apiserver.admission;

import java.util.Objects;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.apiserver.authorization.Authorizer;

/**
 * Who writes to certificate signing requests of a signer needs a right on that signer besides the one on the request: to
 * {@code approve} or to {@code sign}, for the signer's name or its whole domain ({@code example.com/*}).
 */
final class CertificateRights implements AdmissionPlugin {
    private static final String GROUP = "certificates.k8s.io";

    private final String name;
    private final String verb;
    private final String subresource;
    private final Authorizer authorizer;

    private CertificateRights(String name, String verb, String subresource, Authorizer authorizer) {
        this.name = name;
        this.verb = verb;
        this.subresource = subresource;
        this.authorizer = authorizer;
    }

    static CertificateRights toApprove(Authorizer authorizer) {
        return new CertificateRights("CertificateApproval", "approve", "approval", authorizer);
    }

    static CertificateRights toSign(Authorizer authorizer) {
        return new CertificateRights("CertificateSigning", "sign", "status", authorizer);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void validate(Attributes attributes) {
        ObjectNode request = attributes.object();
        ObjectNode old = attributes.oldObject();
        if (request == null || old == null || !attributes.subresource().equals(subresource)
                || !attributes.resource().groupResource().equals("certificatesigningrequests." + GROUP)) {
            return;
        }
        boolean signs = !Objects.equals(request.path("status").path("certificate"),
                old.path("status").path("certificate"))
                || !same(request.path("status").path("conditions"), old.path("status").path("conditions"));
        if (verb.equals("sign") && !signs) {
            return;
        }
        String signer = old.path("spec").path("signerName").asString("");
        if (!allowed(attributes, signer) && !allowed(attributes, signer.replaceFirst("/.*", "/*"))) {
            throw new StatusException(Status.forbidden(attributes.resource().groupResource(), attributes.name(),
                    "user not permitted to " + verb + " requests with signerName \"" + signer + "\""));
        }
    }

    private static boolean same(JsonNode one, JsonNode other) {
        return one.isEmpty() && other.isEmpty() || one.equals(other);
    }

    private boolean allowed(Attributes attributes, String signer) {
        return authorizer.authorize(new Authorizer.Attributes(attributes.user(), verb, "", GROUP, "*", "signers", "",
                signer, "", "")).allowed();
    }
}
