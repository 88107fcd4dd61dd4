package io.myriad.store.value;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import io.myriad.certificates.CertificateAuthority;
import io.myriad.store.metrics.MetricRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A real server, and what becomes of it. */
@Timeout(120)
final class RedisValuesTest extends ExternalValuesContract {

    private static final long CLUSTER = 0x2A3F5B5C5D00FF01L;
    private static final RedisTimeouts IMPATIENT = new RedisTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(1),
            Duration.ofHours(1));

    @TempDir
    static Path sharedDirectory = Path.of("");
    @TempDir
    Path directory = Path.of("");

    private static RedisServer shared;
    private static long lastMember;

    private final AtomicLong clock = new AtomicLong();
    private final MetricRegistry registry = new MetricRegistry();

    @BeforeAll
    static void startServer() throws Exception {
        shared = RedisServer.start(sharedDirectory, "--appendfsync", "no");
    }

    @AfterAll
    static void stopServer() {
        if (shared != null) {
            shared.close();
        }
    }

    @Override
    ExternalValues create() throws IOException {
        return open(shared, ++lastMember);
    }

    private RedisValues open(RedisServer server, long member) throws IOException {
        return open("redis://127.0.0.1:" + server.port() + "/2", member, RedisTimeouts.STANDARD);
    }

    private RedisValues open(String url, long member, RedisTimeouts timeouts) throws IOException {
        return RedisValues.open(ValueStoreOptions.parse(url), CLUSTER, member, new ValueMetrics(registry), timeouts,
                clock::get);
    }

    private RedisValues openImpatient(RedisServer server) throws IOException {
        return open("redis://127.0.0.1:" + server.port(), 1, IMPATIENT);
    }

    private void waitUntilConnectingIsTriedAgain() {
        clock.addAndGet(IMPATIENT.pause().toNanos());
    }

    /** Another program's, which stays ended when it is ended, and does not use what Netty warns of. */
    private static RedisClient otherClient() {
        RedisClient client = RedisClient.create();
        client.setOptions(ClientOptions.builder().autoReconnect(false)
                .socketOptions(SocketOptions.builder().keepAlive(false).build()).build());
        return client;
    }

    /** Does something at a server as another program would. */
    private static void atServer(RedisServer server, int database, Consumer<RedisCommands<byte[], byte[]>> what) {
        RedisURI uri = RedisURI.Builder.redis("127.0.0.1", server.port()).withDatabase(database).build();
        try (RedisClient client = otherClient();
                StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE, uri)) {
            what.accept(connection.sync());
        }
    }

    @Test
    void aPatternMatchesItsPrefixAlone() {
        assertThat(RedisValues.pattern(bytes("a*b?[c]\\d"))).isEqualTo(bytes("a\\*b\\?\\[c\\]\\\\d*"));
    }

    @Test
    void membersOfOneServerDoNotSeeEachOther() throws IOException {
        // Their numbers have bytes that mean something in a pattern.
        try (RedisValues first = open(shared, 0x2A2A2A2A2A2A2A2AL);
                RedisValues second = open(shared, 0x2A2A2A2A2A2A2A41L)) {
            first.put(1, 0, bytes("first"));
            first.flush();
            second.put(1, 0, bytes("second"));
            second.flush();
            first.clear();
            assertThat(first.get(1, 0)).isNull();
            assertThat(second.get(1, 0)).isEqualTo(bytes("second"));
        }
    }

    @Test
    void whatWasFlushedIsThereAfterTheServerWasKilled() throws Exception {
        try (RedisServer server = RedisServer.start(directory); RedisValues values = openImpatient(server)) {
            values.put(1, 0, bytes("kept"));
            values.flush();
            server.kill();
            String address = "redis://127.0.0.1:" + server.port() + "/0";
            assertThatThrownBy(() -> {
                while (true) {
                    values.get(1, 0);
                }
            }).isInstanceOf(IOException.class).hasMessageContaining(address);
            values.put(2, 0, bytes("lost"));
            assertThatThrownBy(values::flush).isInstanceOf(IOException.class).hasMessageContaining(address);
            // Between two attempts to connect it is not tried.
            assertThatThrownBy(() -> values.get(1, 0)).hasMessageContaining("cannot be reached")
                    .hasMessageContaining("is it running");
            server.start();
            waitUntilConnectingIsTriedAgain();
            assertThat(values.get(1, 0)).isEqualTo(bytes("kept"));
            values.put(3, 0, bytes("after"));
            values.flush();
            assertThat(values.get(3, 0)).isEqualTo(bytes("after"));
            assertThat(values.get(2, 0)).isNull();
            assertThat(registry.text()).doesNotContain("myriad_value_store_failures_total 0\n");
        }
    }

    @Test
    void aServerThatStandsStillIsGivenUp() throws Exception {
        try (RedisServer server = RedisServer.start(directory); RedisValues values = openImpatient(server)) {
            values.put(1, 0, bytes("kept"));
            values.flush();
            server.pause();
            assertThatThrownBy(() -> values.get(1, 0)).isInstanceOf(IOException.class)
                    .hasMessageContaining("does not answer");
            // More than sockets hold, so that it is the sending that does not end.
            assertThatThrownBy(() -> values.put(2, 0, new byte[64 << 20])).isInstanceOf(IOException.class)
                    .hasMessageContaining("does not answer");
            // Nor does it answer a new connection.
            assertThatThrownBy(() -> openImpatient(server)).isInstanceOf(IOException.class)
                    .hasMessageContaining("does not answer");
            server.resume();
            waitUntilConnectingIsTriedAgain();
            assertThat(values.get(1, 0)).isEqualTo(bytes("kept"));
            values.put(2, 0, bytes("again"));
            values.flush();
            assertThat(values.get(2, 0)).isEqualTo(bytes("again"));
        }
    }

    /** What it has sent may be done by the server after what is sent to it now. */
    @Test
    void aConnectionThatWroteBeforeIsCutOff() throws IOException {
        long member = ++lastMember;
        RedisURI former = RedisURI.Builder.redis("127.0.0.1", shared.port())
                .withClientName("myriad-values-" + Long.toHexString(CLUSTER) + "-" + Long.toHexString(member)
                        + "-writer")
                .build();
        RedisURI other = RedisURI.Builder.redis("127.0.0.1", shared.port()).withClientName("myriad-values").build();
        try (RedisClient client = otherClient();
                StatefulRedisConnection<String, String> ended = client.connect(former);
                StatefulRedisConnection<String, String> left = client.connect(other)) {
            long id = ended.sync().clientId();
            try (RedisValues values = open(shared, member)) {
                values.put(1, 0, bytes("a"));
                values.flush();
                assertThat(left.sync().clientList()).doesNotContain("id=" + id + " ");
                assertThat(values.get(1, 0)).isEqualTo(bytes("a"));
            }
        }
    }

    @Test
    void aServerThatIsFull() throws Exception {
        try (RedisServer server = RedisServer.start(directory); RedisValues values = openImpatient(server)) {
            values.put(1, 0, bytes("kept"));
            values.flush();
            atServer(server, 0, commands -> commands.configSet("maxmemory", "1"));
            values.put(2, 0, bytes("too much"));
            assertThatThrownBy(values::flush).isInstanceOf(IOException.class).hasMessageContaining("is full")
                    .hasMessageContaining("maxmemory").hasMessageContaining("noeviction");
            // It still gives and deletes.
            assertThat(values.get(1, 0)).isEqualTo(bytes("kept"));
            values.delete(1, 0);
            values.flush();
            atServer(server, 0, commands -> commands.configSet("maxmemory", "0"));
            values.flush();
            assertThat(values.get(2, 0)).as("what failed is not done later").isNull();
            values.put(2, 0, bytes("again"));
            values.flush();
            assertThat(values.get(2, 0)).isEqualTo(bytes("again"));
        }
    }

    @Test
    void whatOthersLeaveUnderThePrefix() throws IOException {
        try (RedisValues values = open(shared, ++lastMember)) {
            byte[] prefix = Arrays.copyOf(values.key(0, 0), 23);
            byte[] longer = Arrays.copyOf(values.key(1, 0), 200);
            values.put(5, 0, bytes("ours"));
            values.put(7, 0, bytes("ours too"));
            values.flush();
            atServer(shared, 2, commands -> {
                commands.set(prefix, bytes("garbage"));
                commands.set(longer, bytes("garbage"));
                commands.set(values.key(2, 0), bytes("garbage"));
                commands.set(values.key(3, 0), bytes("g"));
                commands.lpush(values.key(4, 0), bytes("a list"));
                commands.set(values.key(6, 0), commands.get(values.key(5, 0)));
                commands.set(bytes("other"), bytes("not ours"));
            });
            assertThat(values.get(1, 0)).isNull();
            for (long revision : new long[]{2, 3, 6}) {
                assertThatThrownBy(() -> values.get(revision, 0)).as("revision %d", revision)
                        .isInstanceOf(IOException.class).hasMessageContaining("damaged");
            }
            assertThatThrownBy(() -> values.get(4, 0)).isInstanceOf(IOException.class)
                    .hasMessageContaining("another program writes to database 2");
            assertThatThrownBy(() -> values.getAll(new long[]{5, 4, 7}, new int[3])).isInstanceOf(IOException.class);
            assertThat(values.getAll(new long[]{5, 7}, new int[2]))
                    .isDeepEqualTo(new byte[][]{bytes("ours"), bytes("ours too")});
            values.put(4, 0, bytes("overwritten"));
            values.flush();
            assertThat(values.get(4, 0)).isEqualTo(bytes("overwritten"));
            values.clear();
            atServer(shared, 2, commands -> {
                assertThat(commands.exists(prefix, longer, values.key(2, 0), values.key(5, 0))).isZero();
                assertThat(commands.get(bytes("other"))).isEqualTo(bytes("not ours"));
            });
        }
    }

    @Test
    void usersAndPasswords() throws Exception {
        try (RedisServer server = RedisServer.start(directory, "--requirepass", "secret", "--user", "writer", "on",
                ">s/e:c@ret", "~myriad:*", "+@all", "-config", "-client", "--user", "reader", "on",
                ">secret", "~*", "+@all", "-unlink")) {
            String at = "127.0.0.1:" + server.port();
            try (RedisValues values = open("redis://:secret@" + at, 1, IMPATIENT)) {
                values.put(1, 0, bytes("a"));
                values.flush();
            }
            try (RedisValues values = open("redis://reader:secret@" + at, 1, IMPATIENT)) {
                values.put(1, 0, bytes("a"));
                values.delete(2, 0);
                assertThatThrownBy(values::flush).hasMessageContaining("does not permit a command");
            }
            List<String> warnings = warnings(() -> {
                try (RedisValues values = open("redis://writer:s%2Fe%3Ac%40ret@" + at, 1, IMPATIENT)) {
                    assertThat(values.get(1, 0)).isEqualTo(bytes("a"));
                    values.clear();
                    assertThat(values.get(1, 0)).isNull();
                }
            });
            assertThat(warnings).hasSize(2).anyMatch(each -> each.contains("does not permit CONFIG GET"))
                    .anyMatch(each -> each.contains("does not permit CLIENT"))
                    .noneMatch(each -> each.contains("ret"));
            assertThatThrownBy(() -> open("redis://" + at, 1, IMPATIENT)).isInstanceOf(IOException.class)
                    .hasMessageContaining(at).hasMessageContaining("wants a password");
            for (String wrong : List.of(":wrong", "writer:wrong", "nobody:wrong")) {
                assertThatThrownBy(() -> open("redis://" + wrong + "@" + at, 1, IMPATIENT)).as(wrong)
                        .isInstanceOf(IOException.class).hasMessageContaining("does not accept user and password")
                        .hasNoCause().hasMessageNotContaining("wrong");
            }
        }
        assertThatThrownBy(() -> open("redis://:secret@127.0.0.1:" + shared.port(), 1, IMPATIENT))
                .isInstanceOf(IOException.class).hasMessageContaining("has no password")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> open("redis://127.0.0.1:" + shared.port() + "/99", 1, IMPATIENT))
                .isInstanceOf(IOException.class).hasMessageContaining("has no database 99");
    }

    @Test
    void aServerThatRepeatsWhatItDoesNotUnderstand() throws Exception {
        try (RedisServer server = RedisServer.start(directory, "--rename-command", "AUTH", "")) {
            assertThatThrownBy(() -> open("redis://:hidden@127.0.0.1:" + server.port(), 1, IMPATIENT))
                    .isInstanceOf(IOException.class).hasNoCause().hasMessageNotContaining("hidden")
                    .hasMessageContaining("unknown command");
        }
    }

    @Test
    void aServerThatMayDropValuesIsRefused() throws Exception {
        try (RedisServer server = RedisServer.start(directory, "--maxmemory-policy", "allkeys-lru")) {
            assertThatThrownBy(() -> openImpatient(server)).isInstanceOf(IOException.class)
                    .hasMessageContaining("maxmemory-policy to noeviction").hasMessageContaining("allkeys-lru");
            atServer(server, 0, commands -> commands.configSet("maxmemory-policy", "noeviction"));
            openImpatient(server).close();
        }
    }

    @Test
    void aServerWithoutADiskIsWarnedOf() throws Exception {
        try (RedisServer server = RedisServer.start(directory, "--appendonly", "no")) {
            assertThat(warnings(() -> openImpatient(server).close())).hasSize(1).first().asString()
                    .contains("in memory only", "appendonly");
            atServer(server, 0, commands -> commands.configSet("save", "60 1"));
            assertThat(warnings(() -> openImpatient(server).close())).isEmpty();
        }
    }

    @Test
    void aReplicaIsNotWrittenTo() throws Exception {
        try (RedisServer server = RedisServer.start(directory); RedisValues values = openImpatient(server)) {
            atServer(server, 0, commands -> commands.replicaof("127.0.0.1", 1));
            values.put(1, 0, bytes("a"));
            assertThatThrownBy(values::flush).isInstanceOf(IOException.class)
                    .hasMessageContaining("must name the primary");
            atServer(server, 0, RedisCommands::replicaofNoOne);
            values.put(1, 0, bytes("a"));
            values.flush();
            assertThat(values.get(1, 0)).isEqualTo(bytes("a"));
        }
    }

    @Test
    void nobodyListens() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        assertThatThrownBy(() -> open("redis://me:secret@127.0.0.1:" + port, 1, IMPATIENT))
                .isInstanceOf(IOException.class).hasMessageContaining("redis://127.0.0.1:" + port)
                .hasMessageContaining("cannot be reached").hasMessageNotContaining("secret");
        assertThatThrownBy(() -> open("redis://no-such-host.invalid", 1, RedisTimeouts.STANDARD))
                .isInstanceOf(IOException.class).hasMessageContaining("no-such-host.invalid");
    }

    @Test
    void tls() throws Exception {
        CertificateAuthority authority = CertificateAuthority.create("test-ca", InstantSource.system());
        Path ca = Files.writeString(directory.resolve("ca.crt"), authority.credential().certificatePem());
        authority.issuePeer("redis", List.of("localhost")).write(directory.resolve("a.crt"),
                directory.resolve("a.key"));
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (RedisServer server = RedisServer.start(directory, port, "--port", "0", "--tls-port",
                Integer.toString(port), "--tls-cert-file", directory.resolve("a.crt").toString(), "--tls-key-file",
                directory.resolve("a.key").toString(), "--tls-ca-cert-file", ca.toString(), "--tls-auth-clients",
                "no")) {
            try (RedisValues values = open("rediss://localhost:" + server.port() + "?ca=" + ca, 1,
                    RedisTimeouts.STANDARD)) {
                values.put(1, 0, bytes("a"));
                values.flush();
                assertThat(values.get(1, 0)).isEqualTo(bytes("a"));
            }
            assertThatThrownBy(() -> open("rediss://localhost:" + port, 1, RedisTimeouts.STANDARD))
                    .isInstanceOf(IOException.class).hasMessageContaining("?ca=FILE");
            assertThatThrownBy(() -> open("rediss://127.0.0.1:" + port + "?ca=" + ca, 1, RedisTimeouts.STANDARD))
                    .as("the name is looked at").isInstanceOf(IOException.class).hasMessageContaining("TLS");
            assertThatThrownBy(
                    () -> open("rediss://localhost:" + port + "?ca=" + directory.resolve("none"), 1, IMPATIENT))
                    .isInstanceOf(IOException.class).hasMessageContaining("none cannot be read");
            assertThatThrownBy(() -> openImpatient(server)).as("without TLS").isInstanceOf(IOException.class);
        }
    }

    @Test
    void whatIsReported() throws IOException {
        try (RedisValues values = open(shared, ++lastMember)) {
            values.put(1, 0, bytes("1234"));
            values.put(1, 1, bytes("1234"));
            values.flush();
            values.get(1, 0);
            assertThat(registry.text()).contains("myriad_value_store_round_trip_duration_seconds_count 2\n",
                    "myriad_value_store_bytes_total{direction=\"sent\"} " + (3 * 35 + 2 * 8) + "\n",
                    "myriad_value_store_bytes_total{direction=\"received\"} 8\n",
                    "myriad_value_store_failures_total 0\n");
        }
    }

    @Test
    void nothingAfterTheClose() throws IOException {
        RedisValues values = open(shared, ++lastMember);
        values.close();
        values.close();
        assertThatThrownBy(() -> values.get(1, 0)).isInstanceOf(IOException.class)
                .hasMessageContaining("not used any more");
    }

    /** Something that may fail in any way. */
    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }

    private static List<String> warnings(Action action) throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger("io.myriad.store.value");
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        logger.addAppender(appender);
        try {
            action.run();
            return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
        } catch (RedisException e) {
            throw new AssertionError("an exception of the library came through", e);
        } finally {
            logger.detachAppender(appender);
        }
    }
}
