package io.myriad.apiserver.kind;

import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

import io.myriad.api.value.Names;

/** The kinds of the certificates group besides signing requests. */
final class CertificateKinds {
    private static final long MIN_SECONDS = 3600;
    private static final long MAX_SECONDS = 91L * 24 * 3600;
    private static final int MAX_PROOF_BYTES = 10 * 1024;

    private CertificateKinds() {}

    static Strategy trustBundle() {
        return DeclaredStrategy.plain().rules(check -> {
            Check spec = check.at("spec");
            Check name = check.at("metadata").at("name");
            Check signer = spec.at("signerName");
            if (signer.empty()) {
                if (name.text().indexOf(':') >= 0) {
                    name.invalid("ClusterTrustBundle without signer name must not have \":\" in its name");
                }
            } else {
                signer(signer);
                String prefix = signer.text().replace('/', ':') + ":";
                if (!name.text().startsWith(prefix)) {
                    name.invalid("ClusterTrustBundle for signerName " + signer.text() + " must be named with prefix "
                            + prefix);
                }
            }
            if (Certificates.count(spec.at("trustBundle").text()) == 0) {
                spec.at("trustBundle").on(spec.at("trustBundle").value())
                        .invalid("must be PEM blocks of type CERTIFICATE, at least one");
            }
        }).updateRules((check, old) -> check.at("spec").at("signerName").unchanged(old.path("spec").path("signerName")))
                .selectable(Map.of("spec.signerName", List.of("spec", "signerName"))).named(NameRule.PATH_SEGMENT);
    }

    static void signer(Check signer) {
        if (!signer.text().matches("[a-z0-9]([-a-z0-9.]*[a-z0-9])?/.+")) {
            signer.invalid("must be a fully qualified domain and path of the form \"example.com/signer-name\"");
        }
    }

    static Strategy podCertificateRequest() {
        return DeclaredStrategy.withStatus().statusKeepsMetadata().rules(check -> {
            Check spec = check.at("spec");
            Check signer = spec.at("signerName").required();
            if (!signer.empty()) {
                signer(signer);
            }
            for (String field : new String[]{"podName", "serviceAccountName", "nodeName"}) {
                spec.at(field).on(presentText(spec.at(field))).matches(Names::dns1123Subdomain);
            }
            for (String field : new String[]{"podUID", "serviceAccountUID", "nodeUID"}) {
                Check uid = spec.at(field);
                if (uid.empty()) {
                    uid.invalid("must not be empty");
                } else if (uid.text().length() > 128) {
                    uid.invalid("must be at most 128 bytes long");
                }
            }
            Check seconds = spec.at("maxExpirationSeconds");
            if (seconds.present() && (seconds.number() < MIN_SECONDS || seconds.number() > MAX_SECONDS)) {
                seconds.invalid("must be in the range [" + MIN_SECONDS + ", " + MAX_SECONDS + "]");
            }
            proof(spec);
        }).updateRules((check, old) -> check.at("spec").unchanged(old.path("spec"))).defaults(request -> {
            if (request.path("spec") instanceof ObjectNode spec) {
                Defaults.number(spec, "maxExpirationSeconds", 86_400);
            }
        }).selectable(Map.of("spec.signerName", List.of("spec", "signerName"), "spec.podName",
                List.of("spec", "podName"), "spec.nodeName", List.of("spec", "nodeName"))).notSelectableByNamespace();
    }

    /** The key is proved either by a stub of a request that it signed, or by a signature over the pod's uid. */
    private static void proof(Check spec) {
        boolean stub = !spec.at("stubPKCS10Request").empty();
        boolean key = !spec.at("pkixPublicKey").empty();
        boolean possession = !spec.at("proofOfPossession").empty();
        if (stub == (key || possession) || !stub && key != possession) {
            spec.invalid("exactly one of stubPKCS10Request, or pkixPublicKey and proofOfPossession must be specified");
        }
        for (String field : new String[]{"stubPKCS10Request", "pkixPublicKey", "proofOfPossession"}) {
            if (Certificates.decoded(spec.at(field).text()).length() > MAX_PROOF_BYTES) {
                spec.at(field).invalid("must be at most " + MAX_PROOF_BYTES + " bytes long");
            }
        }
    }

    /** A missing text is checked as an empty one. */
    private static JsonNode presentText(Check check) {
        return StringNode.valueOf(check.text());
    }
}
