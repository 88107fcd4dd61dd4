package io.myriad.store.server;

import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import com.google.protobuf.MessageLite;
import io.grpc.ServerServiceDefinition;
import org.jspecify.annotations.Nullable;

import io.myriad.store.api.AlarmMember;
import io.myriad.store.api.AlarmRequest;
import io.myriad.store.api.AlarmResponse;
import io.myriad.store.api.AlarmType;
import io.myriad.store.api.DefragmentResponse;
import io.myriad.store.api.DowngradeInfo;
import io.myriad.store.api.DowngradeRequest;
import io.myriad.store.api.DowngradeResponse;
import io.myriad.store.api.HashKVRequest;
import io.myriad.store.api.HashKVResponse;
import io.myriad.store.api.HashResponse;
import io.myriad.store.api.MaintenanceGrpc;
import io.myriad.store.api.MoveLeaderRequest;
import io.myriad.store.api.MoveLeaderResponse;
import io.myriad.store.api.StatusResponse;
import io.myriad.store.mvcc.RevisionHash;
import io.myriad.store.raft.ReplicatedLog;
import io.myriad.store.state.AlarmOperation;
import io.myriad.store.state.Alarms;
import io.myriad.store.state.Caller;
import io.myriad.store.state.Command;
import io.myriad.store.state.StoreError;
import io.myriad.store.state.StoreMachine;

/** {@code etcdserverpb.Maintenance}. */
final class MaintenanceService {

    /** The version whose API this is: clients decide by it what they may call. */
    static final String ETCD_VERSION = "3.7.3";
    static final String STORAGE_VERSION = "3.7.0";

    private static final String CLUSTER_VERSION = "3.7";
    private static final Pattern VERSION = Pattern.compile("v?\\d+(\\.\\d+){0,2}([-+].*)?");

    private final StoreMember member;
    private final Supplier<@Nullable Executor> currentLoop;

    MaintenanceService(StoreMember member, Supplier<@Nullable Executor> currentLoop) {
        this.member = member;
        this.currentLoop = currentLoop;
    }

    ServerServiceDefinition definition() {
        return Methods.service(MaintenanceGrpc.getServiceDescriptor(),
                Map.of("Status", ofUsers(this::status), "Alarm", Methods.unary(this::alarm),
                        "Snapshot", Methods.serverStreaming(new SnapshotService(member)::call),
                        "Defragment", ofRoot(this::defragment), "MoveLeader", ofRoot(this::moveLeader),
                        "Hash",
                        ofRoot(this::hash), "HashKV", ofRoot(this::hashKv), "Downgrade", ofRoot(this::downgrade)));
    }

    /** For whoever has said who he is, while somebody has to. */
    private Methods.Handler ofUsers(Methods.Unary handler) {
        return checked(caller -> member.machine().auth().checkUser(caller), handler);
    }

    private Methods.Handler ofRoot(Methods.Unary handler) {
        return checked(caller -> member.machine().auth().checkRoot(caller), handler);
    }

    private static Methods.Handler checked(Function<Caller, @Nullable StoreError> check, Methods.Unary handler) {
        return Methods.unary((request, responder) -> {
            StoreError denied = check.apply(responder.caller());
            if (denied != null) {
                responder.fail(denied);
            } else {
                handler.call(request, responder);
            }
        });
    }

    private void status(byte[] request, Responder responder) {
        ReplicatedLog.Leadership leadership = member.log().leadership();
        StatusResponse.Builder response = StatusResponse.newBuilder().setHeader(Headers.of(member))
                .setVersion(ETCD_VERSION)
                .setStorageVersion(STORAGE_VERSION).setDbSize(member.bytesOnDisk())
                .setDbSizeInUse(member.footprint().keyValueBytes())
                .setLeader(leadership.leaderId()).setIsLearner(member.cluster().isLearner())
                .setRaftIndex(member.log().committedIndex()).setRaftTerm(member.term())
                .setRaftAppliedIndex(member.log().appliedIndex())
                .setDbSizeQuota(member.settings().quotaBytes())
                .setDowngradeInfo(DowngradeInfo.getDefaultInstance());
        if (!leadership.known()) {
            response.addErrors(StoreError.NO_LEADER.text());
        }
        for (Alarms.Alarm alarm : member.machine().alarms().all()) {
            response.addErrors("memberID:" + Long.toUnsignedString(alarm.memberId()) + " alarm:"
                    + AlarmType.forNumber(alarm.type().number()));
        }
        String failure = member.failure();
        if (failure != null) {
            response.addErrors(failure);
        }
        responder.answer(response.build());
    }

