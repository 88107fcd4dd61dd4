package io.myriad.store.raft;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/** Asks a member who the cluster's members are, without knowing the cluster: what etcd's {@code GET /members} on a peer URL is. */
public final class MemberQuery {

    private static final long ANYBODY = 1;
    private static final long TIMEOUT_MILLIS = 5000;

    private MemberQuery() {}

    /** The answer; null if there was none. Blocks. */
    public static byte @Nullable [] ask(InetSocketAddress address, @Nullable SslContext tls)
            throws InterruptedException {
        CompletableFuture<byte @Nullable []> answer = new CompletableFuture<>();
        try (PeerTransport transport = new PeerTransport(0, tls)) {
            transport.locate(ANYBODY, address);
            PeerConnection connection = transport.awaitConnection(RaftGroup.peerOf(ANYBODY).getEndpoint());
            if (connection == null) {
                return null;
            }
            connection.ask(PeerTransport.MEMBERS, new byte[0], answer::complete, TIMEOUT_MILLIS);
            return answer.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return null;
        }
    }
}
