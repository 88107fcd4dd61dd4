package io.myriad.management;

import java.io.IOException;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;

/**
 * The service's life within its context's: it starts when it is told to, not with the context, and stops before anything
 * else in it, so that what it has to hand over is handed over at once and while its health can still be seen.
 */
final class ServiceLifecycle implements SmartLifecycle, DisposableBean {
    private final Service service;
    private boolean running;
    private boolean closed;

    ServiceLifecycle(Service service) {
        this.service = service;
    }

    synchronized void begin() throws IOException {
        running = true;
        service.start();
    }

    @Override
    public boolean isAutoStartup() { return false; }

    @Override
    public void start() {
        throw new UnsupportedOperationException("a service is started by PreparedService");
    }

    @Override
    public synchronized boolean isRunning() { return running; }

    @Override
    public synchronized void stop() {
        running = false;
        if (!closed) {
            closed = true;
            service.close();
        }
    }

    /** Also of a service that was made and never started. */
    @Override
    public void destroy() {
        stop();
    }
}
