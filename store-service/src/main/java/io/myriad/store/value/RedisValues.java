package io.myriad.store.value;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.KeyScanOutput;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.output.ValueOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandKeyword;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import org.jspecify.annotations.Nullable;

/**
 * Values in a server that speaks Redis' protocol, version 2, which Valkey, Tair and proxies speak too.
 *
 * <p>A key is {@code myriad:}, cluster 8 bytes, member 8, revision 8, place within the revision 4, big-endian. So clusters and members can share a server, and nobody needs to
 * know what a member has there to take it away: {@link #clear} looks for the first three. A value is a CRC-32C of revision, place and key-value, 4 bytes, and the key-value: the
 * server is not in the chain of checksums that leads from the page file's root to everything else.
 *
 * <p>Puts and deletes are sent when {@link #BATCH_BYTES} or {@link #BATCH_COMMANDS} are together, and go on when all of them are answered, so that no more than that is in memory.
 * They have a connection of their own, on which a reader never waits for them.
 */
public final class RedisValues implements ExternalValues {

    /** What is sent before an answer is waited for, unless one value alone is longer. */
    static final int BATCH_BYTES = 1 << 20;
    /** Commands that are sent before an answer is waited for. */
    static final int BATCH_COMMANDS = 512;
    /** Keys that {@link #clear} lets the server look at in a step, whosever they are. */
    private static final int SCAN_KEYS = 1000;
    private static final byte[] PREFIX = {'m', 'y', 'r', 'i', 'a', 'd', ':'};
    private static final int PREFIX_BYTES = PREFIX.length + 2 * Long.BYTES;
    private static final int KEY_BYTES = PREFIX_BYTES + Long.BYTES + Integer.BYTES;
    private static final int CHECKSUM_BYTES = Integer.BYTES;
    private static final String FIRST_CURSOR = "0";
    /** Netty's threads, of which the library has its own; two connections need no more. */
    private static final int THREADS = 2;
    /** How long the end waits for those threads. */
    private static final Duration SHUTDOWN = Duration.ofSeconds(2);

    private final byte[] prefix;
    private final RedisFaults faults;
    private final ValueMetrics metrics;
    private final ClientResources resources;
    private final RedisClient client;
    private final RedisLink writer;
    private final RedisLink reader;
    private List<AsyncCommand<byte[], byte[], ?>> batch = new ArrayList<>();
    private int batchBytes;

    /** Connects; throws with a message for the user if the server cannot be used or would not keep what it is given. */
    public static RedisValues open(ValueStoreOptions options, long clusterId, long memberId, ValueMetrics metrics)
            throws IOException {
        return open(options, clusterId, memberId, metrics, RedisTimeouts.STANDARD, System::nanoTime);
    }

    static RedisValues open(ValueStoreOptions options, long clusterId, long memberId, ValueMetrics metrics,
            RedisTimeouts timeouts, LongSupplier nanoTime) throws IOException {
        Path authorities = options.authorities();
        if (authorities != null && !Files.isReadable(authorities)) {
            throw new IOException(authorities + " cannot be read");
        }
        RedisValues values = new RedisValues(options, clusterId, memberId, metrics, timeouts, nanoTime);
        try {
            values.writer.connect();
            values.reader.connect();
            return values;
        } catch (IOException | RuntimeException e) {
            values.close();
            throw e;
        }
    }

    private RedisValues(ValueStoreOptions options, long clusterId, long memberId, ValueMetrics metrics,
            RedisTimeouts timeouts, LongSupplier nanoTime) {
        this.metrics = metrics;
        faults = new RedisFaults(options);
        prefix = ByteBuffer.allocate(PREFIX_BYTES).put(PREFIX).putLong(clusterId).putLong(memberId).array();
        resources = ClientResources.builder().ioThreadPoolSize(THREADS).computationThreadPoolSize(THREADS).build();
        client = RedisClient.create(resources);
        client.setOptions(clientOptions(options, timeouts));
        String name = "myriad-values-" + Long.toHexString(clusterId) + "-" + Long.toHexString(memberId);
        String writerName = name + "-writer";
        RedisLogin writerLogin = new RedisLogin(options, writerName, timeouts);
        RedisGreeting greeting = new RedisGreeting(options, writerName, timeouts, faults);
        writer = new RedisLink(client, uri(options, timeouts), connection -> {
            writerLogin.greet(connection);
            greeting.greet(connection);
        }, timeouts, faults, metrics, nanoTime);
        reader = new RedisLink(client, uri(options, timeouts), new RedisLogin(options, name + "-reader", timeouts),
                timeouts, faults, metrics, nanoTime);
    }

