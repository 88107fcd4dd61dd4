package io.myriad.store.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.Future;

import io.myriad.store.metrics.MetricRegistry;

/** Counts the connections of a member's clients, refuses those that are too many, and closes those that dawdle. */
final class ClientConnections {
    private final ClientLimits limits;
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder tooMany;
    private final LongAdder tooSlow;
    private final LongAdder silent;
    private final LongAdder malformed;

    ClientConnections(ClientLimits limits, MetricRegistry registry) {
        this.limits = limits;
        MetricRegistry.CounterFamily refused = registry.counters("myriad_store_refused_connections_total",
                "Connections of clients that were closed, by reason.");
        this.tooMany = refused.with("reason=\"connections\"");
        this.tooSlow = refused.with("reason=\"timeout\"");
        this.silent = refused.with("reason=\"silence\"");
        this.malformed = refused.with("reason=\"malformed\"");
        registry.gauge("myriad_store_connections", "Open connections of clients.", open::get);
    }

    ClientLimits limits() {
        return limits;
    }

    /** A connection was opened; false when it was closed again, as there are too many. */
    boolean admit(Channel channel) {
        int others = open.getAndIncrement();
        channel.closeFuture().addListener(closed -> open.decrementAndGet());
        if (others >= limits.maxConnections()) {
            tooMany.increment();
            channel.close();
            return false;
        }
        return true;
    }

    /** Closes the connection when the result is not cancelled in time. On its event loop. */
    Future<?> closeAfter(Channel channel, long millis) {
        return channel.eventLoop().schedule(() -> {
            tooSlow.increment();
            channel.unsafe().close(channel.voidPromise());
        }, millis, TimeUnit.MILLISECONDS);
    }

    /** The client sent what cannot be read, or a head of a request that is too large; the caller closes. */
    void countMalformed() {
        malformed.increment();
    }

    /**
     * Closes a gRPC connection from which nothing has come for so long that a ping was sent and not answered. gRPC's own
     * closing after a ping waits for its last frames to be taken, and a client that is gone takes none.
     */
    ChannelHandler closeWhenSilent() {
        // 0 is never, for the handler.
        long silence = limits.asksSilent() ? limits.silenceMillis() + limits.silenceTimeoutMillis() : 0;
        return new IdleStateHandler(silence, 0, 0,
                TimeUnit.MILLISECONDS) {
            @Override
            protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
                silent.increment();
                context.channel().unsafe().close(context.voidPromise());
            }
        };
    }
}
