package io.myriad.store.value;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;

/**
 * What every connection begins with: user, password, database and a name. The library would do it while it connects, but a server that refuses may be faster than the library notices that
 * it has connected, and then nobody learns what the server said.
 */
final class RedisLogin implements RedisLink.Greeting {

    private final ValueStoreOptions options;
    private final byte[] name;
    private final RedisTimeouts timeouts;

    /** @param name what the server lists the connection under */
    RedisLogin(ValueStoreOptions options, String name, RedisTimeouts timeouts) {
        this.options = options;
        this.name = name.getBytes(StandardCharsets.US_ASCII);
        this.timeouts = timeouts;
    }

    @Override
    public void greet(StatefulRedisConnection<byte[], byte[]> connection)
            throws ExecutionException, TimeoutException, InterruptedException {
        RedisAsyncCommands<byte[], byte[]> commands = connection.async();
        if (!options.user().isEmpty()) {
            timeouts.await(commands.auth(options.user(), options.password()));
        } else if (!options.password().isEmpty()) {
            timeouts.await(commands.auth(options.password()));
        }
        timeouts.await(commands.ping());
        if (options.database() != 0) {
            timeouts.await(commands.select(options.database()));
        }
        try {
            timeouts.await(commands.clientSetname(name));
        } catch (ExecutionException e) {
            // It may not be permitted. Who needs the name finds out.
            if (!RedisFaults.isReply(e)) {
                throw e;
            }
        }
    }
}
