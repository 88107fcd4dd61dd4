package io.myriad.store;

import java.nio.file.Path;
import java.util.List;

import io.grpc.Channel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A member that dies at any moment while it gets the state from another one: it gets it the next time. */
final class SnapshotCrashTest {

    private static final int WRITERS = 4;
    /** In the order in which they come: a member that died at one of them comes to the next. */
    private static final List<String> MOMENTS = List.of("raftBeforeFollowerSend", "raftBeforeSaveSnap",
            "raftAfterSaveSnap", "raftBeforeApplySnap", "applyBeforeOpenSnapshot", "applyAfterOpenSnapshot",
            "raftAfterApplySnap", "raftAfterWALRelease");

    @TempDir
    static Path directory = Path.of("");

    @BeforeAll
    static void warmUp() throws InterruptedException {
        StoreProcess.warmUp(directory);
    }

    @Test
    void nothingIsLost() throws Exception {
        try (ProcessCluster cluster = new ProcessCluster(directory.resolve("three"))) {
            int laggard = (cluster.leader() + 1) % ProcessCluster.SIZE;
            List<Channel> others = cluster.channels.stream().filter(each -> each != cluster.channels.get(laggard))
                    .map(Channel.class::cast).toList();
            AcknowledgedWrites writes = new AcknowledgedWrites(WRITERS,
                    () -> others.get((int) (System.nanoTime() & 1)));
            try (writes) {
                cluster.stores.get(laggard).kill();
                // Several checkpoints, so that the log begins behind what it has.
                writes.awaitMore(1500);
            }
            for (String moment : MOMENTS) {
                cluster.start(laggard, "GOFAIL_FAILPOINTS=" + moment + "=panic");
                assertThat(cluster.stores.get(laggard).awaitExit()).as("exit code after %s", moment).isEqualTo(2);
                assertThat(cluster.stores.get(laggard).output()).contains("failpoint panic: " + moment);
            }
            cluster.start(laggard);
            cluster.awaitReady(laggard);
            writes.verify(cluster.channels.get(laggard));
        }
    }
}
