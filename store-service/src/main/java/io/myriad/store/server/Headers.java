package io.myriad.store.server;

import io.myriad.store.api.ResponseHeader;

/** Response headers as messages, for calls that are not made often. */
final class Headers {

    private Headers() {}

    static ResponseHeader of(StoreMember member) {
        return ResponseHeader.newBuilder().setClusterId(member.settings().clusterId())
                .setMemberId(member.settings().self().id())
                .setRevision(member.view().revision()).setRaftTerm(member.term()).build();
    }
}
