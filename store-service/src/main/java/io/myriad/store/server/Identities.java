package io.myriad.store.server;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;

import io.myriad.store.state.AuthState;
import io.myriad.store.state.Caller;
import io.myriad.store.state.StoreError;

/**
 * Finds out who makes a call: by its token, or else by the common name of its client certificate, where those are checked. Only while somebody has to say who he is. A token that is not
 * valid ends the call at once; a stream of watchers goes on, and each watcher in it is refused.
 */
final class Identities implements ServerInterceptor {

    private static final Context.Key<Identity> IDENTITY = Context.key("identity");
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization",
            Metadata.ASCII_STRING_MARSHALLER);

    private final Supplier<AuthState> auth;
    private final Tokens tokens;
    private final boolean certificates;

    /**
     * Who makes a call, or what is wrong with his token.
     *
     * @param error null if nothing is
     */
    record Identity(Caller caller, @Nullable StoreError error) {
        static final Identity NOBODY = new Identity(Caller.NOBODY, null);

        /** Who he is by now, in a stream that lasts. What a token says of a revision stays what it is. */
        Caller at(AuthState state, Tokens tokens) {
            return caller.name().isEmpty() || tokens.arePinned()
                    ? caller
                    : new Caller(caller.name(), state.revision());
        }
    }

    /** @param certificates whether certificates of clients are checked, and say who they are */
    Identities(Supplier<AuthState> auth, Tokens tokens, boolean certificates) {
        this.auth = auth;
        this.tokens = tokens;
        this.certificates = certificates;
    }

    /** Who makes the call that this thread handles; to be asked before the call goes on elsewhere. */
    static Identity current() {
        Identity identity = IDENTITY.get();
        return identity == null ? Identity.NOBODY : identity;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
            ServerCallHandler<Q, A> next) {
        AuthState state = auth.get();
        if (!state.enabled()) {
            return next.startCall(call, headers);
        }
        Identity identity = identify(state, call, headers);
        String service = call.getMethodDescriptor().getServiceName();
        if (identity.error != null && !"etcdserverpb.Watch".equals(service)) {
            boolean builtOnKeys = service != null && !service.startsWith("etcdserverpb.");
            call.close(builtOnKeys
                    ? Statuses.unknown(identity.error.text()).getStatus()
                    : Statuses.of(identity.error).getStatus(), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return Contexts.interceptCall(Context.current().withValue(IDENTITY, identity), call, headers, next);
    }

    private Identity identify(AuthState state, ServerCall<?, ?> call, Metadata headers) {
        String token = headers.get(TOKEN);
        if (token == null) {
            token = headers.get(AUTHORIZATION);
        }
        if (token != null) {
            Caller caller = tokens.verify(token, state);
            return caller == null
                    ? new Identity(Caller.NOBODY, StoreError.INVALID_AUTH_TOKEN)
                    : new Identity(caller, null);
        }
        String name = certificates ? commonName(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION)) : null;
        return name == null ? Identity.NOBODY : new Identity(new Caller(name, state.revision()), null);
    }

    private static @Nullable String commonName(@Nullable SSLSession session) {
        if (session == null) {
            return null;
        }
        try {
            Certificate[] chain = session.getPeerCertificates();
            if (chain.length == 0 || !(chain[0] instanceof X509Certificate certificate)) {
                return null;
            }
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    return part.getValue().toString();
                }
            }
            return null;
        } catch (SSLPeerUnverifiedException | InvalidNameException e) {
            return null; // no certificate, or none with a name
        }
    }
}
