package io.myriad.apiserver.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Calls from clients in this very JVM, to the listener that has a port: the same calls as those that come over a connection,
 * answered by the same handler, but no bytes are encrypted, framed and copied through sockets on their way. Which
 * certificates a client shows is checked as always; that it holds their key is not, for who runs in this JVM could take the
 * server's own as well.
 */
public final class LocalCalls {
    private static final Map<Integer, HttpListener> LISTENERS = new ConcurrentHashMap<>();

    /** Who is told the answer, in order, by one thread at a time. */
    public interface Receiver {
        /** The answer to this call has begun. */
        void head(Call call, int status, Map<String, List<String>> headers);

        /** A piece of the body; the array is the receiver's. */
        void piece(byte[] data);

        /** The body is whole. */
        void end();

        /** The body will not be whole. */
        void broke(String why);
    }

    /** A call under way. */
    public interface Call {
        /** One more piece may be delivered than before: nothing but the head is, until it is asked for. */
        void request(long pieces);

        /** The client has no interest any more; nothing further is delivered. */
        void cancel();
    }

    private LocalCalls() {}

    static void opened(HttpListener listener) {
        LISTENERS.put(listener.port(), listener);
    }

    static void closed(HttpListener listener) {
        LISTENERS.values().remove(listener);
    }

    /** Whether a listener of this JVM has the port, and takes calls. */
    public static boolean served(int port) {
        HttpListener listener = LISTENERS.get(port);
        return listener != null && !listener.draining();
    }

    /**
     * Sends a request.
     *
     * @param target path and query
     * @param headers names and values
     * @param certificates the client's chain, leaf first, or none
     * @return the call, or null when no listener has the port
     */
    public static @Nullable Call send(int port, String method, String target, Map<String, List<String>> headers,
            byte[] body, List<X509Certificate> certificates, Receiver receiver) {
        HttpListener listener = LISTENERS.get(port);
        if (listener == null || listener.draining()) {
            return null;
        }
        int question = target.indexOf('?');
        String path = QueryParameters.percentDecode(question < 0 ? target : target.substring(0, question), false);
        if (path == null || !path.startsWith("/")) {
            throw new IllegalArgumentException("not a path: " + target);
        }
        HttpHeaders all = new DefaultHttpHeaders();
        headers.forEach(all::add);
        LocalAnswer answer = new LocalAnswer(listener, new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                receiver);
        listener.remember(answer);
        listener.dispatch(new HttpCall(method, target, path,
                question < 0 ? QueryParameters.NONE : QueryParameters.parse(target.substring(question + 1)), all, body,
                certificates, answer));
        return answer;
    }
}
