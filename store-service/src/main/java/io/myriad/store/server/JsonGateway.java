package io.myriad.store.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonStreamParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * The API as JSON over HTTP/1.1, as etcd's gateway has it: {@code POST /v3/kv/range} with a message in protobuf's JSON form. 64-bit numbers are strings, bytes are base64, defaults are
 * left out; a stream is a line {@code {"result":...}} for each message, taken from the store as fast as the client reads. The calls are made through gRPC within the process, so that
 * everything that holds there holds here.
 */
final class JsonGateway {

    private static final String JSON = "application/json";
    private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization",
            Metadata.ASCII_STRING_MARSHALLER);
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().preservingProtoFieldNames()
            .omittingInsignificantWhitespace();
    private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();

    private final Channel channel;

    /** Made with the first request: it needs the classes of all messages, which a start would have to wait for. */
    private static final class Table {
        static final GatewayRoutes ROUTES = new GatewayRoutes();
    }

    /** @param channel to the store in this process */
    JsonGateway(Channel channel) {
        this.channel = channel;
    }

    /** A call that is under way. */
    interface Exchange {
        /** The client has gone. */
        void cancel();
    }

    /**
     * Answers a request. On the connection's event loop.
     *
     * @param done runs on that event loop when the answer is complete
     * @return the call, null if it was answered without one
     */
    @Nullable
    Exchange handle(ChannelHandlerContext context, FullHttpRequest request, Runnable done) {
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        GatewayRoutes.Route route = Table.ROUTES.find(new QueryStringDecoder(request.uri()).path());
        if (route == null) {
            answer(context, keepAlive, HttpResponseStatus.NOT_FOUND, error(Status.NOT_FOUND, "Not Found"), done);
            return null;
        }
        if (!request.method().equals(HttpMethod.POST)) {
            answer(context, keepAlive, HttpResponseStatus.NOT_IMPLEMENTED,
                    error(Status.UNIMPLEMENTED, "Method Not Allowed"), done);
            return null;
        }
        List<byte[]> messages;
        try {
            messages = messages(route, request.content().toString(StandardCharsets.UTF_8));
        } catch (InvalidProtocolBufferException | JsonParseException e) {
            answer(context, keepAlive, HttpResponseStatus.BAD_REQUEST,
                    error(Status.INVALID_ARGUMENT, String.valueOf(e.getMessage())), done);
            return null;
        }
        Metadata headers = new Metadata();
        String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
        if (authorization != null) {
            headers.put(AUTHORIZATION, authorization);
        }
        ClientCall<byte[], byte[]> call = channel.newCall(route.method(), CallOptions.DEFAULT);
        call.start(new Answer(context, route, call, keepAlive, done), headers);
        messages.forEach(call::sendMessage);
        call.halfClose();
        call.request(1);
        return () -> call.cancel("the client has gone", null);
    }

    /** The messages of a body: one, or for a method that takes a stream as many as there are. An empty body is an empty message. */
    private static List<byte[]> messages(GatewayRoutes.Route route, String body)
            throws InvalidProtocolBufferException {
        List<byte[]> messages = new ArrayList<>();
        JsonStreamParser parts = new JsonStreamParser(body);
        boolean many = !route.method().getType().clientSendsOneMessage();
        // The parser takes nothing at all for an error.
        while (!body.isBlank() && parts.hasNext() && (many || messages.isEmpty())) {
            Message.Builder message = route.request().newBuilderForType();
            PARSER.merge(parts.next().toString(), message);
            messages.add(message.build().toByteArray());
        }
        if (messages.isEmpty() && !many) {
            messages.add(new byte[0]);
        }
        return messages;
    }

    private static String error(Status status, String text) {
        return "{\"code\":" + status.getCode().value() + ",\"message\":" + new JsonPrimitive(text) + "}";
    }

    private static void answer(ChannelHandlerContext context, boolean keepAlive, HttpResponseStatus status,
            String text, Runnable done) {
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status,
                Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, JSON);
        HttpUtil.setContentLength(response, response.content().readableBytes());
        HttpUtil.setKeepAlive(response, keepAlive);
        finish(context, keepAlive, response, done);
    }

    private static void finish(ChannelHandlerContext context, boolean keepAlive, Object last, Runnable done) {
        done.run();
        var sent = context.writeAndFlush(last);
        if (!keepAlive) {
            sent.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** What gRPC's codes are in HTTP. */
    private static HttpResponseStatus statusOf(Status.Code code) {
        return switch (code) {
            case OK -> HttpResponseStatus.OK;
            case CANCELLED -> HttpResponseStatus.valueOf(499, "Client Closed Request");
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> HttpResponseStatus.BAD_REQUEST;
            case DEADLINE_EXCEEDED -> HttpResponseStatus.GATEWAY_TIMEOUT;
            case NOT_FOUND -> HttpResponseStatus.NOT_FOUND;
            case ALREADY_EXISTS, ABORTED -> HttpResponseStatus.CONFLICT;
            case PERMISSION_DENIED -> HttpResponseStatus.FORBIDDEN;
            case UNAUTHENTICATED -> HttpResponseStatus.UNAUTHORIZED;
            case RESOURCE_EXHAUSTED -> HttpResponseStatus.TOO_MANY_REQUESTS;
            case UNIMPLEMENTED -> HttpResponseStatus.NOT_IMPLEMENTED;
            case UNAVAILABLE -> HttpResponseStatus.SERVICE_UNAVAILABLE;
            case UNKNOWN, INTERNAL, DATA_LOSS -> HttpResponseStatus.INTERNAL_SERVER_ERROR;
        };
    }

    /** Turns what the store answers into HTTP. gRPC calls it from one thread at a time; what it does to the connection happens on the event loop, in order. */
    private static final class Answer extends ClientCall.Listener<byte[]> {
        private final ChannelHandlerContext context;
        private final GatewayRoutes.Route route;
        private final ClientCall<byte[], byte[]> call;
        private final boolean keepAlive;
        private final Runnable done;
        private String message = "{}";
        private boolean began;

        Answer(ChannelHandlerContext context, GatewayRoutes.Route route, ClientCall<byte[], byte[]> call,
                boolean keepAlive, Runnable done) {
            this.context = context;
            this.route = route;
            this.call = call;
            this.keepAlive = keepAlive;
            this.done = done;
        }

        @Override
        public void onMessage(byte[] bytes) {
            String text;
            try {
                text = PRINTER.print(route.response().getParserForType().parseFrom(bytes));
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("the store's own answer cannot be read", e);
            }
            if (route.streams()) {
                line("{\"result\":" + text + "}\n");
            } else {
                message = text;
                call.request(1);
            }
        }

        private void line(String text) {
            HttpResponse head = began ? null : head(HttpResponseStatus.OK);
            began = true;
            DefaultHttpContent content = new DefaultHttpContent(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
            onLoop(() -> {
                if (head != null) {
                    context.write(head);
                }
                context.writeAndFlush(content).addListener(sent -> {
                    if (sent.isSuccess()) {
                        call.request(1);
                    }
                });
            }, content);
        }

        private HttpResponse head(HttpResponseStatus status) {
            HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status);
            head.headers().set(HttpHeaderNames.CONTENT_TYPE, JSON);
            HttpUtil.setTransferEncodingChunked(head, true);
            HttpUtil.setKeepAlive(head, keepAlive);
            return head;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            String text = status.getDescription() == null ? status.getCode().name() : status.getDescription();
            HttpResponseStatus code = statusOf(status.getCode());
            if (!route.streams()) {
                String body = status.isOk() ? message : error(status, text);
                onLoop(() -> answer(context, keepAlive, code, body, done), null);
                return;
            }
            String last = status.isOk() ? "" : "{\"error\":" + error(status, text) + "}\n";
            if (!began) {
                onLoop(() -> answer(context, keepAlive, code, last, done), null);
                return;
            }
            onLoop(() -> {
                if (!last.isEmpty()) {
                    context.write(new DefaultHttpContent(Unpooled.copiedBuffer(last, StandardCharsets.UTF_8)));
                }
                finish(context, keepAlive, LastHttpContent.EMPTY_LAST_CONTENT, done);
            }, null);
        }

        private void onLoop(Runnable task, @Nullable Object content) {
            try {
                context.executor().execute(task);
            } catch (java.util.concurrent.RejectedExecutionException e) {
                ReferenceCountUtil.release(content); // the endpoint closes
            }
        }
    }
}
