package io.myriad.apiserver.admission.webhook;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.selector.LabelSelector;
import io.myriad.apiserver.admission.AdmissionPlugin;
import io.myriad.apiserver.storage.ObjectLookup;

/** Decides which webhooks a write is for, and in which version they get its objects. Safe for any thread. */
final class Selection {
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

    Selection(ObjectLookup lookup, AdmittedObjects objects) {
        this.lookup = lookup;
        this.objects = objects;
    }

    /** Whether webhooks may be asked about a resource at all. */
    static boolean appliesTo(AdmissionPlugin.Attributes write) {
        return !EXEMPT.contains(write.resource().groupResource());
    }

    /** The version in which a webhook gets the write's objects; null when the write is not for it. */
    AdmittedObjects.@Nullable Version version(Webhook webhook, AdmissionPlugin.Attributes write) {
        AdmittedObjects.Version found = byRules(webhook, write);
        return found != null && inNamespace(webhook.namespaceSelector(), write)
                && labelled(webhook.objectSelector(), write) ? found : null;
    }

    private AdmittedObjects.@Nullable Version byRules(Webhook webhook, AdmissionPlugin.Attributes write) {
        boolean namespaced = !write.namespace().isEmpty() && !write.resource().groupResource().equals("namespaces");
        for (Rule rule : webhook.rules()) {
            if (rule.matches(write.operation(), write.resource(), write.subresource(), namespaced)) {
                return new AdmittedObjects.Version(write.resource(), write.kind());
            }
        }
        if (!webhook.equivalent()) {
            return null;
        }
        for (AdmittedObjects.Version other : objects.otherVersions(write.resource())) {
            for (Rule rule : webhook.rules()) {
                if (rule.matches(write.operation(), other.resource(), write.subresource(), namespaced)) {
                    return other;
                }
            }
        }
        return null;
    }

    private boolean inNamespace(LabelSelector selector, AdmissionPlugin.Attributes write) {
        if (selector.isEverything() || write.namespace().isEmpty()) {
            return true;
        }
        if (write.resource().groupResource().equals("namespaces") && write.object() != null) {
            return selector.matches(labels(write.object()));
        }
        ObjectNode namespace = lookup.cached(NAMESPACES, "", write.namespace());
        if (namespace == null) {
            namespace = lookup.current(NAMESPACES, "", write.namespace());
        }
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
