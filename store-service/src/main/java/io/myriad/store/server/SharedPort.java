package io.myriad.store.server;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.grpc.Grpc;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * gRPC and HTTP/1.1 on one port, with TLS or without. The first bytes that the client says tell which it speaks: HTTP/2 begins with its preface.
 */
final class SharedPort implements InternalProtocolNegotiator.ProtocolNegotiator {

    private static final byte[] HTTP2_PREFACE = "PRI * HTTP/2.0".getBytes(StandardCharsets.US_ASCII);

    private final HttpEndpoint http;
    private final @Nullable SslContext ssl;
    private final ClientConnections connections;

    SharedPort(HttpEndpoint http, @Nullable SslContext ssl, ClientConnections connections) {
        this.http = http;
        this.ssl = ssl;
        this.connections = connections;
    }

    @Override
    public AsciiString scheme() {
        return AsciiString.cached(ssl == null ? "http" : "https");
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
        return new FirstBytes(handler);
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    /** Waits for the first bytes and puts the right handlers in its own place. */
    private final class FirstBytes extends ByteToMessageDecoder {
        private final GrpcHttp2ConnectionHandler handler;
        /** gRPC begins its negotiation with an event, which has to wait until it is known that gRPC is spoken. */
        private @Nullable Object negotiation;
        private @Nullable Future<?> greeting;

        FirstBytes(GrpcHttp2ConnectionHandler handler) {
            this.handler = handler;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            if (!connections.admit(context.channel())) {
                return;
            }
            greeting = connections.closeAfter(context.channel(), connections.limits().greetingMillis());
            if (ssl != null) {
                context.pipeline().addBefore(context.name(), null, ssl.newHandler(context.alloc()));
            }
        }

        @Override
        protected void handlerRemoved0(ChannelHandlerContext context) {
            if (greeting != null) {
                greeting.cancel(false);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
            if (event.getClass().getSimpleName().equals("ProtocolNegotiationEvent")) {
                negotiation = event;
            } else {
                super.userEventTriggered(context, event);
            }
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            int compared = Math.min(in.readableBytes(), HTTP2_PREFACE.length);
            for (int i = 0; i < compared; i++) {
                if (in.getByte(in.readerIndex() + i) != HTTP2_PREFACE[i]) {
                    http.addAfter(context);
                    context.pipeline().remove(this);
                    return;
                }
            }
            if (compared == HTTP2_PREFACE.length && negotiation != null) {
                tellCertificate(context);
                context.pipeline().addBefore(context.name(), null, connections.closeWhenSilent()).addAfter(
                        context.name(), null,
                        InternalProtocolNegotiators.grpcNegotiationHandler(handler));
                context.fireUserEventTriggered(negotiation);
                context.pipeline().remove(this);
            }
        }

        /** Lets gRPC's calls see the session of TLS, and with it the client's certificate. */
        private void tellCertificate(ChannelHandlerContext context) {
            SslHandler tls = context.pipeline().get(SslHandler.class);
            if (tls != null && negotiation instanceof ProtocolNegotiationEvent event) {
                negotiation = InternalProtocolNegotiationEvent.withAttributes(event,
                        InternalProtocolNegotiationEvent.getAttributes(event).toBuilder()
                                .set(Grpc.TRANSPORT_ATTR_SSL_SESSION, tls.engine().getSession()).build());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // A failed handshake or a broken connection: there is nobody to tell.
            context.close();
        }
    }
}
