package io.myriad.store.server;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

import io.myriad.store.api.AlarmType;
import io.myriad.store.state.Alarms;

/** What etcd serves over HTTP/1.1 beside gRPC: {@code /health}, {@code /livez}, {@code /readyz}, {@code /version} and {@code /metrics}. */
final class HttpEndpoint {

    private static final int MAX_REQUEST_BYTES = 8192;
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";
    private static final String METRICS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final StoreMember member;
    private final StoreMetrics metrics;
    private final ClientConnections connections;
    private final JsonGateway gateway;
    private final int maxGatewayBytes;
    private final Map<String, Page> pages;

    /** Answers a request, now or later. */
    @FunctionalInterface
    private interface Page {
        void answer(QueryStringDecoder query, BiConsumer<Content, HttpResponseStatus> answer);
    }

    private record Content(String type, String text) {}

    /** @param gateway the API as JSON, served beside the pages where clients are */
    HttpEndpoint(StoreMember member, StoreMetrics metrics, ClientConnections connections, JsonGateway gateway) {
        this.gateway = gateway;
        // Base64 takes four bytes for three.
        this.maxGatewayBytes = member.settings().maxRequestBytes() / 3 * 4 + GrpcEndpoint.MESSAGE_OVERHEAD_BYTES;
        this.member = member;
        this.connections = connections;
        this.metrics = metrics;
        this.pages = Map.of("/health", this::health, "/livez", this::live, "/readyz", this::ready, "/version",
                this::version, "/metrics",
                this::metrics);
    }

    /** Makes a pipeline serve these pages. */
    void addTo(ChannelPipeline pipeline) {
        pipeline.addLast(new HttpServerCodec(), new HttpObjectAggregator(MAX_REQUEST_BYTES), new Handler(false));
    }

    /** Makes a pipeline serve these pages and the gateway right behind a handler. */
    void addAfter(ChannelHandlerContext context) {
        ChannelPipeline pipeline = context.pipeline();
        pipeline.addAfter(context.name(), "http-pages", new Handler(true))
                .addAfter(context.name(), "http-requests", new HttpObjectAggregator(maxGatewayBytes))
                .addAfter(context.name(), "http-codec", new HttpServerCodec());
    }

    private static boolean isSet(QueryStringDecoder query, String parameter) {
        return query.parameters().getOrDefault(parameter, List.of()).contains("true");
    }

    private void health(QueryStringDecoder query, BiConsumer<Content, HttpResponseStatus> answer) {
        List<String> excluded = query.parameters().getOrDefault("exclude", List.of());
        for (Alarms.Alarm alarm : member.machine().alarms().all()) {
            String name = String.valueOf(AlarmType.forNumber(alarm.type().number()));
            if (!excluded.contains(name)) {
                answer.accept(new Content(JSON, "{\"health\":\"false\",\"reason\":\"ALARM " + name + "\"}"),
                        HttpResponseStatus.SERVICE_UNAVAILABLE);
                return;
            }
        }
        check(isSet(query, "serializable"), problem -> answer.accept(
                new Content(JSON,
                        "{\"health\":\"" + (problem == null) + "\",\"reason\":\"" + (problem == null ? "" : problem)
                                + "\"}"),
                problem == null ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE));
    }

    private void live(QueryStringDecoder query, BiConsumer<Content, HttpResponseStatus> answer) {
        check(true, problem -> answerCheck("livez", "serializable_read", problem, query, answer));
    }

    private void ready(QueryStringDecoder query, BiConsumer<Content, HttpResponseStatus> answer) {
        if (member.machine().alarms().isRaised(Alarms.Type.CORRUPT)) {
            answerCheck("readyz", "data_corruption", "alarm activated: CORRUPT", query, answer);
            return;
        }
        if (member.cluster().isLearner()) {
            answerCheck("readyz", "non_learner", "not supported for learner", query, answer);
            return;
        }
        check(false, problem -> answerCheck("readyz", "linearizable_read", problem, query, answer));
    }

    private static void answerCheck(String name, String check, @Nullable String problem, QueryStringDecoder query,
            BiConsumer<Content, HttpResponseStatus> answer) {
        if (problem != null) {
            answer.accept(new Content(TEXT, "[-]" + check + " failed: " + problem + "\n" + name + " check failed\n"),
                    HttpResponseStatus.SERVICE_UNAVAILABLE);
        } else {
            String text = query.parameters().containsKey("verbose") ? "[+]" + check + " ok\nok\n" : "ok\n";
            answer.accept(new Content(TEXT, text), HttpResponseStatus.OK);
        }
    }

