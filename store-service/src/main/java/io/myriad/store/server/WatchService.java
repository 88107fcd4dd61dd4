package io.myriad.store.server;

import java.util.Map;

import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.api.WatchCreateRequest;
import io.myriad.store.api.WatchGrpc;
import io.myriad.store.api.WatchRequest;
import io.myriad.store.mvcc.KeyRange;
import io.myriad.store.mvcc.WatchAgent;
import io.myriad.store.mvcc.Watcher;
import io.myriad.store.state.AuthRules;
import io.myriad.store.state.AuthState;
import io.myriad.store.state.StoreError;
import io.myriad.store.wire.WireFormatException;
import io.myriad.store.wire.WireMessage;

/** {@code etcdserverpb.Watch}. */
final class WatchService {

    /** Bytes that may wait in a stream before its watchers are held back in the history. */
    static final int STREAM_BUFFER_BYTES = 1 << 20;

    private static final byte[] SMALLEST_KEY = {0};
    private static final Logger LOG = LoggerFactory.getLogger(WatchService.class);

    private final StoreMember member;
    private final Tokens tokens;

    WatchService(StoreMember member, Tokens tokens) {
        this.member = member;
        this.tokens = tokens;
    }

    ServerServiceDefinition definition() {
        return Methods.service(WatchGrpc.getServiceDescriptor(), Map.of("Watch", Methods.streaming(this::watch)));
    }

    private StreamObserver<byte[]> watch(ServerCallStreamObserver<WireMessage> responses) {
        Identities.Identity identity = Identities.current();
        responses.setOnReadyThreshold(STREAM_BUFFER_BYTES);
        WatchAgent.Stream stream = member.watches().open(new WatchResponses(member, responses));
        responses.setOnReadyHandler(stream::ready);
        responses.setOnCancelHandler(stream::close);
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] request) {
                try {
                    handle(Methods.parse(WatchRequest.parser(), request), stream, identity);
                } catch (WireFormatException e) {
                    stream.close();
                    responses.onError(Statuses.invalid(String.valueOf(e.getMessage())));
                }
            }

            @Override
            public void onError(Throwable error) {
                if (Status.fromThrowable(error).getCode() != Status.Code.CANCELLED) {
                    LOG.debug("A watch stream ended: {}", error.toString());
                }
                stream.close();
            }

            @Override
            public void onCompleted() {
                // The client sends no more; what it watches goes on, as with etcd, until it closes the stream.
            }
        };
    }

    private void handle(WatchRequest request, WatchAgent.Stream stream, Identities.Identity identity) {
        switch (request.getRequestUnionCase()) {
            case CREATE_REQUEST -> create(request.getCreateRequest(), stream, identity);
            case CANCEL_REQUEST -> stream.cancel(request.getCancelRequest().getWatchId());
            case PROGRESS_REQUEST -> stream.requestProgress();
            case REQUESTUNION_NOT_SET -> LOG.info("A watch request said nothing");
        }
    }

    private void create(WatchCreateRequest request, WatchAgent.Stream stream, Identities.Identity identity) {
        byte[] key = request.getKey().isEmpty() ? SMALLEST_KEY : request.getKey().toByteArray();
        KeyRange keys = KeyRange.ofRequest(key, request.getRangeEnd().toByteArray());
        AuthState auth = member.machine().auth();
        StoreError denied = identity.error() != null
                ? identity.error()
                : AuthRules.checkRead(auth, identity.at(auth, tokens), keys);
        if (denied != null) {
            stream.refuse("rpc error: code = " + StoreMetrics.goName(Statuses.of(denied).getStatus().getCode())
                    + " desc = " + denied.text());
            return;
        }
        boolean withoutPuts = request.getFiltersList().contains(WatchCreateRequest.FilterType.NOPUT);
        boolean withoutDeletes = request.getFiltersList().contains(WatchCreateRequest.FilterType.NODELETE);
        stream.create(request.getWatchId(), new Watcher.Spec(
                keys, request.getStartRevision(),
                request.getProgressNotify(), withoutPuts, withoutDeletes, request.getPrevKv(), request.getFragment()));
    }
}
