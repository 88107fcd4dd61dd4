package io.myriad.apiserver.storage.testing;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

import org.springframework.context.ConfigurableApplicationContext;

import io.myriad.store.StoreApplication;

/** This project's store, as a context in the test's process. */
public final class StoreInProcess implements StoreServer {
    private final String[] arguments;
    private final URI endpoint;
    private ConfigurableApplicationContext context;

    /** Starts one with an empty data directory below {@code directory}. */
    public StoreInProcess(Path directory) throws IOException {
        endpoint = URI.create("http://127.0.0.1:" + StoreServer.freePort());
        String peerUrl = "http://127.0.0.1:" + StoreServer.freePort();
        arguments = new String[]{"--data-dir", directory.resolve("store").toString(), "--listen-client-urls",
                endpoint.toString(), "--advertise-client-urls", endpoint.toString(), "--listen-peer-urls", peerUrl,
                "--initial-advertise-peer-urls", peerUrl, "--initial-cluster", "default=" + peerUrl,
                "--management-port", "0", "--log-level", "error"};
        context = StoreApplication.start(arguments);
    }

    @Override
    public URI endpoint() {
        return endpoint;
    }

    @Override
    public void restart() {
        context.close();
        context = StoreApplication.start(arguments);
    }

    @Override
    public void close() {
        context.close();
    }
}
