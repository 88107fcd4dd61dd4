package io.myriad.apiserver.admission;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.authorization.Authorizer;
import io.myriad.certificates.KeyPairs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CertificateAdmissionTest {
    private static final GroupVersionResource REQUESTS = new GroupVersionResource("certificates.k8s.io", "v1",
            "certificatesigningrequests");
    private static final ObjectNode OLD = Objects.json("""
            {"spec": {"signerName": "example.com/s"}, "status": {}}""");

    private static AdmissionPlugin.Attributes write(AdmissionPlugin.Operation operation, String subresource,
            ObjectNode object) {
        return new AdmissionPlugin.Attributes(operation, REQUESTS,
                new GroupVersionKind("certificates.k8s.io", "v1", "CertificateSigningRequest"), subresource, "", "r",
                new User("alice", "u1", List.of("devs"), Map.of("k", List.of("v"))), object,
                operation == AdmissionPlugin.Operation.CREATE ? null : OLD, false, warning -> {});
    }

    /** Allows {@code verb name} pairs. */
    private static Authorizer allowing(Set<String> pairs) {
        return new Authorizer() {
            @Override
            public Decision authorize(Attributes attributes) {
                return new Decision(pairs.contains(attributes.verb() + " " + attributes.name()), "", "");
            }

            @Override
            public List<Rule> rulesFor(User user, String namespace) {
                return List.of();
            }
        };
    }

    @Test
    void approvingNeedsARightOnTheSigner() {
        ObjectNode approved = Objects.json("{\"status\": {\"conditions\": [{\"type\": \"Approved\"}]}}");
        AdmissionPlugin.Attributes write = write(AdmissionPlugin.Operation.UPDATE, "approval", approved);
        assertThatThrownBy(() -> CertificateRights.toApprove(allowing(Set.of("sign example.com/s"))).validate(write))
                .hasMessageContaining("user not permitted to approve requests with signerName \"example.com/s\"");
        CertificateRights.toApprove(allowing(Set.of("approve example.com/s"))).validate(write);
        CertificateRights.toApprove(allowing(Set.of("approve example.com/*"))).validate(write);
    }

    @Test
    void onlySigningIsSigning() {
        CertificateRights plugin = CertificateRights.toSign(allowing(Set.of()));
        plugin.validate(write(AdmissionPlugin.Operation.UPDATE, "status", Objects.json("{\"status\": {}}")));
        assertThatThrownBy(() -> plugin.validate(write(AdmissionPlugin.Operation.UPDATE, "status",
                Objects.json("{\"status\": {\"certificate\": \"YQ==\"}}"))))
                .hasMessageContaining("not permitted to sign");
    }

    @Test
    void whoAsksIsWrittenDownByTheServer() {
        ObjectNode request = Objects.json("{\"spec\": {\"username\": \"root\", \"groups\": [\"system:masters\"]}}");
        new CertificateRequester().admit(write(AdmissionPlugin.Operation.CREATE, "", request));
        assertThat(request.path("spec")).isEqualTo(Objects.json("""
                {"username": "alice", "uid": "u1", "groups": ["devs"], "extra": {"k": ["v"]}}"""));
    }

    @Test
    void nobodyAsksForTheGroupThatMayDoEverything() throws Exception {
        CertificateSubjectRestriction plugin = new CertificateSubjectRestriction();
        assertThatThrownBy(() -> plugin.validate(asking("O=system:masters,CN=x"))).hasMessageContaining("not allowed");
        plugin.validate(asking("O=devs,CN=x"));
    }

    private static AdmissionPlugin.Attributes asking(String subject) throws IOException, OperatorCreationException {
        KeyPair keys = KeyPairs.generate();
        java.io.StringWriter pem = new java.io.StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(pem)) {
            writer.writeObject(new JcaPKCS10CertificationRequestBuilder(new X500Principal(subject), keys.getPublic())
                    .build(new JcaContentSignerBuilder(
                            keys.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA")
                            .build(keys.getPrivate())));
        }
        ObjectNode request = Objects.json("{\"spec\": {\"signerName\": \"kubernetes.io/kube-apiserver-client\"}}");
        request.withObjectProperty("spec").put("request",
                Base64.getEncoder().encodeToString(pem.toString().getBytes(StandardCharsets.US_ASCII)));
        return write(AdmissionPlugin.Operation.CREATE, "", request);
    }
}
