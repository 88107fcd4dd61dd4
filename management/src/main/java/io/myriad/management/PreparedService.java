package io.myriad.management;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;

import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;

/** A service in its context: made, and on {@link #start} at work. */
public final class PreparedService implements AutoCloseable {
    private final String name;
    private final ConfigurableApplicationContext context;

    PreparedService(String name, ConfigurableApplicationContext context) {
        this.name = name;
        this.context = context;
    }

    /**
     * Starts the service, once.
     *
     * @return its context, which stops it when it is closed
     * @throws RuntimeException when it cannot be started, an {@link UncheckedIOException} for what {@link Service#start}
     *         throws; the context is closed then
     */
    public ConfigurableApplicationContext start() {
        try {
            context.getBean(ServiceLifecycle.class).begin();
            return context;
        } catch (IOException e) {
            context.close();
            throw new UncheckedIOException(e.getMessage(), e);
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
    }

    /**
     * Starts the service as all that this process does: it is stopped when the process is asked to end, and the process ends with exit code 1 when it stops by itself.
     * Returns only by what it throws.
     *
     * @throws RuntimeException as {@link #start} does
     */
    public void runProcess() throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        onClosed(ended::countDown);
        ConfigurableApplicationContext started = start();
        Runtime.getRuntime().addShutdownHook(new Thread(started::close, name + "-shutdown"));
        // No thread of a service keeps the process alive, so that none holds up a program that the service is part of.
        ended.await();
        System.exit(1);
    }

    /** Has something done when the context has been closed, by whomever. */
    public void onClosed(Runnable action) {
        context.addApplicationListener((ApplicationListener<ContextClosedEvent>) event -> action.run());
    }

    /** Stops the service. */
    @Override
    public void close() {
        context.close();
    }
}
