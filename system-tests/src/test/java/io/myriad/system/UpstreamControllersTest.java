package io.myriad.system;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The real kube-controller-manager and kube-scheduler as clients of our API server, in place of our controllers and our
 * scheduler, with hollow nodes. The tests build on each other, in order.
 */
@Tag("peers")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class UpstreamControllersTest {
    private static final String NAME = "upstream";
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    /** klog's errors, and what a reflector says when it cannot list or watch. */
    private static final Pattern ERROR = Pattern.compile("^[EF]\\d{4} ");

    @TempDir
    static Path home;
    private static MyriadCommand myriad;
    private static Program kubectl;
    private static Running controllers;
    private static Running scheduler;

    @BeforeAll
    static void start() throws Exception {
        Path controllerManager = Peers.program("kube-controller-manager");
        Path kubeScheduler = Peers.program("kube-scheduler");
        myriad = new MyriadCommand(home);
        myriad.run("create", "cluster", "--name", NAME, "--nodes", "3", "--controllers", "0", "--schedulers", "0",
                "--wait", "5m");
        kubectl = new Program(Peers.program("kubectl"), home,
                Map.of("KUBECONFIG", myriad.kubeconfig().toString(), "HOME", home.toString()));
        Path keys = home.resolve("myriad").resolve("clusters").resolve(NAME).resolve("pki");
        Map<String, String> bounded = Map.of("GOMEMLIMIT", "400MiB");
        String admin = keys.resolve("admin.conf").toString();
        controllers = new Program(controllerManager, home, bounded).start(home.resolve("controllers.log"),
                "--kubeconfig", admin, "--authentication-kubeconfig", admin, "--authorization-kubeconfig", admin,
                "--bind-address", "127.0.0.1", "--secure-port", Integer.toString(RealControlPlane.freePort()),
                "--use-service-account-credentials", "--service-account-private-key-file",
                keys.resolve("sa.key").toString(), "--root-ca-file", keys.resolve("ca.crt").toString());
        scheduler = new Program(kubeScheduler, home, bounded).start(home.resolve("scheduler.log"), "--kubeconfig",
                admin, "--authentication-kubeconfig", admin, "--authorization-kubeconfig", admin, "--bind-address",
                "127.0.0.1", "--secure-port", Integer.toString(RealControlPlane.freePort()));
    }

    @AfterAll
    static void stop() throws Exception {
        for (Running program : new Running[]{controllers, scheduler}) {
            if (program != null) {
                program.close();
            }
        }
        if (myriad != null) {
            myriad.call("delete", "cluster", "--name", NAME);
        }
    }

    @Test
    @Order(1)
    void bothLead() {
        Eventually.holds("both hold their Leases", PATIENCE, () -> {
            List<String> leases = kubectl.run("get", "leases", "-n", "kube-system", "-o", "name").lines().toList();
            return leases.containsAll(List.of("lease.coordination.k8s.io/kube-controller-manager",
                    "lease.coordination.k8s.io/kube-scheduler"));
        });
    }

    @Test
    @Order(2)
    void aDeploymentRuns() {
        Eventually.holds("the namespace has its service account", PATIENCE,
                () -> kubectl.call("get", "serviceaccount", "default").exitCode() == 0);
        kubectl.run("create", "deployment", "web", "--image=nginx", "--replicas=6");
        assertThat(kubectl.run("rollout", "status", "deployment/web", "--timeout=110s"))
                .endsWith("deployment \"web\" successfully rolled out\n");
        assertThat(Printed.of(kubectl.run("get", "pods", "-o", "wide")).column("NODE")).hasSize(6)
                .allMatch(node -> node.startsWith("node-"));
        kubectl.run("set", "image", "deployment/web", "nginx=nginx:1.27");
        kubectl.run("rollout", "status", "deployment/web", "--timeout=110s");
        kubectl.run("expose", "deployment", "web", "--port=80");
        Eventually.holds("its pods are endpoints", PATIENCE, () -> kubectl.run("get", "endpointslices", "-l",
                "kubernetes.io/service-name=web", "-o", "jsonpath={.items[*].endpoints[*].addresses[0]}")
                .split(" ").length == 6);
    }

    @Test
    @Order(3)
    void otherControllersWorkToo() {
        kubectl.run("create", "job", "once", "--image=busybox", "--", "true");
        Eventually.holds("the job has its pod", PATIENCE,
                () -> !kubectl.run("get", "pods", "-l", "job-name=once", "-o", "name").isEmpty());
        kubectl.run("create", "quota", "counted", "--hard=configmaps=10");
        Eventually.holds("the quota is counted", PATIENCE, () -> !kubectl
                .run("get", "quota", "counted", "-o", "jsonpath={.status.used.configmaps}").isEmpty());
        kubectl.run("create", "pdb", "budget", "--selector=app=web", "--min-available=5");
        Eventually.holds("the budget is counted", PATIENCE, () -> kubectl
                .run("get", "pdb", "budget", "-o", "jsonpath={.status.disruptionsAllowed}").equals("1"));
    }

    @Test
    @Order(4)
    void deletionCascades() {
        kubectl.run("delete", "deployment", "web");
        Eventually.holds("replica sets and pods are gone", PATIENCE,
                () -> kubectl.run("get", "replicasets,pods", "-l", "app=web", "-o", "name").isEmpty());
        kubectl.run("create", "namespace", "gone");
        kubectl.run("create", "configmap", "inside", "-n", "gone");
        kubectl.run("delete", "namespace", "gone", "--timeout=110s");
    }

    @Test
    @Order(5)
    void neitherHasSeenAnError() {
        assertThat(controllers.isAlive()).isTrue();
        assertThat(scheduler.isAlive()).isTrue();
        assertThat(errors(scheduler)).isEmpty();
        assertThat(errors(controllers)).isEmpty();
    }

    /** What a program complains of, but for what it complains of with the real API server too. */
    private static List<String> errors(Running program) {
        return program.output().lines().filter(line -> ERROR.matcher(line).find()).filter(line -> !isUsual(line))
                .toList();
    }

    private static boolean isUsual(String line) {
        // Written while others change the same object, or seen before its own last write has come back, it is tried again;
        // and about a file that nobody has given.
        return line.contains("the object has been modified") || line.contains("is not as new as written version")
                || line.contains("The manifest file is empty, ignoring.");
    }
}
