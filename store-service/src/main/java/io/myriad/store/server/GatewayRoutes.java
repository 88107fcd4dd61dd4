package io.myriad.store.server;

import java.util.HashMap;
import java.util.Map;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

import io.myriad.store.api.AuthGrpc;
import io.myriad.store.api.ClusterGrpc;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.LeaseGrpc;
import io.myriad.store.api.MaintenanceGrpc;
import io.myriad.store.api.WatchGrpc;
import io.myriad.store.api.election.ElectionGrpc;
import io.myriad.store.api.lock.LockGrpc;

/** Which path of the JSON gateway is which method; the paths are etcd's. */
final class GatewayRoutes {

    static final String PREFIX = "/v3/";

    private final Map<String, Route> routes = new HashMap<>();

    /**
     * A method and the messages that it takes and gives.
     *
     * @param streams whether the answer is a line for each message
     */
    record Route(MethodDescriptor<byte[], byte[]> method, Message request, Message response, boolean streams) {}

    GatewayRoutes() {
        add("kv/range", KVGrpc.getRangeMethod());
        add("kv/put", KVGrpc.getPutMethod());
        add("kv/deleterange", KVGrpc.getDeleteRangeMethod());
        add("kv/txn", KVGrpc.getTxnMethod());
        add("kv/compaction", KVGrpc.getCompactMethod());
        add("watch", WatchGrpc.getWatchMethod());
        add("lease/grant", LeaseGrpc.getLeaseGrantMethod());
        add("lease/keepalive", LeaseGrpc.getLeaseKeepAliveMethod());
        for (String group : new String[]{"lease/", "kv/lease/"}) {
            add(group + "revoke", LeaseGrpc.getLeaseRevokeMethod());
            add(group + "timetolive", LeaseGrpc.getLeaseTimeToLiveMethod());
            add(group + "leases", LeaseGrpc.getLeaseLeasesMethod());
        }
        add("cluster/member/list", ClusterGrpc.getMemberListMethod());
        add("maintenance/alarm", MaintenanceGrpc.getAlarmMethod());
        add("maintenance/status", MaintenanceGrpc.getStatusMethod());
        add("maintenance/defragment", MaintenanceGrpc.getDefragmentMethod());
        add("maintenance/downgrade", MaintenanceGrpc.getDowngradeMethod());
        add("maintenance/hash", MaintenanceGrpc.getHashMethod());
        add("maintenance/hashkv", MaintenanceGrpc.getHashKVMethod());
        add("maintenance/snapshot", MaintenanceGrpc.getSnapshotMethod());
        add("maintenance/transfer-leadership", MaintenanceGrpc.getMoveLeaderMethod());
        addAuth();
        add("lock/lock", LockGrpc.getLockMethod());
        add("lock/unlock", LockGrpc.getUnlockMethod());
        add("election/campaign", ElectionGrpc.getCampaignMethod());
        add("election/proclaim", ElectionGrpc.getProclaimMethod());
        add("election/leader", ElectionGrpc.getLeaderMethod());
        add("election/observe", ElectionGrpc.getObserveMethod());
        add("election/resign", ElectionGrpc.getResignMethod());
    }

    private void addAuth() {
        add("auth/enable", AuthGrpc.getAuthEnableMethod());
        add("auth/disable", AuthGrpc.getAuthDisableMethod());
        add("auth/status", AuthGrpc.getAuthStatusMethod());
        add("auth/authenticate", AuthGrpc.getAuthenticateMethod());
        add("auth/user/add", AuthGrpc.getUserAddMethod());
        add("auth/user/get", AuthGrpc.getUserGetMethod());
        add("auth/user/list", AuthGrpc.getUserListMethod());
        add("auth/user/delete", AuthGrpc.getUserDeleteMethod());
        add("auth/user/changepw", AuthGrpc.getUserChangePasswordMethod());
        add("auth/user/grant", AuthGrpc.getUserGrantRoleMethod());
        add("auth/user/revoke", AuthGrpc.getUserRevokeRoleMethod());
        add("auth/role/add", AuthGrpc.getRoleAddMethod());
        add("auth/role/get", AuthGrpc.getRoleGetMethod());
        add("auth/role/list", AuthGrpc.getRoleListMethod());
        add("auth/role/delete", AuthGrpc.getRoleDeleteMethod());
        add("auth/role/grant", AuthGrpc.getRoleGrantPermissionMethod());
        add("auth/role/revoke", AuthGrpc.getRoleRevokePermissionMethod());
    }

    private void add(String path, MethodDescriptor<?, ?> method) {
        routes.put(PREFIX + path, new Route(method.toBuilder(Marshallers.BYTES, Marshallers.BYTES).build(),
                prototype(method.getRequestMarshaller()), prototype(method.getResponseMarshaller()),
                !method.getType().serverSendsOneMessage()));
    }

    private static Message prototype(MethodDescriptor.Marshaller<?> marshaller) {
        if (marshaller instanceof MethodDescriptor.PrototypeMarshaller<?> typed
                && typed.getMessagePrototype() instanceof Message message) {
            return message;
        }
        throw new IllegalStateException("a generated method does not know its messages");
    }

    /** The method of a path, null if there is none. */
    @Nullable
    Route find(String path) {
        return routes.get(path);
    }
}
