package io.myriad.store.value;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.lettuce.core.KillArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the connection that writes begins with: whether the server keeps what it is given, and that nobody else writes for this member. */
final class RedisGreeting implements RedisLink.Greeting {

    private static final Logger LOG = LoggerFactory.getLogger(RedisGreeting.class);
    private static final String POLICY = "maxmemory-policy";
    private static final String NO_EVICTION = "noeviction";
    private static final String APPEND_ONLY = "appendonly";
    private static final String SAVE = "save";

    private final ValueStoreOptions options;
    private final RedisTimeouts timeouts;
    private final RedisFaults faults;
    private final Pattern ownLine;

    /** @param name of this member's connections that write */
    RedisGreeting(ValueStoreOptions options, String name, RedisTimeouts timeouts, RedisFaults faults) {
        this.options = options;
        this.timeouts = timeouts;
        this.faults = faults;
        ownLine = Pattern.compile("^id=(\\d+) .*\\bname=" + Pattern.quote(name) + " ", Pattern.MULTILINE);
    }

    @Override
    public void greet(StatefulRedisConnection<byte[], byte[]> connection)
            throws IOException, ExecutionException, TimeoutException, InterruptedException {
        RedisAsyncCommands<byte[], byte[]> commands = connection.async();
        checkSettings(commands);
        endOthers(commands);
    }

    private void checkSettings(RedisAsyncCommands<byte[], byte[]> commands)
            throws IOException, ExecutionException, TimeoutException, InterruptedException {
        Map<String, String> policy;
        Map<String, String> appendOnly;
        Map<String, String> save;
        try {
            policy = timeouts.await(commands.configGet(POLICY));
            appendOnly = timeouts.await(commands.configGet(APPEND_ONLY));
            save = timeouts.await(commands.configGet(SAVE));
        } catch (ExecutionException e) {
            if (!RedisFaults.isReply(e)) {
                throw e;
            }
            LOG.warn(
                    "the value store {} does not permit CONFIG GET, so it could not be seen whether it keeps what it is given: its maxmemory-policy must be noeviction, and it must write to a disk",
                    options.address());
            return;
        }
        String evicts = policy.getOrDefault(POLICY, NO_EVICTION);
        if (!evicts.equals(NO_EVICTION)) {
            throw faults.fault("may drop values when its memory is full: set its maxmemory-policy to noeviction, it is "
                    + evicts);
        }
        if (policy.isEmpty() || appendOnly.isEmpty() || save.isEmpty()) {
            LOG.warn(
                    "the value store {} does not say all of maxmemory-policy, appendonly and save, so it could not be seen whether it keeps what it is given",
                    options.address());
        } else if (!"yes".equals(appendOnly.get(APPEND_ONLY)) && String.valueOf(save.get(SAVE)).isBlank()) {
            LOG.warn(
                    "the value store {} keeps its data in memory only, so all values are lost when it ends: set appendonly to yes",
                    options.address());
        }
    }

    /**
     * Ends connections that wrote for this member before. What they have sent may lie at a server that stood still, to be done after what this connection sends: a deletion would
     * take a value away that has been put again.
     */
    private void endOthers(RedisAsyncCommands<byte[], byte[]> commands)
            throws ExecutionException, TimeoutException, InterruptedException {
        try {
            long self = timeouts.await(commands.clientId());
            Matcher own = ownLine.matcher(timeouts.await(commands.clientList()));
            while (own.find()) {
                long id = Long.parseLong(own.group(1));
                if (id != self) {
                    timeouts.await(commands.clientKill(KillArgs.Builder.id(id)));
                }
            }
        } catch (ExecutionException e) {
            if (!RedisFaults.isReply(e)) {
                throw e;
            }
            LOG.warn(
                    "the value store {} does not permit CLIENT ID, LIST and KILL: what was sent to it before a connection broke may be done later",
                    options.address());
        }
    }
}
