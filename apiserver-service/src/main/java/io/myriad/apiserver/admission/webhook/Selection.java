package io.myriad.apiserver.admission.webhook;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.selector.LabelSelector;
import io.myriad.apiserver.admission.AdmissionPlugin;
import io.myriad.apiserver.storage.ObjectLookup;

/** Decides which webhooks and policies a write is for, and in which version they get its objects. Safe for any thread. */
public final class Selection {
    private static final GroupVersionResource NAMESPACES = new GroupVersionResource("", "v1", "namespaces");
    /** Whoever could refuse these could not be removed any more. */
    private static final Set<String> EXEMPT = Set.of(
            "validatingwebhookconfigurations.admissionregistration.k8s.io",
            "mutatingwebhookconfigurations.admissionregistration.k8s.io",
            "validatingadmissionpolicies.admissionregistration.k8s.io",
            "validatingadmissionpolicybindings.admissionregistration.k8s.io",
            "mutatingadmissionpolicies.admissionregistration.k8s.io",
            "mutatingadmissionpolicybindings.admissionregistration.k8s.io");

    private final ObjectLookup lookup;
    private final AdmittedObjects objects;

    public Selection(ObjectLookup lookup, AdmittedObjects objects) {
        this.lookup = lookup;
        this.objects = objects;
    }

    /** Whether webhooks may be asked about a resource at all. */
    static boolean appliesTo(AdmissionPlugin.Attributes write) {
        return !EXEMPT.contains(write.resource().groupResource());
    }

    /** The version in which a webhook or a policy gets the write's objects; null when the write is not for it. */
    public AdmittedObjects.@Nullable Version version(MatchConstraints constraints, AdmissionPlugin.Attributes write) {
        AdmittedObjects.Version found = byRules(constraints.rules(), constraints.equivalent(), write);
        return found != null && inNamespace(constraints.namespaceSelector(), write)
                && labelled(constraints.objectSelector(), write)
                && byRules(constraints.excluded(), constraints.equivalent(), write) == null ? found : null;
    }

    /** Whether a binding, which need not have rules, is for a write. */
    public boolean isFor(MatchConstraints constraints, AdmissionPlugin.Attributes write) {
        return (constraints.rules().isEmpty() || byRules(constraints.rules(), constraints.equivalent(), write) != null)
                && inNamespace(constraints.namespaceSelector(), write)
                && labelled(constraints.objectSelector(), write)
                && byRules(constraints.excluded(), constraints.equivalent(), write) == null;
    }

    private AdmittedObjects.@Nullable Version byRules(List<Rule> rules, boolean equivalent,
            AdmissionPlugin.Attributes write) {
        boolean namespaced = !write.namespace().isEmpty() && !write.resource().groupResource().equals("namespaces");
        AdmittedObjects.Version own = new AdmittedObjects.Version(write.resource(), write.kind());
        if (matches(rules, own, write, namespaced)) {
            return own;
        }
        if (rules.isEmpty() || !equivalent) {
            return null;
        }
        for (AdmittedObjects.Version other : objects.otherVersions(write.resource())) {
            if (matches(rules, other, write, namespaced)) {
                return other;
            }
        }
        return null;
    }

    private static boolean matches(List<Rule> rules, AdmittedObjects.Version version, AdmissionPlugin.Attributes write,
            boolean namespaced) {
        for (Rule rule : rules) {
            if (rule.matches(write.operation(), version.resource(), write.subresource(), write.name(), namespaced)) {
                return true;
            }
        }
        return false;
    }

    /** The namespace of this name, or null. */
    public @Nullable ObjectNode namespace(String name) {
        ObjectNode namespace = lookup.cached(NAMESPACES, "", name);
        return namespace != null ? namespace : lookup.current(NAMESPACES, "", name);
    }

    private boolean inNamespace(LabelSelector selector, AdmissionPlugin.Attributes write) {
        if (selector.isEverything() || write.namespace().isEmpty()) {
            return true;
        }
        if (write.resource().groupResource().equals("namespaces") && write.object() != null) {
            return selector.matches(labels(write.object()));
        }
        ObjectNode namespace = namespace(write.namespace());
        return selector.matches(namespace == null ? Map.of() : labels(namespace));
    }

    private static boolean labelled(LabelSelector selector, AdmissionPlugin.Attributes write) {
        return selector.isEverything() || write.object() != null && selector.matches(labels(write.object()))
                || write.oldObject() != null && selector.matches(labels(write.oldObject()));
    }

    private static Map<String, String> labels(JsonNode object) {
        Map<String, String> labels = new HashMap<>();
        object.path("metadata").path("labels").forEachEntry((key, value) -> labels.put(key, value.asString("")));
        return labels;
    }
}
