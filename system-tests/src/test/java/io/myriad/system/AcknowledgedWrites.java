package io.myriad.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that write all the time, each through one API server after another, and remember what was acknowledged: each has a
 * config map that it replaces with increasing numbers, and leaves every tenth number in one of its own. After any crash
 * the former must hold at least the last number acknowledged, and the latter must be there with its uid.
 */
final class AcknowledgedWrites implements AutoCloseable {
    private static final String NAMESPACE = "default";
    private static final int KEPT_EACH = 10;

    /** What an answer said. */
    private record Answer(String uid, long version, long number) {}

    private final List<KubernetesClient> clients;
    private final List<Thread> writers = new ArrayList<>();
    private final Map<String, Answer> acknowledged = new ConcurrentHashMap<>();
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong next = new AtomicLong();
    private volatile boolean stopped;

    /** @param clients each for one API server; closed with this */
    AcknowledgedWrites(int writerCount, List<KubernetesClient> clients) {
        this.clients = clients;
        for (int i = 0; i < writerCount; i++) {
            String name = "writer-" + i;
            writers.add(Thread.ofPlatform().name(name).start(() -> write(name)));
        }
    }

    private void write(String name) {
        KubernetesClient client = nextClient();
        for (long number = 1; !stopped; number++) {
            try {
                put(client, name, number);
                if (number % KEPT_EACH == 0) {
                    create(client, name + "-" + number, number);
                }
            } catch (KubernetesClientException unknown) {
                // It may or may not have been written. On with it, elsewhere where there is an elsewhere.
                client = nextClient();
            }
        }
    }

    private KubernetesClient nextClient() {
        return clients.get((int) (next.getAndIncrement() % clients.size()));
    }

    private void put(KubernetesClient client, String name, long number) {
        if (acknowledged.containsKey(name)) {
            answered(client.configMaps().inNamespace(NAMESPACE).resource(configMap(name, number)).update(), number);
        } else {
            create(client, name, number);
        }
    }

    private void create(KubernetesClient client, String name, long number) {
        try {
            answered(client.configMaps().inNamespace(NAMESPACE).resource(configMap(name, number)).create(), number);
        } catch (KubernetesClientException e) {
            ConfigMap there = e.getCode() == 409
                    ? client.configMaps().inNamespace(NAMESPACE).withName(name).get()
                    : null;
            if (there == null) {
                throw e;
            }
            answered(there, number(there)); // an attempt without an answer had been carried out
        }
    }

    private void answered(ConfigMap answer, long number) {
        acknowledged.put(answer.getMetadata().getName(),
                new Answer(answer.getMetadata().getUid(), version(answer), number));
        count.incrementAndGet();
    }

    private static ConfigMap configMap(String name, long number) {
        return new ConfigMapBuilder().withNewMetadata().withName(name).endMetadata()
                .addToData("number", Long.toString(number)).build();
    }

    private static long number(ConfigMap map) {
        return Long.parseLong(map.getData().get("number"));
    }

    private static long version(ConfigMap map) {
        return Long.parseLong(map.getMetadata().getResourceVersion());
    }

    long count() {
        return count.get();
    }

    /** Waits until so many more writes were acknowledged. */
    void awaitMore(long more) {
        long target = count.get() + more;
        Eventually.holds(more + " more writes are acknowledged", TestCluster.PATIENCE, () -> count.get() >= target);
    }

    /** Every write acknowledged before this call is there, as a client of any API server sees it. */
    void verify(KubernetesClient client) {
        Map<String, Answer> expected = Map.copyOf(acknowledged);
        List<ConfigMap> items = new ArrayList<>();
        Eventually.holds("config maps can be listed", TestCluster.PATIENCE,
                () -> items.addAll(client.configMaps().inNamespace(NAMESPACE).list().getItems()));
        Map<String, ConfigMap> found = new ConcurrentHashMap<>();
        items.forEach(item -> found.put(item.getMetadata().getName(), item));
        expected.forEach((name, answer) -> {
            ConfigMap there = found.get(name);
            assertThat(there).as("acknowledged config map %s", name).isNotNull();
            assertThat(there.getMetadata().getUid()).as("uid of %s", name).isEqualTo(answer.uid);
            assertThat(number(there)).as("last number acknowledged for %s", name)
                    .isGreaterThanOrEqualTo(answer.number);
            assertThat(version(there)).as("version of %s", name).isGreaterThanOrEqualTo(answer.version);
        });
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        for (Thread writer : writers) {
            writer.join();
        }
        clients.forEach(KubernetesClient::close);
    }
}
