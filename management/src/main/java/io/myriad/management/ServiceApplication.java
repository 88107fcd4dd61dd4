package io.myriad.management;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/**
 * Makes Spring applications whose beans are registered one by one, by code. Nothing is scanned, and no configuration class
 * is read: five contexts that do so cost more than all that is in them (see {@code docs/decisions/0080}).
 */
public final class ServiceApplication {
    /** Logging is the process's, and Spring Boot sets it up anew for each application; several at once may meet in the middle. */
    private static final ReentrantLock LOGGING = new ReentrantLock();

    private ServiceApplication() {}

    /**
     * Makes the application of a service. Its management port answers already; the service itself waits for
     * {@link PreparedService#start}.
     *
     * @param name what the application is called
     * @param managementPort where health and metrics are served, on the loopback interface; 0: nowhere
     * @param beans registers the beans: exactly one {@link Service}, what it needs, and indicators of its health. A
     *        {@link io.micrometer.core.instrument.MeterRegistry} is there.
     * @throws RuntimeException what a bean could not be made for
     */
    public static PreparedService prepare(String name, int managementPort, Consumer<GenericApplicationContext> beans) {
        SpringApplication application = new Functional(beans, managementPort);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false);
        boolean managed = managementPort != 0;
        application.setWebApplicationType(managed ? WebApplicationType.REACTIVE : WebApplicationType.NONE);
        application.setApplicationContextFactory(
                type -> managed ? new ReactiveWebServerApplicationContext() : new GenericApplicationContext());
        application.setDefaultProperties(Map.of("spring.application.name", name, "spring.jmx.enabled", "false"));
        return new PreparedService(name, run(application));
    }

    /** Holds {@link #LOGGING} until the context is there: what is before that is about the environment, and logging. */
    private static ConfigurableApplicationContext run(SpringApplication application) {
        application.addInitializers(context -> LOGGING.unlock());
        LOGGING.lock();
        try {
            return application.run();
        } finally {
            if (LOGGING.isHeldByCurrentThread()) {
                LOGGING.unlock();
            }
        }
    }

    /** Why a service could not be made or started, in one line for the user: the first of its causes that is about what the user gave. */
    public static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof IllegalArgumentException)
                && !(cause instanceof IOException)) {
            cause = cause.getCause();
        }
        String text = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return cause instanceof NoSuchFileException ? text + ": no such file" : text;
    }

    /** An application whose only source is code. */
    private static final class Functional extends SpringApplication {
        private final Consumer<GenericApplicationContext> beans;
        private final int managementPort;

        Functional(Consumer<GenericApplicationContext> beans, int managementPort) {
            // It insists on a source; none is loaded.
            super(ServiceApplication.class);
            this.beans = beans;
            this.managementPort = managementPort;
        }

        @Override
        protected void load(ApplicationContext context, Object[] sources) {
            GenericApplicationContext registry = (GenericApplicationContext) context;
            ManagementBeans.register(registry, managementPort);
            beans.accept(registry);
            for (String name : registry.getDefaultListableBeanFactory().getBeanNamesForType(Service.class,
                    false, false)) {
                // Its life cycle closes it; the context would do so again.
                registry.getBeanDefinition(name).setDestroyMethodName("");
            }
            registry.registerBean(ServiceLifecycle.class, () -> new ServiceLifecycle(registry.getBean(Service.class)));
        }
    }
}
