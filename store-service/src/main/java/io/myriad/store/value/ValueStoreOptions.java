package io.myriad.store.value;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Where values are kept, as a URL says it: {@code redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]}, or {@code rediss://…[?ca=FILE]} for TLS. User and password are
 * percent-encoded. Neither they nor a URL that is wrong are ever part of a message.
 *
 * @param authorities certificates in PEM that are trusted; null: those that the JVM trusts
 * @param user empty: the server's default user
 * @param password empty: none
 */
public record ValueStoreOptions(boolean tls, @Nullable Path authorities, String host, int port, String user,
        String password, int database) {

    private static final int DEFAULT_PORT = 6379;
    private static final String PLAIN_SCHEME = "redis";
    private static final String TLS_SCHEME = "rediss";
    private static final String AUTHORITIES = "ca=";
    private static final String EXPECTED = "redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE] or rediss://...[?ca=FILE] is expected";

    /** Reads a URL; throws with what is wrong with it. */
    public static ValueStoreOptions parse(String url) {
        URI uri = uri(url);
        boolean tls = TLS_SCHEME.equals(uri.getScheme());
        if (!tls && !PLAIN_SCHEME.equals(uri.getScheme())) {
            throw wrong("it begins with another scheme");
        }
        String host = uri.getHost();
        if (host == null) {
            throw wrong("it names no host, or a character of user or password is to be written as %XX");
        }
        if (uri.getRawFragment() != null) {
            throw wrong("it has a #, which is to be written as %23 in a password");
        }
        if (uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw wrong("the port must be a number from 1 to 65535");
        }
        String userInfo = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo();
        int separator = userInfo.indexOf(':');
        if (!userInfo.isEmpty() && separator < 0) {
            throw wrong("a user needs a password; a password alone is written :PASSWORD@");
        }
        return new ValueStoreOptions(tls, authorities(uri.getRawQuery(), tls),
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                separator < 0 ? "" : decode(userInfo.substring(0, separator)),
                separator < 0 ? "" : decode(userInfo.substring(separator + 1)), database(uri.getRawPath()));
    }

    private static URI uri(String url) {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            // Its message has the URL.
            throw wrong("it is no URL, or a character of user or password is to be written as %XX");
        }
    }

    private static int database(String path) {
        String number = path.startsWith("/") ? path.substring(1) : path;
        if (number.isEmpty()) {
            return 0;
        }
        try {
            int database = Integer.parseInt(number);
            if (database >= 0) {
                return database;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw wrong("the database must be a number from 0");
    }

    private static @Nullable Path authorities(@Nullable String query, boolean tls) {
        if (query == null) {
            return null;
        }
        if (!query.startsWith(AUTHORITIES) || query.length() == AUTHORITIES.length() || query.contains("&")) {
            throw wrong("only ?ca=FILE is known");
        }
        if (!tls) {
            throw wrong("?ca=FILE needs rediss://");
        }
        return Path.of(decode(query.substring(AUTHORITIES.length())));
    }

    /** As RFC 3986 has it, where a plus sign is one. */
    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static IllegalArgumentException wrong(String reason) {
        return new IllegalArgumentException(EXPECTED + ": " + reason);
    }

    /** The URL without user and password, for messages. */
    public String address() {
        return (tls ? TLS_SCHEME : PLAIN_SCHEME) + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port
                + "/" + database;
    }

    @Override
    public String toString() {
        return address();
    }
}
