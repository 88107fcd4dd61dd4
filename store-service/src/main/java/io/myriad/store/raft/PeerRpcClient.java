package io.myriad.store.raft;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.ConnectionFailureException;
import com.alipay.sofa.jraft.error.InvokeTimeoutException;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.InvokeContext;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.util.Endpoint;
import org.jspecify.annotations.Nullable;

/** JRaft's view of a {@link PeerTransport}. A cluster of one member has none and never connects. */
final class PeerRpcClient implements RpcClient {

    private @Nullable PeerTransport transport;
    private @Nullable ReplicatorGroup replicators;

    /** JRaft's options with the transport of the member they belong to. */
    static final class Options extends NodeOptions {
        private final @Nullable PeerTransport transport;

        Options(@Nullable PeerTransport transport) {
            this.transport = transport;
        }
    }

    @Override
    public boolean init(RpcOptions options) {
        PeerTransport own = ((Options) options).transport;
        ReplicatorGroup group = replicators;
        transport = own;
        if (own != null && group != null) {
            own.onConnect(endpoint -> group.checkReplicator(new PeerId(endpoint, 0), true));
        }
        return true;
    }

    @Override
    public void shutdown() {
        // The transport belongs to the member.
    }

    @Override
    public boolean checkConnection(Endpoint endpoint) {
        return checkConnection(endpoint, false);
    }

    @Override
    public boolean checkConnection(Endpoint endpoint, boolean createIfAbsent) {
        PeerTransport own = transport;
        PeerConnection connection = own == null ? null : own.connection(endpoint, createIfAbsent);
        return connection != null && connection.isWritable();
    }

    @Override
    public void closeConnection(Endpoint endpoint) {
        if (transport != null) {
            transport.disconnect(endpoint);
        }
    }

    @Override
    public void registerConnectEventListener(ReplicatorGroup replicatorGroup) {
        replicators = replicatorGroup;
    }

    @Override
    public Object invokeSync(Endpoint endpoint, Object request, @Nullable InvokeContext context, long timeoutMillis)
            throws InterruptedException, RemotingException {
        CompletableFuture<Object> answer = new CompletableFuture<>();
        invokeAsync(endpoint, request, context, new InvokeCallback() {
            @Override
            public void complete(@Nullable Object result, @Nullable Throwable error) {
                if (error != null) {
                    answer.completeExceptionally(error);
                } else {
                    answer.complete(result);
                }
            }

            @Override
            public @Nullable Executor executor() {
                return null;
            }
        }, timeoutMillis);
        try {
            return answer.get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new InvokeTimeoutException(e);
        } catch (ExecutionException e) {
            throw new RemotingException(e.getCause());
        }
    }

    @Override
    public void invokeAsync(Endpoint endpoint, Object request, @Nullable InvokeContext context, InvokeCallback callback,
            long timeoutMillis)
            throws RemotingException {
        PeerTransport own = transport;
        PeerConnection connection = own == null ? null : own.awaitConnection(endpoint);
        if (connection == null) {
            throw new ConnectionFailureException("no connection to " + endpoint);
        }
        connection.request(request, callback, timeoutMillis);
    }
}
