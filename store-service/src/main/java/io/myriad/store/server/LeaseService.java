package io.myriad.store.server;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import com.google.protobuf.ByteString;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

import io.myriad.store.api.LeaseGrantRequest;
import io.myriad.store.api.LeaseGrpc;
import io.myriad.store.api.LeaseKeepAliveRequest;
import io.myriad.store.api.LeaseKeepAliveResponse;
import io.myriad.store.api.LeaseLeasesResponse;
import io.myriad.store.api.LeaseRevokeRequest;
import io.myriad.store.api.LeaseStatus;
import io.myriad.store.api.LeaseTimeToLiveRequest;
import io.myriad.store.api.LeaseTimeToLiveResponse;
import io.myriad.store.api.ResponseHeader;
import io.myriad.store.failpoint.Failpoint;
import io.myriad.store.lease.LeaseTable;
import io.myriad.store.state.AuthRules;
import io.myriad.store.state.AuthState;
import io.myriad.store.state.Command;
import io.myriad.store.state.LeaseRequest;
import io.myriad.store.state.StoreError;
import io.myriad.store.wire.WireFormatException;
import io.myriad.store.wire.WireMessage;

/** {@code etcdserverpb.Lease}. */
final class LeaseService {

    private final StoreMember member;
    private final Tokens tokens;
    private final Supplier<@Nullable Executor> currentLoop;

    LeaseService(StoreMember member, Tokens tokens, Supplier<@Nullable Executor> currentLoop) {
        this.member = member;
        this.tokens = tokens;
        this.currentLoop = currentLoop;
    }

    ServerServiceDefinition definition() {
        return Methods.service(LeaseGrpc.getServiceDescriptor(),
                Map.of("LeaseGrant", Methods.unary(this::grant), "LeaseRevoke", Methods.unary(this::revoke),
                        "LeaseKeepAlive",
                        Methods.streaming(this::keepAlive), "LeaseTimeToLive", Methods.unary(this::timeToLive),
                        "LeaseLeases", Methods.unary(this::leases)));
    }

    private void grant(byte[] request, Responder responder) {
        LeaseGrantRequest grant = Methods.parse(LeaseGrantRequest.parser(), request);
        long id = grant.getID() == 0 ? member.newLeaseId() : grant.getID();
        member.propose(Command.LEASE_GRANT, new LeaseRequest(grant.getTTL(), id).payload(), null, currentLoop.get(),
                responder);
    }

    private void revoke(byte[] request, Responder responder) {
        LeaseRevokeRequest revoke = Methods.parse(LeaseRevokeRequest.parser(), request);
        member.propose(Command.LEASE_REVOKE, new LeaseRequest(revoke.getID(), 0).payload(), null, currentLoop.get(),
                responder);
    }

    private void timeToLive(byte[] request, Responder responder) {
        LeaseTimeToLiveRequest query = Methods.parse(LeaseTimeToLiveRequest.parser(), request);
        StoreError denied = member.machine().auth().checkUser(responder.caller());
        if (denied != null) {
            responder.fail(denied);
            return;
        }
        member.remaining(query.getID(), new StoreMember.LeaseAnswer() {
            @Override
            public void done(long seconds) {
                StoreError unreadable = query.getKeys()
                        ? AuthRules.checkLeaseRead(member.machine().auth(), member.leases(), responder.caller(),
                                query.getID())
                        : null;
                if (unreadable != null) {
                    responder.fail(unreadable);
                    return;
                }
                Failpoint.BEFORE_LOOKUP_WHEN_LEASE_TIME_TO_LIVE.hit();
                LeaseTimeToLiveResponse.Builder response = LeaseTimeToLiveResponse.newBuilder().setHeader(header())
                        .setID(query.getID()).setTTL(seconds);
                LeaseTable.Lease lease = member.leases().get(query.getID());
                if (lease == null) {
                    response.setTTL(-1);
                } else if (seconds >= 0) {
                    response.setGrantedTTL(lease.ttlSeconds());
                    if (query.getKeys()) {
                        for (byte[] key : lease.sortedKeys()) {
                            response.addKeys(ByteString.copyFrom(key));
                        }
                    }
                }
                responder.answer(response.build());
            }

            @Override
            public void failed(StoreError error) {
                responder.fail(error);
            }
        });
    }

