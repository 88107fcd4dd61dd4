package io.myriad.store.state;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.Compare;
import io.myriad.store.api.DeleteRangeRequest;
import io.myriad.store.api.PutRequest;
import io.myriad.store.api.RangeRequest;
import io.myriad.store.api.RequestOp;
import io.myriad.store.api.TxnRequest;
import io.myriad.store.lease.LeaseClock;
import io.myriad.store.mvcc.RevisionHash;
import io.myriad.store.mvcc.ValueBudget;

import static org.assertj.core.api.Assertions.assertThat;

/** Operations on more values than memory has room for: what is refused, and what is done without reading them. */
final class ColdAnswersTest {

    private static final int KEYS = 24;
    private static final int VALUE_BYTES = 1 << 20;

    @TempDir
    Path directory = Path.of("");

    private final StoreMachine machine = new StoreMachine(new ResponseHeader(1, 2), new LeaseClock(), () -> 0);
    private final StoreMachine other = new StoreMachine(new ResponseHeader(1, 2), new LeaseClock(), () -> 0);
    private StateCheckpoint checkpoint;

    /** Both machines have the same; the values of one are in its page file. */
    @BeforeEach
    void fill() throws IOException {
        checkpoint = new StateCheckpoint(directory.resolve("state.pages"), machine, new ValueBudget(0, 1 << 20), null);
        for (int i = 0; i < KEYS; i++) {
            apply(Command.PUT, PutRequest.newBuilder().setKey(key(i))
                    .setValue(ByteString.copyFrom(new byte[VALUE_BYTES])).build().toByteArray());
        }
        machine.publish();
        try (StateCheckpoint.Captured state = checkpoint.capture(1, 1)) {
            state.write();
        }
        assertThat(machine.savedBytes()).isGreaterThan(KEYS * (VALUE_BYTES - 10L));
    }

    @AfterEach
    void close() throws IOException {
        checkpoint.close();
    }

    private static ByteString key(int number) {
        return ByteString.copyFromUtf8("key" + (10 + number));
    }

    /** Here nobody waits for the answer, elsewhere somebody does. */
    private Reply apply(Command command, byte[] payload) {
        machine.apply(command, payload, null, 1, false);
        return other.apply(command, payload, null, 1, true);
    }

    private static DeleteRangeRequest delete(int from, int to, boolean previous) {
        return DeleteRangeRequest.newBuilder().setKey(key(from)).setRangeEnd(key(to)).setPrevKv(previous).build();
    }

    private static RequestOp op(DeleteRangeRequest delete) {
        return RequestOp.newBuilder().setRequestDeleteRange(delete).build();
    }

    private static RequestOp range(int from, int to) {
        return RequestOp.newBuilder()
                .setRequestRange(RangeRequest.newBuilder().setKey(key(from)).setRangeEnd(key(to))).build();
    }

    private static TxnRequest success(RequestOp... operations) {
        return TxnRequest.newBuilder().addAllSuccess(List.of(operations)).build();
    }

    private boolean hasRoomFor(TxnRequest txn) {
        return machine.hasRoomForAnswer(OperationDecoder.txn(txn.toByteArray()));
    }

    private boolean hasRoomFor(DeleteRangeRequest delete) {
        return machine.hasRoomForAnswer(OperationDecoder.deleteRange(delete.toByteArray()));
    }

    @Test
    void whatTheAnswerNeedsDecidesBeforeItIsProposed() {
        assertThat(hasRoomFor(delete(0, KEYS, true))).isFalse();
        assertThat(hasRoomFor(delete(0, KEYS, false))).isTrue();
        assertThat(hasRoomFor(delete(0, KEYS / 2, true))).isTrue();
        assertThat(hasRoomFor(success(op(delete(0, 12, true)), op(delete(12, KEYS, true))))).isFalse();
        assertThat(hasRoomFor(success(op(delete(0, 12, true)), op(delete(12, KEYS, false))))).isTrue();
        assertThat(hasRoomFor(success(op(delete(0, 12, true)), range(12, KEYS)))).isFalse();
        assertThat(hasRoomFor(success(op(delete(0, 12, true))).toBuilder().addFailure(range(12, KEYS)).build()))
                .as("one or the other").isTrue();
        assertThat(hasRoomFor(success(RequestOp.newBuilder()
                .setRequestTxn(success(op(delete(0, 12, true)), range(12, KEYS))).build()))).isFalse();
        assertThat(machine.valueFigures().valuesRead()).isZero();
        assertThat(other.hasRoomForAnswer(OperationDecoder.deleteRange(delete(0, KEYS, true).toByteArray())))
                .as("where all is in memory").isTrue();
    }

    @Test
    void aTransactionThatOnlyReadsIsRefused() {
        Operation.Txn half = OperationDecoder.txn(success(range(0, 12)).toByteArray());
        Operation.Txn all = OperationDecoder.txn(success(range(0, 12), range(12, KEYS)).toByteArray());
        assertThat(machine.readTxn(half, 1)).isInstanceOf(Reply.Message.class);
        assertThat(machine.readTxn(all, 1)).isEqualTo(StoreError.RESPONSE_TOO_LARGE);
    }

    /** What only the answer needs is not read where nobody waits for it, and the state is the same. */
    @Test
    void whoIsNotAskedReadsNothing() {
        apply(Command.TXN, success(op(delete(0, 4, true)), range(4, 20), RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(key(20)).setPrevKv(true)).build()).toByteArray());
        apply(Command.DELETE_RANGE, delete(4, 8, true).toByteArray());
        apply(Command.PUT, PutRequest.newBuilder().setKey(key(9)).setPrevKv(true).build().toByteArray());
        // What cannot be done cannot be done on any member.
        RequestOp future = RequestOp.newBuilder()
                .setRequestRange(RangeRequest.newBuilder().setKey(key(0)).setRevision(1000)).build();
        byte[] impossible = success(future, op(delete(0, KEYS, true))).toByteArray();
        assertThat(machine.apply(Command.TXN, impossible, null, 1, false)).isEqualTo(StoreError.FUTURE_REVISION);
        assertThat(apply(Command.TXN, impossible)).isEqualTo(StoreError.FUTURE_REVISION);
        assertThat(machine.valueFigures().valuesRead()).isZero();
        assertSame();
    }

    /** Comparing is for all members, so it reads what it needs, a part at a time. */
    @Test
    void valuesAreComparedOnAllMembers() {
        for (ByteString expected : List.of(ByteString.copyFrom(new byte[VALUE_BYTES]), ByteString.EMPTY)) {
            TxnRequest txn = TxnRequest.newBuilder()
                    .addCompare(Compare.newBuilder().setKey(key(0)).setRangeEnd(key(KEYS))
                            .setTarget(Compare.CompareTarget.VALUE).setValue(expected))
                    .addSuccess(op(delete(0, 1, false))).addFailure(op(delete(5, 6, false))).build();
            assertThat(hasRoomFor(txn)).isTrue();
            apply(Command.TXN, txn.toByteArray());
        }
        assertThat(machine.valueFigures().valuesRead()).as("all, and then no more than a part").isEqualTo(KEYS + 4);
        assertSame();
    }

    private void assertSame() {
        machine.publish();
        other.publish();
        assertThat(RevisionHash.of(machine::view, 0)).isEqualTo(RevisionHash.of(other::view, 0));
    }
}
