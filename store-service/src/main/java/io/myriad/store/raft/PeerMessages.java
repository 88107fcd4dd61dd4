package io.myriad.store.raft;

import java.util.HashMap;
import java.util.Map;

import com.alipay.sofa.jraft.rpc.RpcRequests;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;

import io.myriad.store.failpoint.Failpoint;

/**
 * The messages that members exchange and their numbers on the wire: JRaft's, and calls of this store's own. The numbers never change their meaning.
 */
final class PeerMessages {

    private static final byte CALL = 100;
    private static final byte ANSWER = 101;

    private static final Map<Class<?>, Byte> NUMBERS = new HashMap<>();
    private static final Map<Byte, Parser<? extends Message>> PARSERS = new HashMap<>();

    static {
        register(1, RpcRequests.ErrorResponse.getDefaultInstance());
        register(2, RpcRequests.PingRequest.getDefaultInstance());
        register(3, RpcRequests.RequestVoteRequest.getDefaultInstance());
        register(4, RpcRequests.RequestVoteResponse.getDefaultInstance());
        register(5, RpcRequests.AppendEntriesRequest.getDefaultInstance());
        register(6, RpcRequests.AppendEntriesResponse.getDefaultInstance());
        register(7, RpcRequests.InstallSnapshotRequest.getDefaultInstance());
        register(8, RpcRequests.InstallSnapshotResponse.getDefaultInstance());
        register(9, RpcRequests.GetFileRequest.getDefaultInstance());
        register(10, RpcRequests.GetFileResponse.getDefaultInstance());
        register(11, RpcRequests.TimeoutNowRequest.getDefaultInstance());
        register(12, RpcRequests.TimeoutNowResponse.getDefaultInstance());
        register(13, RpcRequests.ReadIndexRequest.getDefaultInstance());
        register(14, RpcRequests.ReadIndexResponse.getDefaultInstance());
    }

    private PeerMessages() {}

    /** A question from one member to another that is none of JRaft's. */
    record Call(byte kind, byte[] body) {}

    /** The answer to a {@link Call}. */
    record Answer(byte[] body) {}

    private static void register(int number, Message prototype) {
        NUMBERS.put(prototype.getClass(), (byte) number);
        PARSERS.put((byte) number, prototype.getParserForType());
    }

    static byte numberOf(Object message) {
        if (message instanceof Call) {
            return CALL;
        }
        if (message instanceof Answer) {
            return ANSWER;
        }
        Byte number = NUMBERS.get(message.getClass());
        if (number == null) {
            throw new IllegalArgumentException("members do not exchange " + message.getClass().getName());
        }
        return number;
    }

    /** It is about to be sent, by a leader or by somebody else. */
    static void hitFailpoint(Object message) {
        if (message instanceof RpcRequests.AppendEntriesRequest
                || message instanceof RpcRequests.InstallSnapshotRequest) {
            Failpoint.RAFT_BEFORE_LEADER_SEND.hit();
        } else if (message instanceof RpcRequests.AppendEntriesResponse
                || message instanceof RpcRequests.InstallSnapshotResponse
                || message instanceof RpcRequests.RequestVoteRequest
                || message instanceof RpcRequests.RequestVoteResponse) {
            Failpoint.RAFT_BEFORE_FOLLOWER_SEND.hit();
        }
    }

    static byte[] encode(Object message) {
        return switch (message) {
            case Call call -> {
                byte[] bytes = new byte[call.body.length + 1];
                bytes[0] = call.kind;
                System.arraycopy(call.body, 0, bytes, 1, call.body.length);
                yield bytes;
            }
            case Answer answer -> answer.body;
            default -> ((Message) message).toByteArray();
        };
    }

    static Object decode(byte number, byte[] bytes) throws InvalidProtocolBufferException {
        if (number == CALL) {
            if (bytes.length == 0) {
                throw new InvalidProtocolBufferException("empty call");
            }
            return new Call(bytes[0], java.util.Arrays.copyOfRange(bytes, 1, bytes.length));
        }
        if (number == ANSWER) {
            return new Answer(bytes);
        }
        Parser<? extends Message> parser = PARSERS.get(number);
        if (parser == null) {
            throw new InvalidProtocolBufferException("unknown message " + number);
        }
        return parser.parseFrom(bytes);
    }
}
