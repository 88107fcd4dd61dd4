package io.myriad.system;

import java.nio.file.Path;
import java.util.List;

import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.system.TestCluster.Service;

import static org.assertj.core.api.Assertions.assertThat;

/** A bare API server over a store of one member, which is killed again and again; in the end their supervisor is. In order. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SingleStoreTest {
    private static final int KILLS = 20;
    private static final int WRITERS = 4;

    @TempDir
    static Path home;
    private static TestCluster cluster;

    @BeforeAll
    static void create() throws Exception {
        cluster = TestCluster.create(home, "single-store-test", "--separate", "--nodes", "0", "--controllers", "0",
                "--schedulers", "0");
    }

    @AfterAll
    static void delete() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    @Order(1)
    void nothingAcknowledgedIsLost() throws Exception {
        try (KubernetesClient client = cluster.client();
                AcknowledgedWrites writes = new AcknowledgedWrites(WRITERS, List.of(cluster.client()))) {
            for (int kill = 0; kill < KILLS; kill++) {
                writes.awaitMore(20);
                cluster.run("restart", "store", "--kill");
                writes.verify(client);
            }
            writes.awaitMore(20);
        }
    }

    @Test
    @Order(2)
    void stoppedAfterTheDeathOfItsSupervisorItLeavesNoProcess() throws Exception {
        TestCluster.kill(cluster.supervisor());
        assertThat(cluster.services()).allMatch(Service::ready);
        cluster.run("stop");
        cluster.awaitNoProcess();
        assertThat(cluster.services()).allMatch(service -> service.pid() == 0);
    }
}
