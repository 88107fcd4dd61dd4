package io.myriad.apiserver.admission;

import java.util.List;

import tools.jackson.databind.node.ObjectNode;

import io.myriad.apiserver.authentication.User;

/** Writes into a certificate signing request who made it. Always on: signers rely on it. */
final class CertificateRequester implements AdmissionPlugin {
    @Override
    public String name() {
        return "CertificateRequester";
    }

    @Override
    public void admit(Attributes attributes) {
        ObjectNode request = attributes.object();
        if (request == null || attributes.operation() != Operation.CREATE
                || !attributes.resource().groupResource().equals("certificatesigningrequests.certificates.k8s.io")) {
            return;
        }
        User user = attributes.user();
        ObjectNode spec = request.withObjectProperty("spec");
        spec.remove(List.of("uid", "groups", "extra"));
        spec.put("username", user.name());
        if (!user.uid().isEmpty()) {
            spec.put("uid", user.uid());
        }
        if (!user.groups().isEmpty()) {
            user.groups().forEach(spec.putArray("groups")::add);
        }
        if (!user.extra().isEmpty()) {
            ObjectNode extra = spec.putObject("extra");
            user.extra().forEach((key, values) -> values.forEach(extra.putArray(key)::add));
        }
    }
}
