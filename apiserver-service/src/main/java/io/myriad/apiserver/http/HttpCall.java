package io.myriad.apiserver.http;

import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * One request with its whole body, and the way to answer it, once: with {@link #respond} or {@link #stream}. The request
 * part is immutable. Headers put into {@link #responseHeaders} before the answer travel with it.
 */
public final class HttpCall {
    private final String method;
    private final String target;
    private final String path;
    private final QueryParameters query;
    private final HttpHeaders headers;
    private final byte[] body;
    private final List<X509Certificate> peerCertificates;
    private final AnswerPath answerPath;
    private final HttpHeaders responseHeaders = new DefaultHttpHeaders();
    private final Warnings warnings = new Warnings();
    private final long startNanos = System.nanoTime();
    private volatile boolean answered;
    private volatile int status;

    HttpCall(String method, String target, String path, QueryParameters query, HttpHeaders headers, byte[] body,
            List<X509Certificate> peerCertificates, AnswerPath answerPath) {
        this.method = method;
        this.target = target;
        this.path = path;
        this.query = query;
        this.headers = headers;
        this.body = body;
        this.peerCertificates = peerCertificates;
        this.answerPath = answerPath;
    }

    /** The method as sent. */
    public String method() {
        return method;
    }

    /** Path and query as sent. */
    public String target() {
        return target;
    }

    /** The path, percent escapes decoded. */
    public String path() {
        return path;
    }

    public QueryParameters query() {
        return query;
    }

    /** The request's headers. */
    public HttpHeaders headers() {
        return headers;
    }

    /** The value of a request header, or empty. */
    public String header(String name) {
        String value = headers.get(name);
        return value == null ? "" : value;
    }

    /** The whole body. Nobody changes the array. */
    public byte[] body() {
        return body;
    }

    /** The client's certificate chain as presented, leaf first; not verified yet. */
    public List<X509Certificate> peerCertificates() {
        return peerCertificates;
    }

    /** The client's address. */
    public SocketAddress remoteAddress() {
        return answerPath.remoteAddress();
    }

    /** When the request was complete, by {@link System#nanoTime}. */
    public long startNanos() {
        return startNanos;
    }

    /** Headers of the answer. */
    public HttpHeaders responseHeaders() {
        return responseHeaders;
    }

    /** Warnings that travel with the answer, whatever it is. */
    Warnings warnings() {
        return warnings;
    }

    /** Whether an answer was begun. */
    public boolean answered() {
        return answered;
    }

    /** The status of the answer, 0 before it was begun. */
    public int status() {
        return status;
    }

    /** Asks the client to use another connection for its next request; those under way go on. */
    public void closeConnectionGracefully() {
        answerPath.closeConnectionGracefully();
    }

    /** Answers with a whole body. */
    public void respond(int code, byte[] answer) {
        begin(code);
        answerPath.respond(code, responseHeaders, answer, method.equals("HEAD"));
    }

    /**
     * Begins an answer whose body follows.
     *
     * @param contentLength the body's length, or -1 when it is not known
     */
    public ResponseStream stream(int code, long contentLength) {
        begin(code);
        return answerPath.stream(code, responseHeaders, contentLength);
    }

    /**
     * Answers 101 with these headers alone: from then on the connection is a WebSocket.
     *
     * @param form whether its messages are text or binary
     */
    ResponseStream webSocket(HttpHeaders headers, NettyStream.Form form) {
        begin(101);
        return answerPath.webSocket(headers, form);
    }

    private void begin(int code) {
        if (answered) {
            throw new IllegalStateException("answered twice: " + method + " " + path);
        }
        answered = true;
        status = code;
        warnings.writeTo(responseHeaders);
    }
}
