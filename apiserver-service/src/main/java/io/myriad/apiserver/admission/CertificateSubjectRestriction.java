package io.myriad.apiserver.admission;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.Status;
import io.myriad.api.StatusException;

/** Nobody asks the API server's own signer for a certificate of the group that may do everything. */
final class CertificateSubjectRestriction implements AdmissionPlugin {
    private static final String SIGNER = "kubernetes.io/kube-apiserver-client";
    private static final String GROUP = "system:masters";

    @Override
    public String name() {
        return "CertificateSubjectRestriction";
    }

    @Override
    public void validate(Attributes attributes) {
        ObjectNode request = attributes.object();
        if (request == null || attributes.operation() != Operation.CREATE
                || !attributes.resource().groupResource().equals("certificatesigningrequests.certificates.k8s.io")
                || !request.path("spec").path("signerName").asString("").equals(SIGNER)) {
            return;
        }
        if (asksForGroup(request.path("spec").path("request").asString(""))) {
            throw new StatusException(Status.forbidden(attributes.resource().groupResource(), attributes.name(),
                    "use of " + SIGNER + " signer with " + GROUP + " group is not allowed"));
        }
    }

    private static boolean asksForGroup(String base64) {
        try (PEMParser parser = new PEMParser(
                new StringReader(new String(Base64.getDecoder().decode(base64), StandardCharsets.ISO_8859_1)))) {
            if (!(parser.readObject() instanceof PKCS10CertificationRequest parsed)) {
                return false;
            }
            for (RDN organization : parsed.getSubject().getRDNs(BCStyle.O)) {
                if (IETFUtils.valueToString(organization.getFirst().getValue()).equals(GROUP)) {
                    return true;
                }
            }
            return false;
        } catch (IOException | IllegalArgumentException unreadable) {
            // The kind's own validation has refused what is no request.
            return false;
        }
    }
}
