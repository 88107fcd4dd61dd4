package io.myriad.apiserver.http;

import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests from one channel and writes their answers: an HTTP/1.1 connection with one request after the other, or
 * one HTTP/2 stream with a single one. Lives on the channel's event loop; the methods that answer may be called from any
 * thread.
 */
final class CallReader extends ChannelInboundHandlerAdapter implements AnswerPath {
    /** Memory taken for a body before any of it has come. */
    private static final int FIRST_BODY_BYTES = 16 << 10;
    private static final String OVERLOADED = "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},"
            + "\"status\":\"Failure\",\"message\":\"Too many requests, please try again later.\","
            + "\"reason\":\"TooManyRequests\",\"details\":{\"retryAfterSeconds\":1},\"code\":429}\n";

    /** Pipelined HTTP/1.1 messages kept while a request is answered; beyond them nothing is read. */
    private static final int MAX_PIPELINED = 16;

    private static final byte[] NO_BYTES = new byte[0];

    private enum State {
        /** Waiting for a request's head. */
        HEAD,
        /** Collecting its body. */
        BODY,
        /** The handler has the call; what comes from the client meanwhile waits. */
        ANSWERING,
        /** The request was refused before its end: the rest of its body is dropped. */
        DISCARDING
    }

    private final HttpListener listener;
    private final boolean http2;
    private final Queue<Object> pipelined = new ArrayDeque<>(0);
    private State state = State.HEAD;
    private @Nullable HttpRequest head;
    private byte[] body = NO_BYTES;
    private int bodyLength;
    private long announced;
    private boolean keepAlive = true;
    private @Nullable Future<?> bodyDeadline;
    private @Nullable Future<?> takeDeadline;
    private @Nullable NettyStream stream;
    private @Nullable ChannelHandlerContext context;
    private volatile @Nullable SocketAddress remoteAddress;

    CallReader(HttpListener listener, boolean http2) {
        this.listener = listener;
        this.http2 = http2;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        remoteAddress = connection(ctx).remoteAddress();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (state == State.ANSWERING) {
            pipelined.add(message);
            if (pipelined.size() >= MAX_PIPELINED) {
                ctx.channel().config().setAutoRead(false);
            }
            return;
        }
        try {
            read(ctx, message);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request && state == State.HEAD) {
            readHead(ctx, request);
        }
        if (message instanceof HttpContent content) {
            if (state == State.BODY) {
                readBody(ctx, content);
            } else if (state == State.DISCARDING && content instanceof LastHttpContent && !http2) {
                ctx.close();
            }
        }
    }

