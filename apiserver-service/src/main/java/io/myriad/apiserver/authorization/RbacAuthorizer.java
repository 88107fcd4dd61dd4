package io.myriad.apiserver.authorization;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.LocalInformer;
import io.myriad.apiserver.storage.ObjectStorage;

/** Role based access control over the roles and bindings of the API, which it follows. */
public final class RbacAuthorizer implements Authorizer, AutoCloseable {
    private static final String GROUP = "rbac.authorization.k8s.io";
    private static final Decision DENIED = new Decision(false, "", "");

    private final RbacPolicy policy = new RbacPolicy();
    private final List<LocalInformer> informers = new ArrayList<>();

    /** Where the objects of a resource are, and how they are decoded. */
    public record Source(ObjectStorage storage, Function<CachedObject, ObjectNode> decoder) {}

    /** @param sources gives the source of a resource of the RBAC group */
    public RbacAuthorizer(Function<GroupVersionResource, Source> sources) {
        follow(sources, "clusterroles", policy::putRole, policy::removeRole);
        follow(sources, "roles", policy::putRole, policy::removeRole);
        follow(sources, "clusterrolebindings", policy::putBinding, policy::removeBinding);
        follow(sources, "rolebindings", policy::putBinding, policy::removeBinding);
    }

    private interface Put {
        void put(String namespace, String name, ObjectNode object);
    }

    private interface Remove {
        void remove(String namespace, String name);
    }

    private void follow(Function<GroupVersionResource, Source> sources, String resource, Put put, Remove remove) {
        Source source = sources.apply(new GroupVersionResource(GROUP, "v1", resource));
        informers.add(new LocalInformer(resource, source.storage, new LocalInformer.Handler() {
            @Override
            public void changed(CachedObject object) {
                put.put(object.namespace(), object.name(), source.decoder.apply(object));
            }

            @Override
            public void removed(String namespace, String name) {
                remove.remove(namespace, name);
            }
        }));
    }

    /** Starts to follow roles and bindings; until the result completes, requests may be refused for want of them. */
    public CompletableFuture<Void> start() {
        informers.forEach(LocalInformer::start);
        return CompletableFuture.allOf(informers.stream().map(LocalInformer::synced).toArray(CompletableFuture[]::new));
    }

    @Override
    public Decision authorize(Attributes request) {
        Search search = new Search(request);
        return policy.visit(request.user(), request.namespace(), search) ? search.allowed() : DENIED;
    }

    private static final class Search implements RbacPolicy.Visitor {
        private final Attributes request;
        private RbacPolicy.@Nullable Binding binding;
        private RbacPolicy.@Nullable Subject subject;

        Search(Attributes request) {
            this.request = request;
        }

        @Override
        public void binding(RbacPolicy.Binding binding, RbacPolicy.Subject subject) {
            this.binding = binding;
            this.subject = subject;
        }

        @Override
        public boolean test(PolicyRule rule) {
            return rule.allows(request);
        }

        Decision allowed() {
            RbacPolicy.Binding by = binding;
            RbacPolicy.Subject to = subject;
            if (by == null || to == null) {
                return new Decision(true, "", "");
            }
            String where = by.namespace().isEmpty()
                    ? "ClusterRoleBinding \"" + by.name() + "\""
                    : "RoleBinding \"" + by.name() + "/" + by.namespace() + "\"";
            return new Decision(true, "RBAC: allowed by " + where + " of " + (by.clusterRole() ? "ClusterRole" : "Role")
                    + " \"" + by.role() + "\" to " + to.shown(), "");
        }
    }

    @Override
    public List<Rule> rulesFor(User user, String namespace) {
        List<Rule> result = new ArrayList<>();
        policy.visit(user, namespace, rule -> {
            result.add(new Rule(rule.verbs(), rule.apiGroups(), rule.resources(), rule.resourceNames(),
                    rule.nonResourceUrls()));
            return false;
        });
        return result;
    }

    /**
     * What a user would grant without having it: the rules of {@code wanted} (a role's {@code rules}) that the user's own
     * do not cover, for people; empty when all are covered.
     */
    public List<String> escalations(User user, String namespace, tools.jackson.databind.JsonNode wanted) {
        return uncovered(user, namespace, PolicyRule.of(wanted));
    }

    /** As {@link #escalations} for the rules of the role that a binding names. */
    public List<String> escalationsOfRole(User user, String namespace, boolean clusterRole, String role) {
        return uncovered(user, namespace, policy.rules(clusterRole ? "" : namespace, role));
    }

    private List<String> uncovered(User user, String namespace, List<PolicyRule> wanted) {
        List<PolicyRule> owned = new ArrayList<>();
        policy.visit(user, namespace, rule -> {
            owned.add(rule);
            return false;
        });
        List<String> missing = new ArrayList<>();
        for (PolicyRule rule : wanted) {
            boolean covered = rule.simple().stream()
                    .allMatch(simple -> owned.stream().anyMatch(own -> own.coversSimple(simple)));
            if (!covered) {
                missing.add("{APIGroups:" + rule.apiGroups() + ", Resources:" + rule.resources() + ", ResourceNames:"
                        + rule.resourceNames() + ", NonResourceURLs:" + rule.nonResourceUrls() + ", Verbs:"
                        + rule.verbs() + "}");
            }
        }
        return missing;
    }

    @Override
    public void close() {
        informers.forEach(LocalInformer::close);
    }
}
