package io.myriad.store.server;

import java.util.Map;

import io.grpc.ServerServiceDefinition;

import io.myriad.store.api.AlarmMember;
import io.myriad.store.api.AlarmRequest;
import io.myriad.store.api.AlarmResponse;
import io.myriad.store.api.AlarmType;
import io.myriad.store.api.DefragmentResponse;
import io.myriad.store.api.DowngradeInfo;
import io.myriad.store.api.MaintenanceGrpc;
import io.myriad.store.api.MoveLeaderRequest;
import io.myriad.store.api.MoveLeaderResponse;
import io.myriad.store.api.StatusResponse;
import io.myriad.store.raft.ReplicatedLog;
import io.myriad.store.state.StoreError;

/** {@code etcdserverpb.Maintenance}. Snapshot and Downgrade are not implemented. */
final class MaintenanceService {

    /** The version whose API this is: clients decide by it what they may call. */
    static final String ETCD_VERSION = "3.7.3";
    static final String STORAGE_VERSION = "3.7.0";

    private final StoreMember member;

    MaintenanceService(StoreMember member) {
        this.member = member;
    }

    ServerServiceDefinition definition() {
        return Methods.service(MaintenanceGrpc.getServiceDescriptor(),
                Map.of("Status", Methods.unary(this::status), "Alarm", Methods.unary(this::alarm),
                        "Defragment", Methods.unary(this::defragment), "MoveLeader", Methods.unary(this::moveLeader)));
    }

    private void status(byte[] request, Responder responder) {
        ReplicatedLog.Leadership leadership = member.log().leadership();
        StatusResponse.Builder response = StatusResponse.newBuilder().setHeader(Headers.of(member))
                .setVersion(ETCD_VERSION)
                .setStorageVersion(STORAGE_VERSION).setDbSize(member.bytesOnDisk()).setDbSizeInUse(member.bytesInUse())
                .setLeader(leadership.leaderId())
                .setRaftIndex(member.log().committedIndex()).setRaftTerm(member.term())
                .setRaftAppliedIndex(member.log().appliedIndex())
                .setDowngradeInfo(DowngradeInfo.getDefaultInstance());
        if (!leadership.known()) {
            response.addErrors(StoreError.NO_LEADER.text());
        }
        String failure = member.failure();
        if (failure != null) {
            response.addErrors(failure);
        }
        responder.answer(response.build());
    }

    private void alarm(byte[] request, Responder responder) {
        AlarmRequest alarm = Methods.parse(AlarmRequest.parser(), request);
        if (alarm.getAction() == AlarmRequest.AlarmAction.ACTIVATE) {
            responder.fail(Statuses.unimplemented("alarms cannot be raised by clients"));
        } else {
            // A full disk is the only alarm. It puts itself out when there is space again.
            AlarmResponse.Builder response = AlarmResponse.newBuilder().setHeader(Headers.of(member));
            if (member.failure() != null && alarm.getAction() == AlarmRequest.AlarmAction.GET) {
                response.addAlarms(AlarmMember.newBuilder().setMemberID(member.settings().self().id())
                        .setAlarm(AlarmType.NOSPACE));
            }
            responder.answer(response.build());
        }
    }

    private void defragment(byte[] request, Responder responder) {
        // The state is in memory and snapshots are written whole: no file has holes.
        responder.answer(DefragmentResponse.newBuilder().setHeader(Headers.of(member)).build());
    }

    private void moveLeader(byte[] request, Responder responder) {
        long target = Methods.parse(MoveLeaderRequest.parser(), request).getTargetID();
        if (!member.log().leadership().local()) {
            responder.fail(StoreError.NOT_LEADER);
        } else if (member.log().transferLeadership(target)) {
            responder.answer(MoveLeaderResponse.newBuilder().setHeader(Headers.of(member)).build());
        } else {
            responder.fail(StoreError.BAD_LEADER_TRANSFEREE);
        }
    }
}
