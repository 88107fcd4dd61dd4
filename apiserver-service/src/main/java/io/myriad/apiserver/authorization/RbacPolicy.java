package io.myriad.apiserver.authorization;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.apiserver.authentication.User;

/**
 * Roles and bindings in memory, with bindings found by subject: a request looks at the bindings of its user and groups
 * only, however many there are. One writer per map (the informer that follows the resource), any number of readers; a
 * reader may see a binding before the role that it names, and then finds no rules, as upstream does.
 */
final class RbacPolicy {
    /** What a binding is found by. {@code namespace} is set for service accounts only. */
    record Subject(String kind, String namespace, String name) {
        String shown() {
            return kind + " \"" + name + (namespace.isEmpty() ? "" : "/" + namespace) + "\"";
        }
    }

    /** A binding: {@code namespace} is empty for cluster role bindings, {@code clusterRole} says which kind it names. */
    record Binding(String namespace, String name, boolean clusterRole, String role, List<Subject> subjects) {}

    /** An object's place. */
    private record Key(String namespace, String name) {}

    private static final String SERVICE_ACCOUNT_PREFIX = "system:serviceaccount:";

    private final Map<Key, List<PolicyRule>> roles = new ConcurrentHashMap<>();
    private final Map<Key, Binding> bindings = new ConcurrentHashMap<>();
    private final Map<Subject, Set<Binding>> bySubject = new ConcurrentHashMap<>();

    /** A role or cluster role ({@code namespace} empty) was added or changed. */
    void putRole(String namespace, String name, ObjectNode role) {
        roles.put(new Key(namespace, name), PolicyRule.of(role.path("rules")));
    }

    void removeRole(String namespace, String name) {
        roles.remove(new Key(namespace, name));
    }

    /** A role binding or cluster role binding ({@code namespace} empty) was added or changed. */
    void putBinding(String namespace, String name, ObjectNode object) {
        JsonNode roleRef = object.path("roleRef");
        List<Subject> subjects = object.path("subjects").valueStream()
                .map(subject -> subject(subject, namespace)).toList();
        Binding binding = new Binding(namespace, name, roleRef.path("kind").stringValue("").equals("ClusterRole"),
                roleRef.path("name").stringValue(""), subjects);
        Binding before = bindings.put(new Key(namespace, name), binding);
        for (Subject subject : subjects) {
            bySubject.computeIfAbsent(subject, ignored -> ConcurrentHashMap.newKeySet()).add(binding);
        }
        if (before != null && !before.equals(binding)) {
            forget(before);
        }
    }

    void removeBinding(String namespace, String name) {
        Binding before = bindings.remove(new Key(namespace, name));
        if (before != null) {
            forget(before);
        }
    }

    private void forget(Binding binding) {
        for (Subject subject : binding.subjects) {
            bySubject.computeIfPresent(subject, (ignored, set) -> {
                set.remove(binding);
                return set.isEmpty() ? null : set;
            });
        }
    }

    private static Subject subject(JsonNode subject, String bindingNamespace) {
        String kind = subject.path("kind").stringValue("");
        String namespace = kind.equals("ServiceAccount")
                ? subject.path("namespace").stringValue(bindingNamespace)
                : "";
        return new Subject(kind, namespace, subject.path("name").stringValue(""));
    }

    /** Receives a binding that concerns a user, the subject that matched, and the rules of its role. */
    interface Visitor extends Predicate<PolicyRule> {
        /** Called before the rules of each binding. */
        default void binding(Binding binding, Subject subject) {}
    }

    /**
     * Visits the rules that hold for a user in a namespace (cluster-wide ones, and those of the namespace's bindings)
     * until the visitor is satisfied.
     *
     * @return whether it was
     */
    boolean visit(User user, String namespace, Visitor visitor) {
        for (String group : user.groups()) {
            if (visit(new Subject("Group", "", group), namespace, visitor)) {
                return true;
            }
        }
        if (visit(new Subject("User", "", user.name()), namespace, visitor)) {
            return true;
        }
        Subject account = serviceAccount(user.name());
        return account != null && visit(account, namespace, visitor);
    }

    private boolean visit(Subject subject, String namespace, Visitor visitor) {
        Set<Binding> found = bySubject.get(subject);
        if (found == null) {
            return false;
        }
        for (Binding binding : found) {
            if (!binding.namespace.isEmpty() && !binding.namespace.equals(namespace)) {
                continue;
            }
            visitor.binding(binding, subject);
            for (PolicyRule rule : rules(binding.clusterRole ? "" : binding.namespace, binding.role)) {
                if (visitor.test(rule)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The rules of a role; none when there is no such role. */
    List<PolicyRule> rules(String namespace, String role) {
        return roles.getOrDefault(new Key(namespace, role), List.of());
    }

    private static @Nullable Subject serviceAccount(String userName) {
        if (!userName.startsWith(SERVICE_ACCOUNT_PREFIX)) {
            return null;
        }
        int colon = userName.indexOf(':', SERVICE_ACCOUNT_PREFIX.length());
        return colon < 0
                ? null
                : new Subject("ServiceAccount", userName.substring(SERVICE_ACCOUNT_PREFIX.length(), colon),
                        userName.substring(colon + 1));
    }
}
