package io.myriad.apiserver.admission.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.apiserver.admission.AdmissionPlugin;
import io.myriad.apiserver.admission.webhook.AdmittedObjects;
import io.myriad.apiserver.admission.webhook.Review;
import io.myriad.apiserver.admission.webhook.Selection;
import io.myriad.apiserver.authorization.Authorizer;
import io.myriad.apiserver.custom.cel.AdmissionExpression;
import io.myriad.apiserver.custom.cel.AuthorizerFunctions;
import io.myriad.apiserver.storage.ObjectLookup;

/** Lets policies refuse writes, or warn of them. Texts and codes are upstream's; there is no audit log to write to. */
public final class ValidatingPolicies implements AdmissionPlugin {
    /** Whoever could refuse these could not be removed any more. */
    private static final Set<String> EXEMPT = Set.of("validatingadmissionpolicies.admissionregistration.k8s.io",
            "validatingadmissionpolicybindings.admissionregistration.k8s.io",
            "mutatingadmissionpolicies.admissionregistration.k8s.io",
            "mutatingadmissionpolicybindings.admissionregistration.k8s.io");

    /** A refusal: its text without the object, and its reason. */
    private record Denied(String text, StatusReason reason) {}

    private final Supplier<List<Policy>> policies;
    private final Supplier<List<Binding>> bindings;
    private final Selection selection;
    private final AdmittedObjects objects;
    private final Parameters parameters;
    private final Authorizer authorizer;

    /**
     * @param policies all policies
     * @param bindings all bindings
     * @param lookup finds namespaces and parameters
     * @param objects what is served, and in which versions
     * @param authorizer answers what expressions ask
     */
    public ValidatingPolicies(Supplier<List<Policy>> policies, Supplier<List<Binding>> bindings, ObjectLookup lookup,
            AdmittedObjects objects, Authorizer authorizer) {
        this.authorizer = authorizer;
        this.policies = policies;
        this.bindings = bindings;
        this.selection = new Selection(lookup, objects);
        this.objects = objects;
        this.parameters = new Parameters(lookup, objects);
    }

    @Override
    public String name() {
        return "ValidatingAdmissionPolicy";
    }

    @Override
    public void validate(Attributes write) {
        List<Policy> known = policies.get();
        if (known.isEmpty() || EXEMPT.contains(write.resource().groupResource())) {
            return;
        }
        List<Binding> all = bindings.get();
        List<Denied> denied = new ArrayList<>();
        for (Policy policy : known.stream().sorted(Comparator.comparing(Policy::name)).toList()) {
            List<Binding> own = all.stream().filter(binding -> binding.policy().equals(policy.name()))
                    .sorted(Comparator.comparing(Binding::name)).toList();
            AdmittedObjects.Version version = own.isEmpty() ? null : selection.version(policy.constraints(), write);
            if (version != null) {
                evaluate(policy, own, write, version, denied);
            }
        }
        if (!denied.isEmpty()) {
            throw refusal(write, denied.getFirst());
        }
    }

    private void evaluate(Policy policy, List<Binding> own, Attributes write, AdmittedObjects.Version version,
            List<Denied> denied) {
        Map<String, Object> inputs = null;
        for (Binding binding : own) {
            if (!selection.isFor(binding.constraints(), write)) {
                continue;
            }
            String names = "ValidatingAdmissionPolicy '" + policy.name() + "' with binding '" + binding.name() + "'";
            try {
                for (ObjectNode parameter : parameters.of(policy, binding, write)) {
                    inputs = inputs == null ? inputs(write, version) : inputs;
                    inputs.put("params", value(parameter));
                    for (Policy.Denial denial : policy.evaluate(inputs)) {
                        act(binding, names, denial, write, denied);
                    }
                }
            } catch (Parameters.Unusable unusable) {
                if (!policy.mayFail()) {
                    denied.add(new Denied(names + " denied request: failed to configure binding: "
                            + unusable.getMessage(), StatusReason.INVALID));
                }
            }
        }
    }

    private static void act(Binding binding, String names, Policy.Denial denial, Attributes write,
            List<Denied> denied) {
        if (binding.actions().contains("Deny")) {
            denied.add(new Denied(names + " denied request: " + denial.message(), denial.reason()));
        }
        if (binding.actions().contains("Warn")) {
            write.warnings().accept("Validation failed for " + names + ": " + denial.message());
        }
    }

    private Map<String, Object> inputs(Attributes write, AdmittedObjects.Version version) {
        ObjectNode object = in(version, write, write.object());
        ObjectNode old = in(version, write, write.oldObject());
        ObjectNode request = Review.request("", write, version, null, null);
        request.remove(List.of("uid", "object", "oldObject"));
        boolean inNamespace = !write.namespace().isEmpty() && !write.resource().groupResource().equals("namespaces");
        Map<String, Object> inputs = new HashMap<>(AuthorizerFunctions.variables(authorizer, write.user(),
                write.resource().group(), write.resource().resource(), write.subresource(), write.namespace(),
                write.name()));
        inputs.put("object", value(object));
        inputs.put("oldObject", value(old));
        inputs.put("request", value(request));
        inputs.put("namespaceObject", value(inNamespace ? selection.namespace(write.namespace()) : null));
        return inputs;
    }

    private @Nullable ObjectNode in(AdmittedObjects.Version version, Attributes write, @Nullable ObjectNode object) {
        AdmittedObjects.Version own = new AdmittedObjects.Version(write.resource(), write.kind());
        return object == null || version.resource().equals(own.resource())
                ? object
                : objects.converted(object, own, version);
    }

    private static Object value(@Nullable JsonNode node) {
        return AdmissionExpression.value(node == null ? JsonNodeFactory.instance.nullNode() : node);
    }

    private static StatusException refusal(Attributes write, Denied denied) {
        Status forbidden = Status.forbidden(write.resource().groupResource(), name(write), denied.text);
        Status.Details details = forbidden.details();
        Status.Details with = details == null
                ? null
                : new Status.Details(details.name(), details.group(), details.kind(), details.uid(),
                        List.of(new Status.Cause("", denied.text, "")), details.retryAfterSeconds());
        return new StatusException(
                new Status(denied.reason.code(), denied.reason, forbidden.message(), with));
    }

    /** The name is made later when the client leaves it to the server. */
    private static String name(Attributes write) {
        if (!write.name().isEmpty()) {
            return write.name();
        }
        JsonNode metadata = write.object() == null
                ? JsonNodeFactory.instance.missingNode()
                : write.object().path("metadata");
        String name = metadata.path("name").asString(metadata.path("generateName").asString(""));
        return name.isEmpty() ? "Unknown" : name;
    }
}
