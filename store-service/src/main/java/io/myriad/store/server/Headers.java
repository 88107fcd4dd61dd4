package io.myriad.store.server;

import io.myriad.store.api.ResponseHeader;

/** Response headers as messages, for calls that are not made often. */
final class Headers {

    private Headers() {}

    static ResponseHeader of(StoreMember member) {
        return withoutRevision(member).toBuilder().setRevision(member.view().revision()).build();
    }

    /** As etcd answers calls that have nothing to do with keys. */
    static ResponseHeader withoutRevision(StoreMember member) {
        return ResponseHeader.newBuilder().setClusterId(member.settings().clusterId())
                .setMemberId(member.settings().self().id()).setRaftTerm(member.term()).build();
    }
}
