package io.myriad.store.server;

import java.util.Map;
import java.util.function.BiFunction;

import com.google.protobuf.MessageLite;
import io.grpc.ServerServiceDefinition;

import io.myriad.store.api.ClusterGrpc;
import io.myriad.store.api.MemberAddRequest;
import io.myriad.store.api.MemberAddResponse;
import io.myriad.store.api.MemberListRequest;
import io.myriad.store.api.MemberListResponse;
import io.myriad.store.api.MemberPromoteResponse;
import io.myriad.store.api.MemberRemoveResponse;
import io.myriad.store.api.MemberUpdateRequest;
import io.myriad.store.api.MemberUpdateResponse;
import io.myriad.store.api.ResponseHeader;
import io.myriad.store.state.Command;
import io.myriad.store.state.StoreError;

/** {@code etcdserverpb.Cluster}. */
final class ClusterService {

    private final StoreMember member;

    ClusterService(StoreMember member) {
        this.member = member;
    }

    ServerServiceDefinition definition() {
        return Methods.service(ClusterGrpc.getServiceDescriptor(), Map.of("MemberList", Methods.unary(this::list),
                "MemberAdd", Methods.unary(this::add), "MemberUpdate", Methods.unary(this::update),
                "MemberRemove", Methods.unary((request, responder) -> change(Command.MEMBER_REMOVE, request, responder,
                        (header, done) -> MemberRemoveResponse.newBuilder().setHeader(header)
                                .addAllMembers(done.getMembersList()).build())),
                "MemberPromote",
                Methods.unary((request, responder) -> change(Command.MEMBER_PROMOTE, request, responder,
                        (header, done) -> MemberPromoteResponse.newBuilder().setHeader(header)
                                .addAllMembers(done.getMembersList()).build()))));
    }

    private void list(byte[] request, Responder responder) {
        StoreError denied = member.machine().auth().checkUser(responder.caller());
        if (denied != null) {
            responder.fail(denied);
            return;
        }
        if (Methods.parse(MemberListRequest.parser(), request).getLinearizable()) {
            member.awaitRead(error -> {
                if (error != null) {
                    responder.fail(error);
                } else {
                    responder.answer(list());
                }
            });
        } else {
            responder.answer(list());
        }
    }

    private MemberListResponse list() {
        return MemberListResponse.newBuilder().setHeader(Headers.withoutRevision(member))
                .addAllMembers(member.cluster().current().list()).build();
    }

    private void add(byte[] request, Responder responder) {
        if (MembershipRules.urls(Methods.parse(MemberAddRequest.parser(), request).getPeerURLsList()) == null) {
            responder.fail(StoreError.MEMBER_URLS_INVALID);
            return;
        }
        change(Command.MEMBER_ADD, request, responder, (header, done) -> done.toBuilder().setHeader(header).build());
    }

    private void update(byte[] request, Responder responder) {
        // etcd takes URLs here that it cannot use, and ends.
        if (MembershipRules.urls(Methods.parse(MemberUpdateRequest.parser(), request).getPeerURLsList()) == null) {
            responder.fail(StoreError.MEMBER_URLS_INVALID);
            return;
        }
        change(Command.MEMBER_UPDATE, request, responder, (header, done) -> MemberUpdateResponse.newBuilder()
                .setHeader(header).addAllMembers(done.getMembersList()).build());
    }

    private void change(Command command, byte[] request, Responder responder,
            BiFunction<ResponseHeader, MemberAddResponse, MessageLite> response) {
        StoreError denied = member.machine().auth().checkRoot(responder.caller());
        if (denied != null) {
            responder.fail(denied);
            return;
        }
        member.changes().request(command, request, (error, done) -> {
            if (error != null) {
                responder.fail(error);
            } else {
                responder.answer(response.apply(Headers.withoutRevision(member), done));
            }
        });
    }
}
