package io.myriad.benchmarks.sizes;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.myriad.apiserver.storage.EtcdConnection;
import io.myriad.apiserver.storage.EtcdStore;
import io.myriad.apiserver.storage.KeyValueStore;

/**
 * The pods as they lie in a cluster's store, so that another API server can be given the very same ones: keys and bytes are those of the real one.
 */
final class StoredPods implements AutoCloseable {
    private static final String START = "/registry/pods/";
    private static final String END = "/registry/pods0";
    private static final int PAGE = 500;
    private static final int WRITES_AT_A_TIME = 32;

    private final KeyValueStore store;

    private StoredPods(KeyValueStore store) {
        this.store = store;
    }

    /** Those of a cluster, read with the API server's own certificate. */
    static StoredPods of(MyriadCluster cluster) throws IOException {
        Map<String, String> flags = new HashMap<>();
        for (String line : Files.readAllLines(cluster.arguments())) {
            int equals = line.indexOf('=');
            if (line.startsWith("--etcd-") && equals > 0) {
                flags.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        List<URI> servers = new ArrayList<>();
        for (String server : flags.getOrDefault("--etcd-servers", "").split(",")) {
            // A service beside the store in one process needs no socket; this process does.
            servers.add(URI.create(server.replaceFirst("^in-process:", "https:")));
        }
        return new StoredPods(new EtcdStore(new EtcdConnection(servers, Path.of(flags.get("--etcd-cafile")),
                Path.of(flags.get("--etcd-certfile")), Path.of(flags.get("--etcd-keyfile")),
                EtcdConnection.DEFAULT_REQUEST_TIMEOUT_MILLIS)));
    }

    /** Writes so many more. */
    void write(int count) throws IOException, InterruptedException {
        try (ExecutorService threads = Executors.newFixedThreadPool(WRITES_AT_A_TIME, Thread.ofVirtual().factory())) {
            List<Future<Long>> written = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                written.add(
                        threads.submit(() -> store.create(START + RunningPod.NAMESPACE + "/" + RunningPod.name(number),
                                RunningPod.stored(number), 0)));
            }
            requireWritten(written);
        } catch (ExecutionException e) {
            throw new IOException("writing pods: " + e.getMessage(), e);
        }
    }

    private static void requireWritten(List<Future<Long>> written)
            throws IOException, InterruptedException, ExecutionException {
        for (Future<Long> one : written) {
            if (one.get() == 0) {
                throw new IOException("a pod is there already");
            }
        }
    }

    /** Writes all of them into another store, which has none; returns how many. */
    int copyTo(URI target) throws IOException, InterruptedException {
        int count = 0;
        try (EtcdStore other = new EtcdStore(EtcdConnection.plain(target));
                ExecutorService threads = Executors.newFixedThreadPool(WRITES_AT_A_TIME,
                        Thread.ofVirtual().factory())) {
            String from = START;
            boolean more = true;
            while (more) {
                KeyValueStore.Page page = store.range(from, END, 0, PAGE);
                List<Future<Long>> written = new ArrayList<>();
                for (KeyValueStore.KeyValue pod : page.items()) {
                    written.add(threads.submit(() -> other.create(pod.key(), pod.value(), 0)));
                    from = pod.key() + "\0";
                }
                requireWritten(written);
                count += written.size();
                more = page.more();
            }
        } catch (ExecutionException | KeyValueStore.CompactedException e) {
            throw new IOException("copying pods to " + target + ": " + e.getMessage(), e);
        }
        return count;
    }

    @Override
    public void close() {
        store.close();
    }
}
