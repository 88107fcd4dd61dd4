package io.myriad.apiserver.admission.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.selector.LabelSelector;
import io.myriad.apiserver.admission.AdmissionPlugin;
import io.myriad.apiserver.admission.webhook.AdmittedObjects;
import io.myriad.apiserver.storage.ObjectLookup;

/** Finds the objects with which policies are parametrised. Texts are upstream's. Safe for any thread. */
final class Parameters {
    /** A binding cannot be used as it is. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        Unusable(String message) {
            super(message);
        }
    }

    private final ObjectLookup lookup;
    private final AdmittedObjects objects;

    Parameters(ObjectLookup lookup, AdmittedObjects objects) {
        this.lookup = lookup;
        this.objects = objects;
    }

    /** The parameters: the policy is evaluated once for each. One that is null stands for a policy without. */
    List<@Nullable ObjectNode> of(Policy policy, Binding binding, AdmissionPlugin.Attributes write) throws Unusable {
        GroupVersionKind kind = policy.parameterKind();
        JsonNode reference = binding.parameters();
        List<@Nullable ObjectNode> found = new ArrayList<>();
        if (kind == null || !reference.isObject()) {
            found.add(null);
            return found;
        }
        AdmittedObjects.Place place = objects.place(kind);
        if (place == null) {
            throw new Unusable("paramKind kind `" + kind.apiVersion() + ", Kind=" + kind.kind() + "` not known");
        }
        String namespace = namespace(place, reference, write);
        String name = reference.path("name").asString("");
        if (!name.isEmpty()) {
            ObjectNode one = lookup.cached(place.resource(), namespace, name);
            if (one != null) {
                found.add(one);
            }
        } else if (reference.path("selector").isObject()) {
            LabelSelector selector = LabelSelector.of(reference.path("selector"));
            for (ObjectNode one : lookup.select(place.resource(), namespace, "", "")) {
                if (selector.matches(labels(one))) {
                    found.add(one);
                }
            }
        }
        if (found.isEmpty() && reference.path("parameterNotFoundAction").asString("").equals("Deny")) {
            throw new Unusable("no params found for policy binding with `Deny` parameterNotFoundAction");
        }
        return found;
    }

    private static String namespace(AdmittedObjects.Place place, JsonNode reference, AdmissionPlugin.Attributes write)
            throws Unusable {
        String named = reference.path("namespace").asString("");
        if (!place.namespaced()) {
            if (!named.isEmpty()) {
                throw new Unusable("paramRef.namespace must not be provided for a cluster-scoped `paramKind`");
            }
            return "";
        }
        String namespace = named.isEmpty() ? write.namespace() : named;
        if (namespace.isEmpty()) {
            throw new Unusable("cannot use namespaced paramRef in policy binding that matches cluster-scoped "
                    + "resources");
        }
        return namespace;
    }

    private static Map<String, String> labels(ObjectNode object) {
        Map<String, String> labels = new HashMap<>();
        object.path("metadata").path("labels").forEachEntry((key, value) -> labels.put(key, value.asString("")));
        return labels;
    }
}
