package io.myriad.allinone;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(30)
final class SiblingsTest {
    private final List<String> events = new CopyOnWriteArrayList<>();
    /** What had happened when a service was made. */
    private final Map<String, List<String>> made = new ConcurrentHashMap<>();
    private final Map<String, Runnable> ends = new ConcurrentHashMap<>();
    private final AtomicReference<String> unexpected = new AtomicReference<>("");
    private final CountDownLatch storeMayStart = new CountDownLatch(1);
    private final CountDownLatch storeStarting = new CountDownLatch(1);

    private final Siblings siblings = new Siblings(List.of(service("store"), service("apiserver", "store"),
            service("controller", "apiserver"), service("nodes", "apiserver")), unexpected::set);

    @Test
    void startsEachServiceAfterThoseThatItNeedsAndStopsItBefore() throws Exception {
        storeMayStart.countDown();

        siblings.apply(arguments("generation 1\n[store]\n--a\n[apiserver]\n--b\n[controller]\n[nodes]\n"));
        List<String> starts = List.copyOf(events);
        events.clear();
        siblings.close();

        assertThat(starts.subList(0, 2)).containsExactly("start store [--a]", "start apiserver [--b]");
        assertThat(starts.subList(2, 4)).containsExactlyInAnyOrder("start controller []", "start nodes []");
        assertThat(events).containsExactly("stop nodes", "stop controller", "stop apiserver", "stop store");
        assertThat(unexpected.get()).isEmpty();
    }

    @Test
    void makesAServiceWhileThoseThatItNeedsStart() throws Exception {
        Thread starter = Thread.ofPlatform().start(() -> {
            try {
                siblings.apply(arguments("generation 1\n[store]\n[apiserver]\n[nodes]\n"));
            } catch (ServiceStartException | InterruptedException failed) {
                events.add("failed");
            }
        });
        storeStarting.await();
        while (!made.containsKey("apiserver")) {
            Thread.onSpinWait();
        }
        assertThat(made).as("it is not its turn yet").doesNotContainKey("nodes");
        storeMayStart.countDown();
        starter.join();

        assertThat(made.get("apiserver")).isEmpty();
        assertThat(made.get("nodes")).startsWith("start store []");
        assertThat(events).containsExactly("start store []", "start apiserver []", "start nodes []");
    }

    @Test
    void restartsWhatHasChangedAndLeavesTheRestAlone() throws Exception {
        storeMayStart.countDown();
        siblings.apply(arguments("generation 1\n[store]\n[apiserver]\n[nodes]\n--nodes=3\n"));
        events.clear();

        siblings.apply(arguments("generation 2\n[store]\n[apiserver restart 2]\n[nodes]\n--nodes=5\n"));
        assertThat(events).containsExactly("stop nodes", "stop apiserver", "start apiserver []",
                "start nodes [--nodes=5]");
        events.clear();

        siblings.apply(arguments("generation 3\n[store]\n[apiserver restart 2]\n"));
        assertThat(events).containsExactly("stop nodes");
        events.clear();

        siblings.apply(arguments("generation 4\n[store]\n[apiserver restart 2]\n"));
        assertThat(events).isEmpty();
    }

    @Test
    void tellsTheFailureThatOthersFollowFrom() {
        storeMayStart.countDown();

        assertThatExceptionOfType(ServiceStartException.class)
                .isThrownBy(() -> siblings.apply(arguments("generation 1\n[store]\n--fail\n[apiserver]\n")))
                .withMessage("store did not start: told to");
        assertThat(events).as("what depends on it is not even tried").containsExactly("start store [--fail]",
                "stop apiserver");
    }

    @Test
    void tellsWhenAServiceEndsByItself() throws Exception {
        storeMayStart.countDown();
        siblings.apply(arguments("generation 1\n[store]\n"));

        ends.getOrDefault("store", () -> {}).run();

        assertThat(unexpected.get()).isEqualTo("store");
    }

    @Test
    void canBeClosedWhileAServiceStarts() throws Exception {
        Thread starter = Thread.ofPlatform().start(() -> {
            try {
                siblings.apply(arguments("generation 1\n[store]\n[apiserver]\n"));
            } catch (ServiceStartException | InterruptedException interrupted) {
                events.add("interrupted");
            }
        });
        storeStarting.await();

        siblings.close();

        starter.join();
        assertThat(events).contains("interrupted").doesNotContain("start apiserver []");
    }

    @Test
    void namesTheServiceThatIsNone() {
        assertThatExceptionOfType(ServiceStartException.class)
                .isThrownBy(() -> siblings.apply(arguments("generation 1\n[kubelet]\n")))
                .withMessage("there is no service 'kubelet'; there are store, apiserver, controller, nodes");
    }

    private static Arguments arguments(String text) throws ServiceStartException {
        return Arguments.parse(text);
    }

    private Service service(String name, String... dependencies) {
        return new Service(name, List.of(dependencies), flags -> {
            made.put(name, List.copyOf(events));
            return new Service.Made() {
                @Override
                public void start(Runnable onClosed) {
                    if (name.equals("store")) {
                        awaitPermission();
                    }
                    events.add("start " + name + " " + flags);
                    if (flags.contains("--fail")) {
                        throw new IllegalStateException("told to");
                    }
                    ends.put(name, onClosed);
                }

                @Override
                public void close() {
                    events.add("stop " + name);
                    ends.getOrDefault(name, () -> {}).run();
                }
            };
        });
    }

    private void awaitPermission() {
        storeStarting.countDown();
        try {
            storeMayStart.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }
}
