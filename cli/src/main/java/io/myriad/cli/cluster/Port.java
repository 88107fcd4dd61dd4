package io.myriad.cli.cluster;

import java.util.Locale;

/** What a service listens on. */
public enum Port {
    /** The store's API, gRPC and HTTP over TLS. */
    CLIENT,
    /** The store's members among themselves. */
    PEER,
    /** HTTPS with upstream's endpoints: the API itself in the API server, health and metrics in the others. */
    SECURE,
    /** Actuator: plain HTTP, on the loopback interface only. */
    MANAGEMENT;

    /** Its name in tables and files. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
