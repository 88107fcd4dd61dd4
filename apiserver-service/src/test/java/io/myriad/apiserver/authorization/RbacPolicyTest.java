package io.myriad.apiserver.authorization;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.apiserver.authentication.User;

import static org.assertj.core.api.Assertions.assertThat;

class RbacPolicyTest {
    private final RbacPolicy policy = new RbacPolicy();
    private final User alice = user("alice", "developers");

    @Test
    void aBindingGivesARoleToItsSubjectsAndToNobodyElse() {
        policy.putRole("", "reader", rules("""
                {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}]}"""));
        policy.putBinding("", "readers", binding("ClusterRole", "reader", "Group", "developers"));
        assertThat(allowed(alice, "get", "default", "", "pods", "")).isTrue();
        assertThat(allowed(alice, "delete", "default", "", "pods", "")).isFalse();
        assertThat(allowed(alice, "get", "default", "", "pods", "log")).isFalse();
        assertThat(allowed(user("bob", "others"), "get", "default", "", "pods", "")).isFalse();
    }

    @Test
    void aRoleBindingHoldsInItsNamespaceOnly() {
        policy.putRole("", "reader", rules("""
                {"rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]}"""));
        policy.putBinding("team", "mine", binding("ClusterRole", "reader", "User", "alice"));
        assertThat(allowed(alice, "create", "team", "apps", "deployments", "")).isTrue();
        assertThat(allowed(alice, "create", "default", "apps", "deployments", "")).isFalse();
        assertThat(allowed(alice, "create", "", "apps", "deployments", "")).isFalse();
    }

    @Test
    void serviceAccountsAreFoundByTheirUserName() {
        policy.putRole("team", "writer", rules("""
                {"rules": [{"apiGroups": [""], "resources": ["*/status"], "verbs": ["update"]}]}"""));
        policy.putBinding("team", "robots", (ObjectNode) JsonMapper.shared().readTree("""
                {"roleRef": {"kind": "Role", "name": "writer"},
                 "subjects": [{"kind": "ServiceAccount", "name": "robot", "namespace": "other"}]}"""));
        User robot = user("system:serviceaccount:other:robot");
        assertThat(allowed(robot, "update", "team", "", "pods", "status")).isTrue();
        assertThat(allowed(robot, "update", "team", "", "pods", "")).isFalse();
    }

    @Test
    void removedAndChangedBindingsEndWhatTheyGave() {
        policy.putRole("", "reader", rules("""
                {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}"""));
        policy.putBinding("", "b", binding("ClusterRole", "reader", "User", "alice"));
        policy.putBinding("", "b", binding("ClusterRole", "reader", "User", "carol"));
        assertThat(allowed(alice, "get", "x", "", "pods", "")).isFalse();
        assertThat(allowed(user("carol"), "get", "x", "", "pods", "")).isTrue();
        policy.removeBinding("", "b");
        assertThat(allowed(user("carol"), "get", "x", "", "pods", "")).isFalse();
    }

    @Test
    void pathsMatchWholeOrByPrefix() {
        policy.putRole("", "paths", rules("""
                {"rules": [{"nonResourceURLs": ["/healthz", "/api/*"], "verbs": ["get"]}]}"""));
        policy.putBinding("", "b", binding("ClusterRole", "paths", "User", "alice"));
        assertThat(path("/healthz")).isTrue();
        assertThat(path("/healthz/etcd")).isFalse();
        assertThat(path("/api/v1")).isTrue();
    }

    private boolean path(String path) {
        Authorizer.Attributes request = new Authorizer.Attributes(alice, "get", "", "", "", "", "", "", path, "");
        return policy.visit(alice, "", rule -> rule.allows(request));
    }

    private boolean allowed(User user, String verb, String namespace, String group, String resource, String sub) {
        Authorizer.Attributes request = new Authorizer.Attributes(user, verb, namespace, group, "v1", resource, sub,
                "", "", "");
        return policy.visit(user, namespace, rule -> rule.allows(request));
    }

    private static User user(String name, String... groups) {
        return new User(name, "", List.of(groups), Map.of());
    }

    private static ObjectNode rules(String json) {
        return (ObjectNode) JsonMapper.shared().readTree(json);
    }

    private static ObjectNode binding(String kind, String role, String subjectKind, String subject) {
        return (ObjectNode) JsonMapper.shared().readTree("""
                {"roleRef": {"kind": "%s", "name": "%s"}, "subjects": [{"kind": "%s", "name": "%s"}]}"""
                .formatted(kind, role, subjectKind, subject));
    }
}
