package io.myriad.control.client;

import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Who may send now, and who waits; nothing is connected for that. */
class ConnectionsTest {
    private static final URI SERVER = URI.create("https://127.0.0.1:1");
    private static final URI OTHER = URI.create("https://127.0.0.1:2");

    private final AtomicLong now = new AtomicLong();
    private final List<Connections.Stream> streams = new ArrayList<>();
    private boolean ended;
    private final Connections connections = new Connections(options(2, 3, 4), Runnable::run, now::get);

    private static ClientOptions options(int connections, int connectionsMax, int streams) {
        try {
            return new ClientOptions(List.of(SERVER), new Credentials(SSLContext.getDefault(), List.of(), () -> null),
                    "test",
                    connections, connectionsMax, streams, 1_000, 0, 1_000);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void close() {
        ended = true; // who waits hears of it
        connections.close();
    }

    /** Asks as a request does: again when it is told that there is room. */
    private void ask(URI server) {
        if (ended) {
            return;
        }
        Connections.Stream stream = connections.acquire(server, () -> ask(server));
        if (stream != null) {
            streams.add(stream);
        }
    }

    private void ask(int times) {
        for (int i = 0; i < times; i++) {
            ask(SERVER);
        }
    }

    @Test
    void oneGoesFirstOnEachConnection() {
        ask(10);
        assertThat(streams).hasSize(2);
        assertThat(connections.count()).isEqualTo(2);
        assertThat(connections.waiting()).isEqualTo(8);

        connections.answered(streams.get(0));
        assertThat(streams).hasSize(5); // the connection is full
        assertThat(connections.count()).isEqualTo(2);
        connections.answered(streams.get(1));
        assertThat(streams).hasSize(9); // both are full: another one is opened
        assertThat(connections.count()).isEqualTo(3);
        connections.answered(streams.get(8));
        assertThat(streams).hasSize(10);
        assertThat(connections.waiting()).isZero();
    }

    @Test
    void whoFailedLetsAnotherGoFirst() {
        ask(4);
        connections.broke(streams.getFirst());
        connections.release(streams.getFirst());
        assertThat(streams).hasSize(3);
        assertThat(connections.waiting()).isEqualTo(1);
    }

    @Test
    void afterABreakOneGoesFirstAgainHoweverManyBroke() {
        ask(8);
        connections.answered(streams.get(0));
        connections.answered(streams.get(1));
        assertThat(streams).hasSize(8);
        List<Connections.Stream> broken = List.copyOf(streams);
        broken.forEach(stream -> {
            connections.broke(stream);
            connections.release(stream);
        });
        streams.clear();
        ask(8);
        assertThat(streams).hasSize(2);
        broken.forEach(connections::answered); // late, and of no account
        assertThat(streams).hasSize(2);
    }

    @Test
    void anotherServerAndALongPauseHaveToBeConnectedAnew() {
        ask(3);
        connections.answered(streams.get(0));
        connections.answered(streams.get(1));
        List.copyOf(streams).forEach(connections::release);
        now.addAndGet(TimeUnit.SECONDS.toNanos(5));
        streams.clear();
        ask(3);
        assertThat(streams).hasSize(3); // still connected
        List.copyOf(streams).forEach(connections::release);
        now.addAndGet(TimeUnit.SECONDS.toNanos(60));
        streams.clear();
        ask(3);
        assertThat(streams).hasSize(2);
        ask(OTHER);
        assertThat(streams).hasSize(2);
    }
}
