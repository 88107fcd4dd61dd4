package io.myriad.apiserver.admission;

import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.apiserver.authorization.Authorizer;
import io.myriad.apiserver.authorization.AuthorizerChain;
import io.myriad.apiserver.authorization.RbacAuthorizer;

/**
 * Nobody grants what he does not have: a role may hold only rules that its writer's own rules cover, and a binding only
 * name such a role, unless the writer has the verb {@code escalate} or {@code bind} on it. Upstream does this in the
 * storage of these kinds; it cannot be switched off.
 */
final class RoleEscalation implements AdmissionPlugin {
    private final RbacAuthorizer rbac;
    private final Authorizer authorizer;

    RoleEscalation(RbacAuthorizer rbac, Authorizer authorizer) {
        this.rbac = rbac;
        this.authorizer = authorizer;
    }

    @Override
    public String name() {
        return "RoleEscalation";
    }

    @Override
    public void validate(Attributes attributes) {
        ObjectNode object = attributes.object();
        if (object == null || !attributes.resource().group().equals("rbac.authorization.k8s.io")
                || attributes.user().groups().contains(AuthorizerChain.MASTERS)) {
            return;
        }
        ObjectNode old = attributes.oldObject();
        switch (attributes.resource().resource()) {
            case "roles", "clusterroles" -> {
                boolean sameRules = old != null && old.path("rules").equals(object.path("rules"));
                if (!sameRules && !may(attributes, "escalate", attributes.resource().resource(), attributes.name())) {
                    refuse(attributes, rbac.escalations(attributes.user(), attributes.namespace(),
                            object.path("rules")));
                }
            }
            case "rolebindings", "clusterrolebindings" -> {
                JsonNode role = object.path("roleRef");
                boolean cluster = role.path("kind").stringValue("").equals("ClusterRole");
                String name = role.path("name").stringValue("");
                boolean sameGrant = old != null && old.path("subjects").equals(object.path("subjects"))
                        && old.path("roleRef").equals(role);
                if (!sameGrant && !may(attributes, "bind", cluster ? "clusterroles" : "roles", name)) {
                    refuse(attributes, rbac.escalationsOfRole(attributes.user(), attributes.namespace(), cluster,
                            name));
                }
            }
            default -> {}
        }
    }

    private boolean may(Attributes attributes, String verb, String resource, String name) {
        return authorizer.authorize(new Authorizer.Attributes(attributes.user(), verb, attributes.namespace(),
                attributes.resource().group(), attributes.resource().version(), resource, "", name, "", "")).allowed();
    }

    private static void refuse(Attributes attributes, List<String> missing) {
        if (!missing.isEmpty()) {
            throw new StatusException(Status.forbidden(attributes.resource().groupResource(), attributes.name(),
                    "user \"" + attributes.user().name() + "\" (groups=" + attributes.user().groups()
                            + ") is attempting to grant RBAC permissions not currently held:\n"
                            + String.join("\n", missing)));
        }
    }
}
