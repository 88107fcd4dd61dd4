package io.myriad.apiserver.admission;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.apiserver.storage.ObjectLookup;

/**
 * Holds pods to the level that their namespace's labels name. Templates are only warned about: their pods will be
 * refused.
 */
final class PodSecurity implements AdmissionPlugin {
    private static final GroupVersionResource NAMESPACES = new GroupVersionResource("", "v1", "namespaces");
    private static final GroupVersionResource PODS = new GroupVersionResource("", "v1", "pods");
    private static final GroupVersionKind NAMESPACE = new GroupVersionKind("", "v1", "Namespace");
    /** Of how many pods a stricter namespace says that they would be refused now. */
    private static final int MAX_PODS = 3000;
    private static final Set<String> WORKLOADS = Set.of("deployments.apps", "replicasets.apps", "statefulsets.apps",
            "daemonsets.apps", "jobs.batch", "cronjobs.batch", "replicationcontrollers", "podtemplates");

    private final Followed<Labelled> namespaces;
    private final ObjectLookup lookup;

    /**
     * A namespace that is known.
     *
     * @param policy what its labels say, or null
     */
    record Labelled(String name, @Nullable PodSecurityPolicy policy) {}

    /**
     * @param namespaces the namespaces, each under its own name
     * @param lookup for namespaces that are younger than what is known
     */
    PodSecurity(Followed<Labelled> namespaces, ObjectLookup lookup) {
        this.namespaces = namespaces;
        this.lookup = lookup;
    }

    @Override
    public String name() {
        return "PodSecurity";
    }

    @Override
    public void validate(Attributes attributes) {
        ObjectNode object = attributes.object();
        if (object == null) {
            return;
        }
        String resource = attributes.resource().groupResource();
        String subresource = attributes.subresource();
        if (resource.equals("pods")) {
            boolean counts = subresource.isEmpty() || subresource.equals("ephemeralcontainers");
            if (counts && (attributes.operation() == Operation.CREATE || matters(object, attributes.oldObject()))) {
                pod(attributes, object);
            }
        } else if (subresource.isEmpty() && WORKLOADS.contains(resource)) {
            template(attributes, resource, object);
        } else if (subresource.isEmpty() && resource.equals("namespaces")) {
            namespace(attributes, object);
        }
    }

    /** Updates of pods that change nothing that is checked stay possible in a namespace that has become stricter. */
    private static boolean matters(ObjectNode pod, @Nullable ObjectNode old) {
        if (old == null) {
            return true;
        }
        JsonNode now = pod.path("spec");
        JsonNode before = old.path("spec");
        for (String list : new String[]{"containers", "initContainers", "ephemeralContainers"}) {
            if (!now.path(list).equals(before.path(list))) {
                return true;
            }
        }
        return false;
    }

    private void pod(Attributes attributes, ObjectNode pod) {
        PodSecurityPolicy policy = policy(attributes.namespace());
        if (policy == null) {
            return;
        }
        List<String> refused = PodSecurityChecks.violations(policy.enforced(), pod.path("metadata"),
                pod.path("spec"));
        if (!refused.isEmpty()) {
            throw new StatusException(Status.forbidden("pods", attributes.name(), "violates PodSecurity \""
                    + policy.enforced().shown() + ":" + policy.enforcedVersion() + "\": "
                    + String.join(", ", refused)));
        }
        warn(attributes, policy, pod.path("metadata"), pod.path("spec"));
    }

    private static void warn(Attributes attributes, PodSecurityPolicy policy, JsonNode metadata, JsonNode spec) {
        List<String> warned = PodSecurityChecks.violations(policy.warned(), metadata, spec);
        if (!warned.isEmpty()) {
            attributes.warnings().accept("would violate PodSecurity \"" + policy.warned().shown() + ":"
                    + policy.warnedVersion() + "\": " + String.join(", ", warned));
        }
    }

    private void template(Attributes attributes, String resource, ObjectNode object) {
        PodSecurityPolicy policy = policy(attributes.namespace());
        if (policy == null || policy.warned() == PodSecurityLevel.PRIVILEGED) {
            return;
        }
        JsonNode template = switch (resource) {
            case "podtemplates" -> object.path("template");
            case "cronjobs.batch" -> object.path("spec").path("jobTemplate").path("spec").path("template");
            default -> object.path("spec").path("template");
        };
        warn(attributes, policy, template.path("metadata"), template.path("spec"));
    }

    private @Nullable PodSecurityPolicy policy(String namespace) {
        List<Labelled> known = namespaces.in(namespace);
        if (!known.isEmpty()) {
            return known.getFirst().policy();
        }
        ObjectNode current = lookup.current(NAMESPACES, "", namespace);
        return current == null ? null : PodSecurityPolicy.of(current.path("metadata").path("labels"));
    }

    private void namespace(Attributes attributes, ObjectNode namespace) {
        JsonNode labels = namespace.path("metadata").path("labels");
        ObjectNode old = attributes.oldObject();
        JsonNode before = old == null ? labels.path("none") : old.path("metadata").path("labels");
        List<FieldError> problems = PodSecurityPolicy.problems(labels);
        // Labels that were wrong before may stay, so that other changes remain possible.
        if (!problems.isEmpty() && !PodSecurityPolicy.problems(before).equals(problems)) {
            throw new StatusException(Status.invalid(NAMESPACE, attributes.name(), problems));
        }
        PodSecurityPolicy policy = PodSecurityPolicy.of(labels);
        PodSecurityPolicy previous = old == null ? null : PodSecurityPolicy.of(before);
        if (old != null && policy != null && policy.enforced() != PodSecurityLevel.PRIVILEGED
                && (previous == null || policy.enforced().compareTo(previous.enforced()) > 0)) {
            existing(attributes, policy);
        }
    }

    private void existing(Attributes attributes, PodSecurityPolicy policy) {
        int violating = 0;
        String example = "";
        for (ObjectNode pod : lookup.select(PODS, attributes.name(), "", "").stream().limit(MAX_PODS).toList()) {
            List<String> why = PodSecurityChecks.violations(policy.enforced(), pod.path("metadata"),
                    pod.path("spec"));
            if (!why.isEmpty()) {
                violating++;
                example = example.isEmpty()
                        ? pod.path("metadata").path("name").asString("") + ": " + String.join(", ", why)
                        : example;
            }
        }
        if (violating > 0) {
            attributes.warnings().accept("existing pods in namespace \"" + attributes.name()
                    + "\" violate the new PodSecurity enforce level \"" + policy.enforced().shown() + ":"
                    + policy.enforcedVersion() + "\": " + violating + " of them, such as " + example);
        }
    }
}