    private void alarm(byte[] request, Responder responder) {
        AlarmRequest alarm = Methods.parse(AlarmRequest.parser(), request);
        if (alarm.getAction() != AlarmRequest.AlarmAction.GET) {
            member.propose(Command.ALARM, request, null, currentLoop.get(), responder);
            return;
        }
        member.awaitRead(failure -> {
            StoreError denied = member.machine().auth().checkUser(responder.caller());
            StoreError error = failure != null ? failure : denied;
            if (error != null) {
                responder.fail(error);
            } else {
                responder.answer(alarms(alarm));
            }
        });
    }

    private AlarmResponse alarms(AlarmRequest request) {
        AlarmResponse.Builder response = AlarmResponse.newBuilder().setHeader(Headers.of(member));
        AlarmOperation.matching(member.machine().alarms(), request)
                .forEach(each -> response.addAlarms(AlarmOperation.message(each)));
        // A full disk puts itself out when there is space again; the cluster is not told, because that would take space.
        AlarmMember ofDisk = AlarmMember.newBuilder().setMemberID(member.settings().self().id())
                .setAlarm(AlarmType.NOSPACE).build();
        if (member.failure() != null && request.getAlarm() != AlarmType.CORRUPT
                && !response.getAlarmsList().contains(ofDisk)) {
            response.addAlarms(ofDisk);
        }
        return response.build();
    }

    private void defragment(byte[] request, Responder responder) {
        // The checkpoint before it cuts the log, and makes holes of what compaction has removed. As with etcd, the answer has no header.
        member.log().requestSnapshot(() -> member.defragmentation()
                .request(() -> responder.answer(DefragmentResponse.getDefaultInstance())));
    }

    private void hash(byte[] request, Responder responder) {
        hash(0, responder, found -> HashResponse.newBuilder().setHeader(Headers.of(member)).setHash(found.hash())
                .build());
    }

    private void hashKv(byte[] request, Responder responder) {
        long revision = Methods.parse(HashKVRequest.parser(), request).getRevision();
        hash(revision, responder, found -> HashKVResponse.newBuilder().setHeader(Headers.of(member))
                .setHash(found.hash()).setHashRevision(found.revision())
                .setCompactRevision(found.compactedRevision() == 0 ? -1 : found.compactedRevision()).build());
    }

    private void hash(long revision, Responder responder, Function<RevisionHash, MessageLite> response) {
        try {
            member.readers().execute(() -> {
                RevisionHash found = RevisionHash.of(member::view, revision);
                StoreError error = StoreMachine.errorOf(found.status());
                if (error != null) {
                    responder.fail(error);
                } else {
                    responder.answer(response.apply(found));
                }
            });
        } catch (RejectedExecutionException e) {
            responder.fail(StoreError.TOO_MANY_REQUESTS);
        }
    }

    private void moveLeader(byte[] request, Responder responder) {
        long target = Methods.parse(MoveLeaderRequest.parser(), request).getTargetID();
        member.transferLeadership(target, error -> {
            if (error != null) {
                responder.fail(error);
            } else {
                responder.answer(MoveLeaderResponse.newBuilder().setHeader(Headers.of(member)).build());
            }
        });
    }

    /**
     * There is no older version of this store to go back to, so no version is a target, as etcd answers for those that it cannot be downgraded to; and none is under way that could be
     * cancelled, which etcd does not call an error.
     */
    private void downgrade(byte[] request, Responder responder) {
        DowngradeRequest downgrade = Methods.parse(DowngradeRequest.parser(), request);
        switch (downgrade.getAction()) {
            case CANCEL -> responder.answer(DowngradeResponse.newBuilder().setHeader(Headers.of(member))
                    .setVersion(CLUSTER_VERSION).build());
            case VALIDATE, ENABLE -> responder.fail(VERSION.matcher(downgrade.getVersion()).matches()
                    ? StoreError.INVALID_DOWNGRADE_TARGET
                    : StoreError.WRONG_DOWNGRADE_FORMAT);
            default -> responder.fail(Statuses.unimplemented("unknown action"));
        }
    }
}
