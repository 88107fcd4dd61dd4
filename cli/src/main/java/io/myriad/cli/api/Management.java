package io.myriad.cli.api;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A service's actuator, plain HTTP on the loopback interface. */
public final class Management {
    private static final int TIMEOUT_MILLIS = 2_000;

    private final int port;

    /** The actuator on a port. */
    public Management(int port) {
        this.port = port;
    }

    /** Whether the service says that it is ready; a service that does not answer is not. */
    public boolean isReady() {
        try {
            HttpURLConnection connection = open("/actuator/health/readiness");
            int code = connection.getResponseCode();
            InputStream body = code < HttpURLConnection.HTTP_BAD_REQUEST
                    ? connection.getInputStream()
                    : connection.getErrorStream();
            if (body != null) {
                body.close();
            }
            return code == HttpURLConnection.HTTP_OK;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Whether a gauge with this name has the value 1 in any of its series; what cannot be read is not so. */
    public boolean isGaugeSet(String name) {
        try {
            HttpURLConnection connection = open("/actuator/prometheus");
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8))) {
                boolean[] set = new boolean[1];
                lines.lines()
                        .filter(line -> line.startsWith(name) && line.length() > name.length()
                                && "{ ".indexOf(line.charAt(name.length())) >= 0)
                        .forEach(line -> set[0] |= Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)) == 1);
                return set[0];
            }
        } catch (IOException | NumberFormatException unknown) {
            return false;
        }
    }

    private HttpURLConnection open(String path) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + path).toURL()
                .openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        return connection;
    }
}
