package io.myriad.store;

import com.google.protobuf.ByteString;

import io.myriad.store.api.Compare;
import io.myriad.store.api.DeleteRangeRequest;
import io.myriad.store.api.PutRequest;
import io.myriad.store.api.RangeRequest;
import io.myriad.store.api.RequestOp;
import io.myriad.store.api.TxnRequest;

/** Requests of tests, short to write. */
final class Requests {

    private Requests() {}

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    static PutRequest put(String key, String value) {
        return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)).build();
    }

    static RangeRequest get(String key) {
        return RangeRequest.newBuilder().setKey(bytes(key)).build();
    }

    /** Keys from {@code from} on, up to {@code to}. */
    static RangeRequest.Builder range(String from, String to) {
        return RangeRequest.newBuilder().setKey(bytes(from)).setRangeEnd(bytes(to));
    }

    static DeleteRangeRequest delete(String key) {
        return DeleteRangeRequest.newBuilder().setKey(bytes(key)).build();
    }

    static DeleteRangeRequest delete(String from, String to) {
        return DeleteRangeRequest.newBuilder().setKey(bytes(from)).setRangeEnd(bytes(to)).build();
    }

    static RequestOp op(PutRequest put) {
        return RequestOp.newBuilder().setRequestPut(put).build();
    }

    static RequestOp op(RangeRequest range) {
        return RequestOp.newBuilder().setRequestRange(range).build();
    }

    static RequestOp op(DeleteRangeRequest delete) {
        return RequestOp.newBuilder().setRequestDeleteRange(delete).build();
    }

    static RequestOp op(TxnRequest txn) {
        return RequestOp.newBuilder().setRequestTxn(txn).build();
    }

    static Compare modRevision(String key, Compare.CompareResult result, long revision) {
        return Compare.newBuilder().setKey(bytes(key)).setTarget(Compare.CompareTarget.MOD).setResult(result)
                .setModRevision(revision).build();
    }
}