    /** Tells what is wrong, null if nothing is. */
    private void check(boolean local, java.util.function.Consumer<@Nullable String> result) {
        String failure = member.failure();
        if (failure != null) {
            result.accept("ALARM NOSPACE");
        } else if (local) {
            result.accept(null);
        } else if (!member.log().leadership().known()) {
            result.accept("RAFT NO LEADER");
        } else {
            member.awaitRead(error -> result.accept(error == null ? null : "QGET ERROR:" + error.text()));
        }
    }

    private void version(QueryStringDecoder query, BiConsumer<Content, HttpResponseStatus> answer) {
        answer.accept(
                new Content(JSON,
                        "{\"etcdserver\":\"" + MaintenanceService.ETCD_VERSION + "\",\"etcdcluster\":\""
                                + MaintenanceService.STORAGE_VERSION
                                + "\",\"storage\":\"" + MaintenanceService.STORAGE_VERSION + "\"}"),
                HttpResponseStatus.OK);
    }

    private void metrics(QueryStringDecoder query, BiConsumer<Content, HttpResponseStatus> answer) {
        answer.accept(new Content(METRICS_TEXT, metrics.text()), HttpResponseStatus.OK);
    }

    private final class Handler extends SimpleChannelInboundHandler<FullHttpRequest> {
        private final boolean withGateway;
        private @Nullable Future<?> nextRequest;
        private JsonGateway.@Nullable Exchange exchange;
        private boolean busy;

        Handler(boolean withGateway) {
            this.withGateway = withGateway;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            expectRequest(context, connections.limits().greetingMillis());
        }

        /** What a client dawdles over is the request or the answer before it. */
        private void expectRequest(ChannelHandlerContext context, long millis) {
            handlerRemoved(context);
            nextRequest = connections.closeAfter(context.channel(), millis);
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            if (nextRequest != null) {
                nextRequest.cancel(false);
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            expectRequest(context, connections.limits().idleMillis());
            if (request.decoderResult().isFailure()) {
                connections.countMalformed();
                send(context, false, new Content(TEXT, "400 Bad Request\n"), HttpResponseStatus.BAD_REQUEST);
                return;
            }
            if (busy) {
                // A request before the answer to the last one: nobody who uses the gateway does that.
                context.close();
                return;
            }
            if (withGateway && request.uri().startsWith(GatewayRoutes.PREFIX)) {
                exchange(context, request);
                return;
            }
            boolean keepAlive = HttpUtil.isKeepAlive(request);
            QueryStringDecoder query = new QueryStringDecoder(request.uri());
            Page page = pages.get(query.path());
            if (page == null) {
                send(context, keepAlive, new Content(TEXT, "404 page not found\n"), HttpResponseStatus.NOT_FOUND);
            } else if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
                send(context, keepAlive, new Content(TEXT, "Method Not Allowed\n"),
                        HttpResponseStatus.METHOD_NOT_ALLOWED);
            } else {
                page.answer(query, (content, status) -> send(context, keepAlive, content, status));
            }
        }

        /** An answer may be a stream that lasts, so the next request is waited for only when it is complete. */
        private void exchange(ChannelHandlerContext context, FullHttpRequest request) {
            handlerRemoved(context);
            busy = true;
            JsonGateway.Exchange begun = gateway.handle(context, request, () -> {
                busy = false;
                exchange = null;
                expectRequest(context, connections.limits().idleMillis());
            });
            exchange = busy ? begun : null;
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) throws Exception {
            if (exchange != null) {
                exchange.cancel();
            }
            super.channelInactive(context);
        }

        private static void send(ChannelHandlerContext context, boolean keepAlive, Content content,
                HttpResponseStatus status) {
            FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status,
                    Unpooled.wrappedBuffer(content.text.getBytes(StandardCharsets.UTF_8)));
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, content.type);
            HttpUtil.setContentLength(response, response.content().readableBytes());
            HttpUtil.setKeepAlive(response, keepAlive);
            var sent = context.writeAndFlush(response);
            if (!keepAlive) {
                sent.addListener(ChannelFutureListener.CLOSE);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