    private static ClientOptions clientOptions(ValueStoreOptions options, RedisTimeouts timeouts) {
        SslOptions.Builder tls = SslOptions.builder().jdkSslProvider();
        Path authorities = options.authorities();
        if (authorities != null) {
            tls.trustManager(authorities.toFile());
        }
        return ClientOptions.builder().autoReconnect(false).protocolVersion(ProtocolVersion.RESP2)
                .pingBeforeActivateConnection(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .timeoutOptions(TimeoutOptions.create())
                .socketOptions(SocketOptions.builder().connectTimeout(timeouts.connect()).keepAlive(true).build())
                .sslOptions(tls.build()).build();
    }

    /** Without what the library would have to say to the server: see {@link RedisLogin}. */
    private static RedisURI uri(ValueStoreOptions options, RedisTimeouts timeouts) {
        return RedisURI.Builder.redis(options.host(), options.port()).withTimeout(timeouts.connect())
                .withSsl(options.tls()).withVerifyPeer(SslVerifyMode.FULL).build();
    }

    @Override
    public void put(long modRevision, int subRevision, byte[] keyValue) throws IOException {
        byte[] value = ByteBuffer.allocate(CHECKSUM_BYTES + keyValue.length)
                .putInt(checksum(modRevision, subRevision, keyValue, 0)).put(keyValue).array();
        add(command(CommandType.SET, new StatusOutput<>(ByteArrayCodec.INSTANCE),
                arguments().addKey(key(modRevision, subRevision)).addValue(value)), value.length);
    }

    @Override
    public void delete(long modRevision, int subRevision) throws IOException {
        add(command(CommandType.UNLINK, new IntegerOutput<>(ByteArrayCodec.INSTANCE),
                arguments().addKey(key(modRevision, subRevision))), 0);
    }

    private void add(AsyncCommand<byte[], byte[], ?> command, int valueBytes) throws IOException {
        batch.add(command);
        batchBytes += KEY_BYTES + valueBytes;
        if (batchBytes >= BATCH_BYTES || batch.size() >= BATCH_COMMANDS) {
            flush();
        }
    }

    @Override
    public void flush() throws IOException {
        List<AsyncCommand<byte[], byte[], ?>> sending = batch;
        int bytes = batchBytes;
        batch = new ArrayList<>();
        batchBytes = 0;
        if (!sending.isEmpty()) {
            writer.exchange(sending);
            metrics.sent(bytes);
        }
    }

    @Override
    public byte @Nullable [] get(long modRevision, int subRevision) throws IOException {
        AsyncCommand<byte[], byte[], byte[]> get = getting(modRevision, subRevision);
        reader.exchange(List.of(get));
        metrics.sent(KEY_BYTES);
        return keyValue(modRevision, subRevision, get.getNow(null));
    }

    @Override
    public byte[] @Nullable [] getAll(long[] modRevisions, int[] subRevisions) throws IOException {
        byte[] @Nullable [] keyValues = new byte[modRevisions.length][];
        for (int from = 0; from < keyValues.length; from += BATCH_COMMANDS) {
            List<AsyncCommand<byte[], byte[], byte[]>> gets = new ArrayList<>();
            for (int i = from; i < Math.min(keyValues.length, from + BATCH_COMMANDS); i++) {
                gets.add(getting(modRevisions[i], subRevisions[i]));
            }
            reader.exchange(gets);
            metrics.sent((long) gets.size() * KEY_BYTES);
            for (int i = 0; i < gets.size(); i++) {
                keyValues[from + i] = keyValue(modRevisions[from + i], subRevisions[from + i],
                        gets.get(i).getNow(null));
            }
        }
        return keyValues;
    }

    private AsyncCommand<byte[], byte[], byte[]> getting(long modRevision, int subRevision) {
        return command(CommandType.GET, new ValueOutput<>(ByteArrayCodec.INSTANCE),
                arguments().addKey(key(modRevision, subRevision)));
    }

    private byte @Nullable [] keyValue(long modRevision, int subRevision, byte @Nullable [] value)
            throws IOException {
        if (value == null) {
            return null;
        }
        metrics.received(value.length);
        if (value.length < CHECKSUM_BYTES
                || ByteBuffer.wrap(value).getInt() != checksum(modRevision, subRevision, value, CHECKSUM_BYTES)) {
            metrics.failed();
            throw faults.fault("has something else than what was put under key "
                    + HexFormat.of().formatHex(key(modRevision, subRevision)) + ": its data is damaged, or another"
                    + " program writes to its database");
        }
        return Arrays.copyOfRange(value, CHECKSUM_BYTES, value.length);
    }

    private static int checksum(long modRevision, int subRevision, byte[] bytes, int offset) {
        CRC32C checksum = new CRC32C();
        checksum.update(
                ByteBuffer.allocate(Long.BYTES + Integer.BYTES).putLong(modRevision).putInt(subRevision).flip());
        checksum.update(bytes, offset, bytes.length - offset);
        return (int) checksum.getValue();
    }

    @Override
    public void clear() throws IOException {
        batch = new ArrayList<>();
        batchBytes = 0;
        String cursor = FIRST_CURSOR;
        do {
            AsyncCommand<byte[], byte[], KeyScanCursor<byte[]>> scan = command(CommandType.SCAN,
                    new KeyScanOutput<>(ByteArrayCodec.INSTANCE),
                    arguments().add(cursor).add(CommandKeyword.MATCH).add(pattern(prefix)).add(CommandKeyword.COUNT)
                            .add(SCAN_KEYS));
            writer.exchange(List.of(scan));
            KeyScanCursor<byte[]> found = scan.join();
            if (!found.getKeys().isEmpty()) {
                writer.exchange(List.of(command(CommandType.UNLINK, new IntegerOutput<>(ByteArrayCodec.INSTANCE),
                        arguments().addKeys(found.getKeys()))));
            }
            cursor = found.getCursor();
        } while (!cursor.equals(FIRST_CURSOR));
    }

    /** What all keys with a prefix match, and no other: a prefix has any bytes, those that mean something in a pattern too. */
    static byte[] pattern(byte[] prefix) {
        ByteBuffer pattern = ByteBuffer.allocate(2 * prefix.length + 1);
        for (byte each : prefix) {
            if (each == '*' || each == '?' || each == '[' || each == ']' || each == '\\') {
                pattern.put((byte) '\\');
            }
            pattern.put(each);
        }
        pattern.put((byte) '*').flip();
        byte[] bytes = new byte[pattern.remaining()];
        pattern.get(bytes);
        return bytes;
    }

    byte[] key(long modRevision, int subRevision) {
        return ByteBuffer.allocate(KEY_BYTES).put(prefix).putLong(modRevision).putInt(subRevision).array();
    }

    private static CommandArgs<byte[], byte[]> arguments() {
        return new CommandArgs<>(ByteArrayCodec.INSTANCE);
    }

    private static <T> AsyncCommand<byte[], byte[], T> command(CommandType type,
            CommandOutput<byte[], byte[], T> output,
            CommandArgs<byte[], byte[]> arguments) {
        return new AsyncCommand<>(new Command<>(type, output, arguments));
    }

    @Override
    public void close() {
        writer.close();
        reader.close();
        client.shutdown(Duration.ZERO, SHUTDOWN);
        resources.shutdown(0, SHUTDOWN.toMillis(), TimeUnit.MILLISECONDS);
    }
}
