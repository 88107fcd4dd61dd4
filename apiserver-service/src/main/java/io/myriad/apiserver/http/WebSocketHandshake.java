package io.myriad.apiserver.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;

/**
 * The opening of a WebSocket (RFC 6455, section 4.2) as upstream's server answers it: an origin has to be named and may be
 * any; of subprotocols the client may offer one, which it gets whatever its name is. Beside it the client may put its
 * token, as browsers' scripts can set no other header.
 */
final class WebSocketHandshake {
    private static final String TOKEN_PREFIX = "base64url.bearer.authorization.k8s.io.";
    private static final String VERSION = "13";
    /** RFC 6455, section 1.3. */
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private WebSocketHandshake() {}

    /** Whether the client asks for a WebSocket. */
    static boolean wanted(HttpCall call) {
        return call.header("Upgrade").equalsIgnoreCase("websocket") && call.headers().getAll("Connection").stream()
                .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("upgrade"));
    }

    /**
     * The bearer token among the subprotocols of a WebSocket, or null.
     *
     * @throws StatusException Unauthorized, when it cannot be read or stands alone
     */
    static @Nullable String token(HttpCall call) {
        if (!wanted(call)) {
            return null;
        }
        List<String> offered = offered(call);
        List<String> tokens = offered.stream().filter(WebSocketHandshake::isToken).toList();
        if (tokens.isEmpty()) {
            return null;
        }
        if (tokens.size() > 1 || offered.size() == 1) {
            throw unauthorized();
        }
        try {
            byte[] token = Base64.getUrlDecoder().decode(tokens.getFirst().substring(TOKEN_PREFIX.length()));
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(token)).toString();
            return text.isEmpty() ? null : text;
        } catch (IllegalArgumentException | CharacterCodingException malformed) {
            throw unauthorized();
        }
    }

    private static StatusException unauthorized() {
        return new StatusException(Status.of(StatusReason.UNAUTHORIZED, "Unauthorized"));
    }

    private static boolean isToken(String protocol) {
        return protocol.startsWith(TOKEN_PREFIX);
    }

    private static List<String> offered(HttpCall call) {
        List<String> protocols = new ArrayList<>();
        for (String header : call.headers().getAll("Sec-WebSocket-Protocol")) {
            for (String protocol : header.split(",")) {
                if (!protocol.isBlank()) {
                    protocols.add(protocol.strip());
                }
            }
        }
        return protocols;
    }

    /**
     * Opens the WebSocket.
     *
     * @param text whether messages are text, else binary
     * @return what is written to it, a message a piece; null when the client's wish was refused, which has been answered
     */
    static @Nullable ResponseStream open(HttpCall call, boolean text) {
        List<String> protocols = offered(call).stream().filter(protocol -> !isToken(protocol)).toList();
        String key = call.header("Sec-WebSocket-Key");
        if (key.isEmpty()) {
            return refuse(call, 400, "mismatch challenge/response");
        }
        if (!call.header("Sec-WebSocket-Version").equals(VERSION)) {
            call.responseHeaders().set("Sec-WebSocket-Version", VERSION);
            return refuse(call, 400, "missing or bad WebSocket Version");
        }
        if (!isOrigin(call.header("Origin"))) {
            return refuse(call, 403, "");
        }
        if (protocols.size() > 1) {
            return refuse(call, 400, "");
        }
        HttpHeaders headers = new DefaultHttpHeaders().add("Upgrade", "websocket").add("Connection", "Upgrade")
                .add("Sec-WebSocket-Accept", accept(key));
        if (!protocols.isEmpty()) {
            headers.add("Sec-WebSocket-Protocol", protocols.getFirst());
        }
        return call.webSocket(headers, text ? NettyStream.Form.TEXT_MESSAGES : NettyStream.Form.BINARY_MESSAGES);
    }

    private static @Nullable ResponseStream refuse(HttpCall call, int code, String text) {
        call.closeConnectionGracefully();
        call.responseHeaders().remove("Content-Type");
        call.respond(code, text.getBytes(StandardCharsets.US_ASCII));
        return null;
    }

    /** An absolute address or path, as a request line may hold. */
    private static boolean isOrigin(String text) {
        try {
            return text.startsWith("/") || new URI(text).isAbsolute();
        } catch (URISyntaxException malformed) {
            return false;
        }
    }

    private static String accept(String key) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            digest.update(key.getBytes(StandardCharsets.ISO_8859_1));
            digest.update(ACCEPT_SUFFIX.getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest.digest());
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
