package io.myriad.management;

import java.io.IOException;
import java.io.UncheckedIOException;

import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;

/** A service in its context: made, and on {@link #start} at work. */
public final class PreparedService implements AutoCloseable {
    private final ConfigurableApplicationContext context;

    PreparedService(ConfigurableApplicationContext context) {
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
