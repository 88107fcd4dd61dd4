package io.myriad.apiserver.storage.testing;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;

import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.PutRequest;

/** A server of etcd's protocol on a free loopback port. */
public interface StoreServer extends AutoCloseable {
    URI endpoint();

    /** Stops it and starts it again with the same data. */
    void restart() throws Exception;

    /** Compacts as an API server does: the history before {@code revision} is gone, and a key says so. */
    default void compact(long revision) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(endpoint().getHost(), endpoint().getPort())
                .usePlaintext().build();
        try {
            KVGrpc.KVBlockingStub stub = KVGrpc.newBlockingStub(channel);
            stub.compact(CompactionRequest.newBuilder().setRevision(revision).build());
            stub.put(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("compact_rev_key"))
                    .setValue(ByteString.copyFromUtf8(Long.toString(revision))).build());
        } finally {
            channel.shutdownNow();
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
