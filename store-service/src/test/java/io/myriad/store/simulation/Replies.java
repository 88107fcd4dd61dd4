package io.myriad.store.simulation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

import io.myriad.store.api.DeleteRangeResponse;
import io.myriad.store.api.PutResponse;
import io.myriad.store.api.RangeResponse;
import io.myriad.store.api.TxnResponse;
import io.myriad.store.api.mvcc.KeyValue;
import io.myriad.store.state.Reply;
import io.myriad.store.state.StoreError;

/** What a client makes of a reply. */
final class Replies {

    private Replies() {}

    static void read(Call call, Reply reply) {
        switch (reply) {
            case StoreError error -> call.status = statusOf(call, error);
            case Reply.Message message -> {
                try {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    message.message().writeTo(bytes);
                    read(call, bytes.toByteArray());
                    call.status = Call.Status.DONE;
                } catch (IOException e) {
                    throw new AssertionError("the reply of " + call + " cannot be read", e);
                }
            }
        }
    }

    private static Call.Status statusOf(Call call, StoreError error) {
        return switch (error) {
            case TIMEOUT, TIMEOUT_LEADER_FAILED, STOPPED ->
                call.kind == Call.Kind.RANGE ? Call.Status.REFUSED : Call.Status.UNKNOWN;
            case NO_LEADER, TOO_MANY_REQUESTS, COMPACTED, FUTURE_REVISION, LEASE_NOT_FOUND, LEASE_EXISTS ->
                Call.Status.REFUSED;
            default -> throw new AssertionError(call + " is answered with " + error);
        };
    }

    private static void read(Call call, byte[] bytes) throws IOException {
        switch (call.kind) {
            case DELETE -> {
                DeleteRangeResponse response = DeleteRangeResponse.parseFrom(bytes);
                call.revision = response.getHeader().getRevision();
                call.succeeded = response.getDeleted() > 0;
            }
            case COMPARE_AND_PUT, PUT_TWO -> {
                TxnResponse response = TxnResponse.parseFrom(bytes);
                call.revision = response.getHeader().getRevision();
                call.succeeded = response.getSucceeded();
                if (!call.succeeded) {
                    see(call, response.getResponses(0).getResponseRange().getKvsList());
                }
            }
            case RANGE -> {
                RangeResponse response = RangeResponse.parseFrom(bytes);
                call.revision = response.getHeader().getRevision();
                call.succeeded = true;
                see(call, response.getKvsList());
            }
            case RENEW -> throw new IllegalArgumentException();
            // The header is the first field of every response.
            case PUT, COMPACT, GRANT, REVOKE -> {
                call.revision = PutResponse.parseFrom(bytes).getHeader().getRevision();
                call.succeeded = true;
            }
        }
    }

    private static void see(Call call, List<KeyValue> keyValues) {
        for (KeyValue kv : keyValues) {
            call.seen.put(kv.getKey().toStringUtf8(), new Call.Seen(kv.getModRevision(), kv.getVersion(),
                    kv.getValue().toStringUtf8().strip()));
        }
    }
}