    private void leases(byte[] request, Responder responder) {
        member.awaitRead(error -> {
            if (error != null) {
                responder.fail(error);
                return;
            }
            AuthState auth = member.machine().auth();
            StoreError denied = auth.checkUser(responder.caller());
            for (LeaseTable.Lease lease : auth.enabled() ? member.leases().all() : List.<LeaseTable.Lease>of()) {
                denied = denied != null
                        ? denied
                        : AuthRules.checkLeaseRead(auth, member.leases(), responder.caller(), lease.id());
            }
            if (denied != null) {
                responder.fail(denied);
                return;
            }
            LeaseLeasesResponse.Builder response = LeaseLeasesResponse.newBuilder().setHeader(header());
            member.leases().all().forEach(lease -> response.addLeases(LeaseStatus.newBuilder().setID(lease.id())));
            responder.answer(response.build());
        });
    }

    private ResponseHeader header() {
        return Headers.of(member);
    }

    private StreamObserver<byte[]> keepAlive(ServerCallStreamObserver<WireMessage> responses) {
        responses.setOnCancelHandler(() -> {});
        return new KeepAlives(responses, Identities.current());
    }

    /** One client's renewals: answered one after the other, in the order in which they came. */
    private final class KeepAlives implements StreamObserver<byte[]> {
        /** Renewals of one stream that may wait; a client sends the next one of a lease only after the answer. */
        private static final int MAX_WAITING = 10_000;

        private final ServerCallStreamObserver<WireMessage> responses;
        private final Identities.Identity identity;
        private final ArrayDeque<Long> waiting = new ArrayDeque<>();
        private boolean busy;
        private boolean clientDone;
        private boolean finished;

        KeepAlives(ServerCallStreamObserver<WireMessage> responses, Identities.Identity identity) {
            this.identity = identity;
            this.responses = responses;
        }

        @Override
        public void onNext(byte[] request) {
            long id;
            try {
                id = Methods.parse(LeaseKeepAliveRequest.parser(), request).getID();
            } catch (WireFormatException e) {
                finish(Statuses.invalid(String.valueOf(e.getMessage())));
                return;
            }
            synchronized (this) {
                if (waiting.size() >= MAX_WAITING) {
                    finish(Statuses.of(StoreError.TOO_MANY_REQUESTS));
                    return;
                }
                waiting.add(id);
                if (busy) {
                    return;
                }
                busy = true;
            }
            renewNext();
        }

        private void renewNext() {
            Long id;
            synchronized (this) {
                id = waiting.poll();
                if (id == null) {
                    busy = false;
                    if (clientDone) {
                        finish(null);
                    }
                    return;
                }
            }
            AuthState auth = member.machine().auth();
            StoreError denied = AuthRules.checkLeaseWrite(auth, member.leases(), identity.at(auth, tokens), id);
            if (denied != null) {
                finish(Statuses.of(denied));
                return;
            }
            // The header is made before the renewal, so that its revision is not newer than what the renewal saw.
            ResponseHeader header = header();
            member.renew(id, new StoreMember.LeaseAnswer() {
                @Override
                public void done(long seconds) {
                    respond(Marshallers.of(
                            LeaseKeepAliveResponse.newBuilder().setHeader(header).setID(id).setTTL(seconds).build()));
                    renewNext();
                }

                @Override
                public void failed(StoreError error) {
                    finish(Statuses.of(error));
                }
            });
        }

        private synchronized void respond(WireMessage message) {
            if (!finished && !responses.isCancelled()) {
                responses.onNext(message);
            }
        }

        private synchronized void finish(@Nullable Throwable error) {
            if (finished || responses.isCancelled()) {
                return;
            }
            finished = true;
            if (error == null) {
                responses.onCompleted();
            } else {
                responses.onError(error);
            }
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {
            synchronized (this) {
                clientDone = true;
                if (busy) {
                    return;
                }
            }
            finish(null);
        }
    }
}
