package io.myriad.store.simulation;

import com.google.protobuf.ByteString;

import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.Compare;
import io.myriad.store.api.DeleteRangeRequest;
import io.myriad.store.api.LeaseGrantRequest;
import io.myriad.store.api.LeaseRevokeRequest;
import io.myriad.store.api.PutRequest;
import io.myriad.store.api.RangeRequest;
import io.myriad.store.api.RequestOp;
import io.myriad.store.api.TxnRequest;
import io.myriad.store.state.Command;

/** Calls as they go over the wire. */
final class Requests {

    private Requests() {}

    static Command command(Call call) {
        return switch (call.kind) {
            case PUT -> Command.PUT;
            case DELETE -> Command.DELETE_RANGE;
            case COMPARE_AND_PUT, PUT_TWO -> Command.TXN;
            case COMPACT -> Command.COMPACT;
            case GRANT -> Command.LEASE_GRANT;
            case REVOKE -> Command.LEASE_REVOKE;
            case RANGE, RENEW -> throw new IllegalArgumentException(call + " is no command");
        };
    }

    static byte[] payload(Call call) {
        return switch (call.kind) {
            case PUT -> put(call.key, call).toByteArray();
            case DELETE -> DeleteRangeRequest.newBuilder().setKey(bytes(call.key)).build().toByteArray();
            case COMPARE_AND_PUT -> TxnRequest.newBuilder()
                    .addCompare(Compare.newBuilder().setKey(bytes(call.key)).setTarget(Compare.CompareTarget.MOD)
                            .setResult(Compare.CompareResult.EQUAL).setModRevision(call.argument))
                    .addSuccess(RequestOp.newBuilder().setRequestPut(put(call.key, call)))
                    .addFailure(RequestOp.newBuilder().setRequestRange(RangeRequest.newBuilder()
                            .setKey(bytes(call.key))))
                    .build().toByteArray();
            case PUT_TWO -> TxnRequest.newBuilder()
                    .addSuccess(RequestOp.newBuilder().setRequestPut(put(call.key, call)))
                    .addSuccess(RequestOp.newBuilder().setRequestPut(put(call.otherKey, call)))
                    .build().toByteArray();
            case RANGE -> RangeRequest.newBuilder().setKey(bytes(call.key)).setRangeEnd(bytes(call.otherKey))
                    .setRevision(call.argument).setSerializable(call.serializable).build().toByteArray();
            case COMPACT -> CompactionRequest.newBuilder().setRevision(call.argument).build().toByteArray();
            case GRANT -> LeaseGrantRequest.newBuilder().setID(call.argument).setTTL(call.ttlSeconds).build()
                    .toByteArray();
            case REVOKE, RENEW -> LeaseRevokeRequest.newBuilder().setID(call.argument).build().toByteArray();
        };
    }

    private static PutRequest put(String key, Call call) {
        // The value is long now and then, so that it needs pages of its own.
        String value = call.value() + " ".repeat(call.number % 40 == 7 ? 5000 : call.number % 3 == 1 ? 100 : 0);
        return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value))
                .setLease(call.kind == Call.Kind.PUT ? call.argument : 0).build();
    }

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
