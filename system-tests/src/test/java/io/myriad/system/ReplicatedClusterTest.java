package io.myriad.system;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.myriad.system.Journal.Role;
import io.myriad.system.TestCluster.Service;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A cluster with several of everything, in which each process is killed, handed over, stopped and started. In order. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReplicatedClusterTest {
    private static final int STORES = 3;
    private static final int STORE_KILLS = 20;
    /** Pods that a new leader has to have dealt with before its hand-over counts as done. */
    private static final int DEEDS = 5;

    @TempDir
    static Path home;
    private static TestCluster cluster;

    @BeforeAll
    static void create() throws Exception {
        cluster = TestCluster.create(home, "replicated-test", "--separate", "--stores", Integer.toString(STORES),
                "--apiservers", "2", "--controllers", "2", "--schedulers", "2", "--nodes", "3");
    }

    @AfterAll
    static void delete() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    @Order(1)
    void aDeploymentRuns() {
        try (KubernetesClient client = cluster.client()) {
            Web.create(client, 3);
            Web.awaitAvailable(client, 3);
        }
    }

    /** Prints what a hand-over costs; what it asserts is that no leader writes in another's term. */
    @Test
    @Order(2)
    void leadersHandOver() throws Exception {
        String planned = handOver("load-planned", leaders -> {
            for (Service leader : leaders) {
                cluster.run("restart", leader.name(), "--graceful");
            }
        });
        String crash = handOver("load-crash", leaders -> leaders.forEach(leader -> TestCluster.kill(leader.pid())));
        System.out.println("hand-over, planned: " + planned);
        System.out.println("hand-over, kill -9: " + crash);
    }

    private interface Ending {
        void end(List<Service> leaders) throws Exception;
    }

    private static String handOver(String namespace, Ending ending) throws Exception {
        List<String> figures = new ArrayList<>();
        Map<Role, Service> leaders = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            leaders.put(role, cluster.leader(role.kind));
        }
        try (KubernetesClient client = cluster.client(); SteadyLoad load = new SteadyLoad(client, namespace);
                Journal journal = new Journal(client, namespace)) {
            load.start();
            Map<Role, String> before = new EnumMap<>(Role.class);
            for (Role role : Role.values()) {
                Eventually.holds(role + " works", TestCluster.PATIENCE,
                        () -> journal.deedsAfter(role, 0).size() >= DEEDS);
                before.put(role, journal.term(role).holder());
            }
            ending.end(List.copyOf(leaders.values()));
            for (Role role : Role.values()) {
                Eventually.holds("somebody else leads as " + role + ", and works", TestCluster.PATIENCE, () -> {
                    Terms.Term term = journal.term(role);
                    return !term.holder().isEmpty() && !term.holder().equals(before.get(role))
                            && journal.deedsAfter(role, term.begin()).size() >= DEEDS;
                });
                figures.add(role.kind + " " + journal.gapMillis(role, journal.term(role).begin()) + " ms");
            }
            for (Role role : Role.values()) {
                journal.assertEachWroteInItsTermsOnly(role);
            }
        }
        return String.join(", ", figures) + ", from the old leader's last write to the new one's first";
    }

    @Test
    @Order(3)
    void theSystemRecoversFromTheDeathOfEachProcess() throws Exception {
        int replicas = 3;
        try (AcknowledgedWrites writes = writes(2)) {
            writes.awaitMore(10);
            for (Service victim : cluster.services()) {
                TestCluster.kill(victim.pid());
                Eventually.holds(victim.name() + " is back", TestCluster.PATIENCE,
                        () -> cluster.services().stream().allMatch(service -> service.ready()
                                && !(service.name().equals(victim.name()) && service.pid() == victim.pid())));
                replicas = replicas == 3 ? 4 : 3;
                try (KubernetesClient client = cluster.client()) {
                    Web.scale(client, replicas);
                    Web.awaitAvailable(client, replicas);
                }
                writes.awaitMore(10);
            }
            verify(writes);
        }
    }

    @Test
    @Order(4)
    void nothingAcknowledgedIsLostWhenStoresAreKilled() throws Exception {
        try (AcknowledgedWrites writes = writes(4)) {
            for (int kill = 0; kill < STORE_KILLS; kill++) {
                writes.awaitMore(20);
                cluster.run("restart", "store-" + (kill % STORES + 1), "--kill");
            }
            writes.awaitMore(20);
            verify(writes);
        }
    }

    private static AcknowledgedWrites writes(int writers) throws Exception {
        List<KubernetesClient> clients = new ArrayList<>();
        for (String server : cluster.serverUrls()) {
            clients.add(cluster.client(server));
        }
        return new AcknowledgedWrites(writers, clients);
    }

    private static void verify(AcknowledgedWrites writes) throws Exception {
        for (String server : cluster.serverUrls()) {
            try (KubernetesClient client = cluster.client(server)) {
                writes.verify(client);
            }
        }
    }

    @Test
    @Order(5)
    void stoppedAndStartedEveryObjectIsThere() throws Exception {
        Inventory before;
        try (KubernetesClient client = cluster.client()) {
            before = Inventory.ofQuiet(client);
        }
        assertThat(before.objects()).containsKey("/apis/apps/v1/deployments default/web");
        Set<Long> pids = cluster.pids();
        cluster.run("stop");
        TestCluster.awaitGone(pids);
        cluster.run("start");
        for (String server : cluster.serverUrls()) {
            try (KubernetesClient client = cluster.client(server)) {
                before.assertKeptIn(Inventory.of(client));
                Web.awaitAvailable(client, Web.replicas(client));
            }
        }
    }

    @Test
    @Order(6)
    void deletedAfterTheDeathOfItsSupervisorItLeavesNothing() throws Exception {
        Set<Long> pids = new HashSet<>(cluster.pids());
        TestCluster.kill(cluster.status().path("supervisorPid").longValue(0));
        cluster.run("delete", "cluster");
        TestCluster.awaitGone(pids);
        assertThat(cluster.directory()).doesNotExist();
    }
}
