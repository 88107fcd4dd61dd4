package io.myriad.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that write all the time, each through one API server after another, and remember what was acknowledged. Each has a
 * config map in which it counts, always on top of the version that it knows, and leaves a config map of its own for every
 * tenth number.
 *
 * <p>After a failure nobody knows whether the write was carried out. So a writer reads what is there before it goes on: what
 * was not acknowledged may be there or not, but nothing older than the last acknowledged number is ever right.
 */
final class AcknowledgedWrites implements AutoCloseable {
    private static final String NAMESPACE = "default";
    private static final String NUMBER = "number";
    private static final int KEPT_EACH = 10;

    /** What an answer said. */
    private record Answer(String uid, long version, long number) {
        static Answer of(ConfigMap map) {
            return new Answer(map.getMetadata().getUid(), Long.parseLong(map.getMetadata().getResourceVersion()),
                    Long.parseLong(map.getData().get(NUMBER)));
        }
    }

    private final List<KubernetesClient> clients;
    private final List<Thread> writers = new ArrayList<>();
    private final Map<String, Answer> acknowledged = new ConcurrentHashMap<>();
    private final List<Throwable> wrong = new CopyOnWriteArrayList<>();
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong newestVersion = new AtomicLong();
    private final AtomicInteger nextClient = new AtomicInteger();
    private volatile boolean stopped;

    /** Starts to write. @param clients each for one API server; closed with this */
    AcknowledgedWrites(int writerCount, List<KubernetesClient> clients) {
        this.clients = clients;
        for (int i = 0; i < writerCount; i++) {
            String name = "writer-" + i;
            writers.add(Thread.ofPlatform().name(name).start(() -> write(name)));
        }
    }

    private void write(String name) {
        KubernetesClient client = client();
        try {
            while (!stopped) {
                try {
                    count(client, name);
                } catch (KubernetesClientException unknown) {
                    client = client();
                }
            }
        } catch (RuntimeException | AssertionError failure) {
            wrong.add(failure);
        }
    }

    private KubernetesClient client() {
        return clients.get(nextClient.getAndIncrement() % clients.size());
    }

    /** Counts until a request fails. */
    private void count(KubernetesClient client, String name) {
        ConfigMap there = client.configMaps().inNamespace(NAMESPACE).withName(name).get();
        Answer before = acknowledged.get(name);
        if (before != null) {
            assertKept(name, before, there);
        }
        long number = there == null ? 1 : Answer.of(there).number + 1;
        Answer answer = there == null
                ? send(client, configMap(name, "", number), Resource::create)
                : send(client, configMap(name, there.getMetadata().getResourceVersion(), number), Resource::update);
        while (!stopped) {
            if (number % KEPT_EACH == 0) {
                send(client, configMap(name + "-" + number, "", number), Resource::create);
            }
            number++;
            answer = send(client, configMap(name, Long.toString(answer.version), number), Resource::update);
        }
    }

    private interface Write {
        ConfigMap to(Resource<ConfigMap> resource);
    }

    private Answer send(KubernetesClient client, ConfigMap map, Write write) {
        long newest = newestVersion.get();
        Answer answer = Answer.of(write.to(client.configMaps().inNamespace(NAMESPACE).resource(map)));
        assertThat(answer.version).as("version of a write sent after one of version %d was acknowledged", newest)
                .isGreaterThan(newest);
        newestVersion.accumulateAndGet(answer.version, Math::max);
        acknowledged.put(map.getMetadata().getName(), answer);
        count.incrementAndGet();
        return answer;
    }

    private static ConfigMap configMap(String name, String version, long number) {
        return new ConfigMapBuilder().withNewMetadata().withName(name)
                .withResourceVersion(version.isEmpty() ? null : version).endMetadata()
                .addToData(NUMBER, Long.toString(number)).build();
    }

    private static void assertKept(String name, Answer answer, ConfigMap map) {
        assertThat(map).as("acknowledged config map %s", name).isNotNull();
        Answer there = Answer.of(map);
        assertThat(there.uid).as("uid of %s", name).isEqualTo(answer.uid);
        assertThat(there.number).as("last number acknowledged for %s", name).isGreaterThanOrEqualTo(answer.number);
        assertThat(there.version).as("version of %s", name).isGreaterThanOrEqualTo(answer.version);
    }

    /** Waits until so many more writes were acknowledged. */
    void awaitMore(long more) {
        long target = count.get() + more;
        Eventually.holds(more + " more writes are acknowledged", TestCluster.PATIENCE,
                () -> !wrong.isEmpty() || count.get() >= target);
        assertThat(wrong).isEmpty();
    }

    /** Every write acknowledged before this call is there, as this client sees it. */
    void verify(KubernetesClient client) {
        Map<String, Answer> expected = Map.copyOf(acknowledged);
        Map<String, ConfigMap> found = new ConcurrentHashMap<>();
        Eventually.holds("config maps can be listed", TestCluster.PATIENCE, () -> {
            client.configMaps().inNamespace(NAMESPACE).list().getItems()
                    .forEach(map -> found.put(map.getMetadata().getName(), map));
            return true;
        });
        assertThat(expected).isNotEmpty();
        expected.forEach((name, answer) -> assertKept(name, answer, found.get(name)));
        assertThat(wrong).isEmpty();
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
