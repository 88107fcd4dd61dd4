package io.myriad.store.server;

import java.util.Map;

import io.grpc.ServerServiceDefinition;

import io.myriad.store.api.ClusterGrpc;
import io.myriad.store.api.Member;
import io.myriad.store.api.MemberListRequest;
import io.myriad.store.api.MemberListResponse;
import io.myriad.store.state.StoreError;

/** {@code etcdserverpb.Cluster}. Membership is fixed by {@code --initial-cluster}, so the calls that change it are not implemented. */
final class ClusterService {

    private final StoreMember member;

    ClusterService(StoreMember member) {
        this.member = member;
    }

    ServerServiceDefinition definition() {
        return Methods.service(ClusterGrpc.getServiceDescriptor(), Map.of("MemberList", Methods.unary(this::list)));
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
        MemberListResponse.Builder response = MemberListResponse.newBuilder()
                .setHeader(Headers.withoutRevision(member));
        Map<Long, byte[]> published = member.machine().publishedMembers();
        for (io.myriad.store.raft.Member each : member.members()) {
            Member.Builder listed = Member.newBuilder().setID(each.id()).addAllPeerURLs(each.peerUrls());
            byte[] attributes = published.get(each.id());
            if (attributes != null) {
                // As with etcd, a member that has never run has no name.
                Member known = Methods.parse(Member.parser(), attributes);
                listed.setName(known.getName()).addAllClientURLs(known.getClientURLsList());
            }
            response.addMembers(listed);
        }
        return response.build();
    }
}
