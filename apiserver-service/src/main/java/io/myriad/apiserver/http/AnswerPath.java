package io.myriad.apiserver.http;

import java.net.SocketAddress;

import io.netty.handler.codec.http.HttpHeaders;

/** The way back to who sent a call: a connection's, or a client's in this JVM. Its methods may be called from any thread. */
interface AnswerPath {
    SocketAddress remoteAddress();

    /** Asks the client to use another connection for its next request; those under way go on. */
    void closeConnectionGracefully();

    /** Answers with a whole body. */
    void respond(int code, HttpHeaders headers, byte[] answer, boolean withoutBody);

    /** Begins an answer whose body follows; {@code contentLength} is -1 when it is not known. */
    ResponseStream stream(int code, HttpHeaders headers, long contentLength);

    /** Turns the connection into a WebSocket, which is all it will ever be. */
    ResponseStream webSocket(HttpHeaders headers, NettyStream.Form form);
}
