package io.myriad.system;

import java.time.Duration;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** What the real kubectl finds out about the server, its API, and what one may do there. */
@Tag("peers")
@ExtendWith(SharedCluster.Resolver.class)
class KubectlDiscoveryTest {
    private static Program kubectl;

    @BeforeAll
    static void namespace(SharedCluster shared) {
        kubectl = shared.kubectl("discovery");
    }

    @Test
    void theServer() {
        assertThat(kubectl.run("version")).contains("Client Version: v1.37.", "Server Version: v1.37.");
        assertThat(kubectl.run("cluster-info").replaceAll("\033\\[[0-9;]*m", ""))
                .startsWith("Kubernetes control plane is running at https://127.0.0.1:");
        assertThat(kubectl.run("get", "--raw", "/healthz")).isEqualTo("ok");
        assertThat(kubectl.run("get", "--raw", "/readyz?verbose")).contains("[+]ping ok", "[+]etcd ok")
                .endsWith("readyz check passed\n");
        assertThat(kubectl.run("get", "--raw", "/api/v1/namespaces/default"))
                .startsWith("{\"kind\":\"Namespace\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"default\"");
        Program.Output components = kubectl.call("get", "componentstatuses");
        assertThat(components.err()).isEqualTo("Warning: v1 ComponentStatus is deprecated in v1.19+\n");
        assertThat(Printed.of(components.out()).columns()).containsExactly("NAME", "STATUS", "MESSAGE", "ERROR");
        assertThat(Printed.of(components.out()).cell("etcd-0", "STATUS")).isEqualTo("Healthy");
        assertThat(Printed.of(kubectl.run("get", "flowschemas")).column("MISSINGPL")).containsOnly("False");
        assertThat(Printed.of(kubectl.run("get", "apiservices")).column("AVAILABLE")).containsOnly("True");
    }

    @Test
    void resourcesAndVersions() {
        Printed resources = Printed.of(kubectl.run("api-resources"));
        assertThat(resources.columns()).containsExactly("NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND");
        assertThat(resources.cell("deployments", "SHORTNAMES")).isEqualTo("deploy");
        assertThat(resources.cell("deployments", "KIND")).isEqualTo("Deployment");
        assertThat(resources.column("NAME")).contains("pods", "nodes", "leases", "ingresses", "clusterroles",
                "endpointslices", "subjectaccessreviews", "apiservices");
        assertThat(kubectl.run("api-resources", "--api-group=apps", "-o", "name")).isEqualTo(
                "controllerrevisions.apps\ndaemonsets.apps\ndeployments.apps\nreplicasets.apps\nstatefulsets.apps\n");
        assertThat(Printed.of(kubectl.run("api-resources", "--namespaced=false", "-o", "wide")).columns())
                .endsWith("VERBS", "CATEGORIES");
        assertThat(kubectl.run("api-versions").lines()).contains("v1", "apps/v1", "autoscaling/v2", "batch/v1",
                "rbac.authorization.k8s.io/v1").isSorted();
    }

    @Test
    void explaining() {
        assertThat(kubectl.run("explain", "pod")).startsWith("KIND:       Pod\nVERSION:    v1\n")
                .contains("  metadata\t<ObjectMeta>", "  spec\t<PodSpec>", "  status\t<PodStatus>");
        assertThat(kubectl.run("explain", "deployment.spec.strategy", "--recursive")).startsWith("GROUP:      apps\n")
                .contains("FIELD: strategy <DeploymentStrategy>", "  rollingUpdate\t<RollingUpdateDeployment>",
                        "    maxSurge\t<IntOrString>", "enum: Recreate, RollingUpdate");
        assertThat(kubectl.call("explain", "pod.spec.nope").err()).contains("field \"nope\" does not exist");
    }

    @Test
    void whoMayDoWhat() {
        assertThat(kubectl.run("auth", "whoami")).containsPattern("Username +kubernetes-admin")
                .contains("system:masters", "system:authenticated");
        assertThat(kubectl.run("auth", "whoami", "--as=jane", "--as-group=crew"))
                .containsPattern("Username +jane").contains("crew");
        assertThat(kubectl.run("auth", "can-i", "create", "pods")).isEqualTo("yes\n");
        Program.Output no = kubectl.call("auth", "can-i", "create", "pods", "--as=jane");
        assertThat(no.exitCode()).isEqualTo(1);
        assertThat(no.out()).isEqualTo("no\n");
        kubectl.run("create", "role", "reader", "--verb=get,list", "--resource=pods");
        kubectl.run("create", "rolebinding", "reader", "--role=reader", "--user=jane");
        Eventually.holds("jane may list pods", Duration.ofSeconds(30),
                () -> kubectl.call("auth", "can-i", "list", "pods", "--as=jane").out().equals("yes\n"));
        assertThat(kubectl.run("auth", "can-i", "--list", "--as=jane")).containsPattern(
                "pods +\\[] +\\[] +\\[get list]");
        assertThat(kubectl.run("auth", "can-i", "--list")).containsPattern("\\*\\.\\* +\\[] +\\[] +\\[\\*]");
        Program.Output refused = kubectl.call("get", "secrets", "--as=jane");
        assertThat(refused.err()).isEqualTo("Error from server (Forbidden): secrets is forbidden: User \"jane\" cannot"
                + " list resource \"secrets\" in API group \"\" in the namespace \"discovery\"\n");
        assertThat(kubectl.run("create", "token", "default").split("\\.")).hasSize(3);
    }
}
