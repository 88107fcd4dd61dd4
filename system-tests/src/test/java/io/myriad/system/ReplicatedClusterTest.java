package io.myriad.system;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.system.Journal.Role;
import io.myriad.system.TestCluster.Service;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A cluster with several of everything, in which leaders hand over, each process is killed, and everything is stopped and
 * started. In order.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReplicatedClusterTest {
    private static final int STORES = 3;
    private static final int STORE_KILLS = 20;
    /** How often each kind of hand-over happens: twice, so that each replica is killed once as the leader. */
    private static final int HAND_OVERS = Integer.getInteger("handovers", 2);
    /** What a leader is to have done before its hand-over, and the next one before that counts as done. */
    private static final int DEEDS = 5;

    @TempDir
    static Path home;
    private static TestCluster cluster;
    private static int replicas = 3;

    @BeforeAll
    static void create() throws Exception {
        cluster = TestCluster.create(home, "replicated-test", "--separate", "--stores", Integer.toString(STORES),
                "--apiservers", "2", "--controllers", "2", "--schedulers", "2", "--nodes", "3");
        try (KubernetesClient client = cluster.client()) {
            Web.create(client, replicas);
            Web.awaitAvailable(client, replicas);
        }
    }

    @AfterAll
    static void delete() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
    }

    private interface Ending {
        void end(Service leader) throws Exception;
    }

    @Test
    @Order(1)
    void leadersHandOver() throws Exception {
        for (int i = 1; i <= HAND_OVERS; i++) {
            handOver("planned-" + i, leader -> cluster.run("restart", leader.name(), "--graceful"));
        }
    }

    @Test
    @Order(2)
    void leadersThatAreKilledAreReplaced() throws Exception {
        for (int i = 1; i <= HAND_OVERS; i++) {
            handOver("killed-" + i, leader -> TestCluster.kill(leader.pid()));
            aChangeIsCarriedOut();
        }
    }

    /** Prints what a hand-over costs; what it asserts is that no leader writes in another's term. */
    private static void handOver(String namespace, Ending ending) throws Exception {
        List<Service> leaders = new ArrayList<>();
        for (Role role : Role.values()) {
            leaders.add(cluster.leader(role.kind));
        }
        try (KubernetesClient client = cluster.client();
                Journal journal = new Journal(client, namespace);
                SteadyLoad load = new SteadyLoad(client, namespace)) {
            Map<Role, Terms.Term> before = new EnumMap<>(Role.class);
            for (Role role : Role.values()) {
                before.put(role, journal.term(role));
                Eventually.holds(role + " works", TestCluster.PATIENCE,
                        () -> journal.deeds(role, journal.term(role).holder()) >= DEEDS);
            }
            for (Service leader : leaders) {
                ending.end(leader);
            }
            for (Role role : Role.values()) {
                Eventually.holds("somebody else works as " + role, TestCluster.PATIENCE,
                        () -> journal.term(role).begin() > before.get(role).begin()
                                && journal.deeds(role, journal.term(role).holder()) >= DEEDS);
                System.out.printf("hand-over, %s: %s, %d ms from the old leader's last write to the new one's first%n",
                        namespace, role.kind, journal.gapMillis(role, journal.term(role).begin()));
            }
            journal.assertEachWroteInItsTermsOnly();
            load.assertServed();
        }
    }

    @Test
    @Order(3)
    void theSystemRecoversFromTheDeathOfEachOtherProcess() throws Exception {
        try (AcknowledgedWrites writes = writes(2)) {
            for (Service victim : cluster.services()) {
                if (List.of("apiserver", "hollow-nodes").contains(victim.kind())) {
                    writes.awaitMore(10);
                    TestCluster.kill(victim.pid());
                    cluster.awaitAnother(victim);
                    aChangeIsCarriedOut();
                }
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
                if (kill < STORES) {
                    aChangeIsCarriedOut();
                }
            }
            writes.awaitMore(20);
            verify(writes);
        }
    }

    /** The Deployment gets one pod more. */
    private static void aChangeIsCarriedOut() {
        try (KubernetesClient client = cluster.client()) {
            Web.scale(client, ++replicas);
            Web.awaitAvailable(client, replicas);
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
        cluster.run("stop");
        cluster.awaitNoProcess();
        cluster.run("start");
        for (String server : cluster.serverUrls()) {
            try (KubernetesClient client = cluster.client(server)) {
                before.assertKeptIn(Inventory.of(client));
            }
        }
        aChangeIsCarriedOut();
    }

    @Test
    @Order(6)
    void deletedAfterTheDeathOfItsSupervisorItLeavesNothing() throws Exception {
        TestCluster.kill(cluster.supervisor());
        assertThat(cluster.services()).allMatch(Service::ready);
        cluster.run("delete", "cluster");
        cluster.awaitNoProcess();
        assertThat(cluster.directory()).doesNotExist();
    }
}
