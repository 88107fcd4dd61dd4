package io.myriad.apiserver.kind;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.value.Timestamps;

/**
 * Certificate signing requests. Their spec never changes; who made one is written by admission. The status belongs to
 * the signer, but for the decision, which only the approval subresource takes.
 */
final class SigningRequestStrategy implements Strategy {
    private static final Set<String> USAGES = Set.of("signing", "digital signature", "content commitment",
            "key encipherment", "key agreement", "data encipherment", "cert sign", "crl sign", "encipher only",
            "decipher only", "any", "server auth", "client auth", "code signing", "email protection", "s/mime",
            "ipsec end system", "ipsec tunnel", "ipsec user", "timestamping", "ocsp signing", "microsoft sgc",
            "netscape sgc");
    private static final Set<String> DECISIONS = Set.of("Approved", "Denied");

    private final InstantSource clock;

    SigningRequestStrategy(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void prepareForCreate(ObjectNode request) {
        request.remove("status");
    }

    @Override
    public void prepareForUpdate(Target target, ObjectNode request, ObjectNode old) {
        Defaults.keep(request, old, "spec");
        switch (target) {
            case MAIN -> Defaults.keep(request, old, "status");
            case STATUS -> {
                ObjectNode status = Defaults.object(request, "status");
                ArrayNode conditions = JsonNodeFactory.instance.arrayNode();
                // Decisions stay as they are, and where they are.
                for (JsonNode condition : old.path("status").path("conditions")) {
                    if (isDecision(condition)) {
                        conditions.add(condition);
                    }
                }
                for (JsonNode condition : status.path("conditions")) {
                    if (condition instanceof ObjectNode object && !isDecision(object)) {
                        conditions.add(stamped(object, old.path("status").path("conditions")));
                    }
                }
                if (conditions.isEmpty()) {
                    status.remove("conditions");
                } else {
                    status.set("conditions", conditions);
                }
            }
        }
    }

    private static boolean isDecision(JsonNode condition) {
        return DECISIONS.contains(condition.path("type").stringValue(""));
    }

    private ObjectNode stamped(ObjectNode condition, JsonNode before) {
        String now = Timestamps.format(clock.instant().truncatedTo(ChronoUnit.SECONDS));
        Defaults.text(condition, "lastUpdateTime", now);
        if (Defaults.absent(condition, "lastTransitionTime")) {
            String since = now;
            for (JsonNode other : before) {
                if (other.path("type").equals(condition.path("type"))
                        && other.path("status").equals(condition.path("status"))) {
                    since = other.path("lastTransitionTime").stringValue(now);
                }
            }
            condition.put("lastTransitionTime", since);
        }
        return condition;
    }

    @Override
    public List<FieldError> validateCreate(ObjectNode request) {
        List<FieldError> errors = new ArrayList<>();
        Check spec = Check.of(request, errors).at("spec");
        Check usages = spec.at("usages");
        if (usages.empty()) {
            usages.required("usages must be non-empty");
        }
        usages.items(usage -> usage.oneOf(USAGES));
        Check pem = spec.at("request");
        if (!Certificates.decoded(pem.text()).contains("-----BEGIN CERTIFICATE REQUEST-----")) {
            pem.add(FieldError.invalid(pem.path(), "", "PEM block type must be CERTIFICATE REQUEST"));
        }
        Check signer = spec.at("signerName").required();
        if (signer.is("kubernetes.io/legacy-unknown")) {
            signer.invalid("the legacy signerName is not allowed via this API version");
        } else if (!signer.empty()) {
            CertificateKinds.signer(signer);
        }
        Check seconds = spec.at("expirationSeconds");
        if (seconds.present() && seconds.number() < 600) {
            seconds.invalid("may not specify a duration less than 600 seconds (10 minutes)");
        }
        return errors;
    }

    @Override
    public List<FieldError> validateUpdate(Target target, ObjectNode request, ObjectNode old) {
        return target == Target.MAIN ? validateCreate(request) : List.of();
    }

    @Override
    public NameRule nameRule() {
        return NameRule.PATH_SEGMENT;
    }

    @Override
    public Set<String> resetFields(Target target) {
        return target == Target.MAIN ? Set.of("spec", "status") : Set.of("spec");
    }

    @Override
    public Map<String, List<String>> selectableFields() {
        return Map.of("spec.signerName", List.of("spec", "signerName"));
    }

    @Override
    public boolean selectableByNamespace() {
        return false;
    }
}