    private void readHead(ChannelHandlerContext ctx, HttpRequest request) {
        head = request;
        bodyLength = 0;
        keepAlive = HttpUtil.isKeepAlive(request);
        state = State.BODY;
        timeouts(ctx, true);
        if (request.decoderResult().isFailure()) {
            refuseHead(ctx, request.decoderResult().cause());
            return;
        }
        announced = HttpUtil.getContentLength(request, 0L);
        if (announced > listener.limits().maxBodyBytes()) {
            refuseTooLarge(ctx);
            return;
        }
        if (HttpUtil.is100ContinueExpected(request)) {
            ctx.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE,
                    Unpooled.EMPTY_BUFFER));
        }
        bodyDeadline = ctx.executor().schedule(
                () -> refuse(ctx, Refusals.Reason.BODY_TIMEOUT, HttpResponseStatus.REQUEST_TIMEOUT,
                        "408 Request Timeout"),
                listener.limits().bodyTimeoutMillis(), TimeUnit.MILLISECONDS);
    }

    private void timeouts(ChannelHandlerContext ctx, boolean started) {
        Http1Timeouts timeouts = http2 ? null : ctx.pipeline().get(Http1Timeouts.class);
        if (timeouts != null && started) {
            timeouts.requestStarted();
        } else if (timeouts != null) {
            timeouts.requestEnded(ctx);
        }
    }

    private void readBody(ChannelHandlerContext ctx, HttpContent content) {
        int more = content.content().readableBytes();
        if (bodyLength + more > listener.limits().maxBodyBytes()) {
            refuseTooLarge(ctx);
            return;
        }
        if (content.decoderResult().isFailure()) {
            refuseHead(ctx, content.decoderResult().cause());
            return;
        }
        if (bodyLength + more > body.length && !enlargeBody(bodyLength + more)) {
            refuse(ctx, Refusals.Reason.BODIES, HttpResponseStatus.TOO_MANY_REQUESTS, OVERLOADED);
            return;
        }
        content.content().readBytes(body, bodyLength, more);
        bodyLength += more;
        if (content instanceof LastHttpContent) {
            complete(ctx);
        }
    }

    /** Memory follows what has come, not what was announced. */
    private boolean enlargeBody(int needed) {
        int length = Math.max(needed, Math.max(2 * body.length, FIRST_BODY_BYTES));
        if (announced >= needed && length > announced) {
            length = (int) announced;
        }
        if (!listener.takeBodyBytes(length - body.length)) {
            return false;
        }
        body = Arrays.copyOf(body, length);
        return true;
    }

    private void dropBody() {
        listener.giveBodyBytes(body.length);
        body = NO_BYTES;
    }

    private void complete(ChannelHandlerContext ctx) {
        cancelBodyDeadline();
        HttpRequest request = head;
        if (request == null) {
            return;
        }
        byte[] whole = bodyLength == body.length ? body : Arrays.copyOf(body, bodyLength);
        dropBody();
        String target = request.uri();
        int question = target.indexOf('?');
        String path = QueryParameters.percentDecode(question < 0 ? target : target.substring(0, question), false);
        if (path == null || !path.startsWith("/")) {
            refuse(ctx, Refusals.Reason.HEAD_MALFORMED, HttpResponseStatus.BAD_REQUEST, "400 Bad Request");
            return;
        }
        state = State.ANSWERING;
        HttpCall call = new HttpCall(request.method().name(), target, path,
                question < 0 ? QueryParameters.NONE : QueryParameters.parse(target.substring(question + 1)),
                request.headers(), whole, peerCertificates(ctx), this);
        head = null;
        listener.dispatch(call);
    }

    private void refuseTooLarge(ChannelHandlerContext ctx) {
        HttpRequest request = head;
        if (request != null && request.uri().startsWith("/api")) {
            refuse(ctx, Refusals.Reason.BODY_TOO_LARGE, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                    listener.limits().tooLargeBody());
        } else {
            refuse(ctx, Refusals.Reason.BODY_TOO_LARGE, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                    "413 Request Entity Too Large");
        }
    }

    private void refuseHead(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof PrematureChannelClosureException) {
            // The connection ended in the middle, for a reason that was counted or is the client's own.
            cancelBodyDeadline();
            state = State.DISCARDING;
            dropBody();
            return;
        }
        if (cause instanceof TooLongHttpHeaderException || cause instanceof TooLongHttpLineException) {
            refuse(ctx, Refusals.Reason.HEAD_TOO_LARGE, HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    "431 Request Header Fields Too Large");
        } else {
            refuse(ctx, Refusals.Reason.HEAD_MALFORMED, HttpResponseStatus.BAD_REQUEST, "400 Bad Request");
        }
    }

    /** Answers before the request's end, and drops the rest of it. */
    private void refuse(ChannelHandlerContext ctx, Refusals.Reason reason, HttpResponseStatus status, String text) {
        listener.refusals().add(reason);
        cancelBodyDeadline();
        state = State.DISCARDING;
        dropBody();
        head = null;
        boolean json = text.startsWith("{");
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status,
                Unpooled.wrappedBuffer(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, json ? "application/json" : "text/plain; charset=utf-8")
                .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        if (!http2) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        ChannelFuture written = ctx.writeAndFlush(response);
        expectTaken(ctx, written);
        written.addListener(done -> {
            // An HTTP/1.1 client is given time to read the answer before the rest of its body meets a closed socket.
            ctx.executor().schedule(() -> ctx.close(), http2 ? 0 : listener.limits().lingerMillis(),
                    TimeUnit.MILLISECONDS);
        });
    }

    private void cancelBodyDeadline() {
        if (bodyDeadline != null) {
            bodyDeadline.cancel(false);
            bodyDeadline = null;
        }
    }

    private static List<X509Certificate> peerCertificates(ChannelHandlerContext ctx) {
        List<X509Certificate> certificates = connection(ctx).attr(HttpListener.PEER_CERTIFICATES).get();
        return certificates == null ? List.of() : certificates;
    }

    private static Channel connection(ChannelHandlerContext ctx) {
        return ctx.channel() instanceof Http2StreamChannel child ? child.parent() : ctx.channel();
    }

    @Override
    public SocketAddress remoteAddress() {
        SocketAddress address = remoteAddress;
        if (address == null) {
            throw new IllegalStateException("no connection yet");
        }
        return address;
    }

    @Override
    public void closeConnectionGracefully() {
        ChannelHandlerContext ctx = context();
        if (http2) {
            listener.goAway(connection(ctx));
        } else {
            ctx.executor().execute(() -> keepAlive = false);
        }
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("no connection yet");
        }
        return ctx;
    }

    @Override
    public void respond(int code, HttpHeaders headers, byte[] answer, boolean withoutBody) {
        ChannelHandlerContext ctx = context();
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(code),
                withoutBody ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer), headers,
                EmptyHttpHeaders.INSTANCE);
        if (code != 304 && code != 204) {
            headers.setInt(HttpHeaderNames.CONTENT_LENGTH, answer.length);
        }
        ctx.executor().execute(() -> {
            prepare(response);
            expectTaken(ctx, ctx.writeAndFlush(response));
            answered(ctx);
        });
    }

    @Override
    public ResponseStream stream(int code, HttpHeaders headers, long contentLength) {
        ChannelHandlerContext ctx = context();
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(code),
                headers);
        if (contentLength >= 0) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, contentLength);
        } else if (!http2) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        NettyStream opened = new NettyStream(ctx, connection(ctx), NettyStream.Form.BODY, () -> answered(ctx));
        ctx.executor().execute(() -> {
            prepare(response);
            stream = opened;
            ctx.write(response);
            if (!ctx.channel().isActive()) {
                opened.lost();
            }
        });
        return opened;
    }

    @Override
    public ResponseStream webSocket(HttpHeaders headers, NettyStream.Form form) {
        if (http2) {
            throw new IllegalStateException("a stream of HTTP/2 cannot become a WebSocket");
        }
        ChannelHandlerContext ctx = context();
        NettyStream opened = new NettyStream(ctx, connection(ctx), form, () -> answered(ctx));
        ctx.executor().execute(() -> {
            keepAlive = false;
            stream = opened;
            dropPipelined();
            ctx.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS,
                    Unpooled.EMPTY_BUFFER, headers, EmptyHttpHeaders.INSTANCE));
            if (ctx.channel().isActive()) {
                WebSocketReader.install(ctx);
                ctx.channel().config().setAutoRead(true);
            } else {
                opened.lost();
            }
        });
        return opened;
    }

    /** What every answer carries. On the event loop. */
    private void prepare(HttpMessage response) {
        response.headers().set(HttpHeaderNames.DATE, listener.date());
        if (listener.draining()) {
            keepAlive = false;
        }
        if (!http2 && !keepAlive) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    /** The answer was written: on with the next request. On the event loop. */
    private void answered(ChannelHandlerContext ctx) {
        stream = null;
        if (http2) {
            return;
        }
        if (!keepAlive) {
            expectTaken(ctx, ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE));
            return;
        }
        state = State.HEAD;
        timeouts(ctx, false);
        while (state != State.ANSWERING && !pipelined.isEmpty()) {
            Object message = pipelined.remove();
            try {
                read(ctx, message);
            } finally {
                ReferenceCountUtil.release(message);
            }
        }
        if (pipelined.size() < MAX_PIPELINED) {
            ctx.channel().config().setAutoRead(true);
        }
    }

    /** A client that does not take the end of its answer is not waited for. On the event loop. */
    private void expectTaken(ChannelHandlerContext ctx, ChannelFuture written) {
        if (written.isDone() || takeDeadline != null) {
            return;
        }
        takeDeadline = ctx.executor().schedule(() -> {
            listener.refusals().add(Refusals.Reason.NOT_TAKEN);
            if (http2) {
                // Netty leaves it out of a stream whose end was written, though that end still waits for room at the client.
                ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
            }
            ctx.channel().unsafe().close(ctx.channel().voidPromise());
        }, listener.limits().takeTimeoutMillis(), TimeUnit.MILLISECONDS);
        written.addListener(done -> {
            if (takeDeadline != null) {
                takeDeadline.cancel(false);
                takeDeadline = null;
            }
        });
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (stream != null && ctx.channel().isWritable()) {
            stream.becameWritable();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        cancelBodyDeadline();
        dropBody();
        if (stream != null) {
            stream.lost();
        }
        dropPipelined();
        ctx.fireChannelInactive();
    }

    private void dropPipelined() {
        pipelined.forEach(ReferenceCountUtil::release);
        pipelined.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        listener.connectionFailed(cause);
        ctx.close();
    }
}
