package io.myriad.store.raft;

import com.alipay.sofa.jraft.rpc.RaftRpcFactory;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.util.Endpoint;
import com.alipay.sofa.jraft.util.SPI;

/** Puts {@link PeerTransport} in the place of JRaft's own transport. JRaft finds this class through its service file. */
@SPI(priority = 10)
public final class PeerRpcFactory implements RaftRpcFactory {

    /** For JRaft. */
    public PeerRpcFactory() {}

    @Override
    public void registerProtobufSerializer(String className, Object... arguments) {
        // Messages are numbered in PeerMessages.
    }

    @Override
    public RpcClient createRpcClient(ConfigHelper<RpcClient> helper) {
        return new PeerRpcClient();
    }

    @Override
    public RpcServer createRpcServer(Endpoint endpoint, ConfigHelper<RpcServer> helper) {
        throw new UnsupportedOperationException("a PeerTransport is made by its owner");
    }
}
