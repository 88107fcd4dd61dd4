package io.myriad.store;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.GenericApplicationContext;

import io.myriad.store.server.StoreMember;

/** The store as a process of its own, or as a context among others. */
public final class StoreApplication {

    private StoreApplication() {}

    public static void main(String... arguments) {
        // Embedding programs read the help to learn which flags there are.
        if (List.of(arguments).contains("--help") || List.of(arguments).contains("-h")) {
            System.out.print(StoreOptions.usage());
            return;
        }
        if (List.of(arguments).contains("--version")) {
            System.out.println("etcd Version: " + StoreMember.ETCD_VERSION);
            return;
        }
        try {
            ConfigurableApplicationContext context = start(arguments);
            Runtime.getRuntime().addShutdownHook(new Thread(context::close, "store-shutdown"));
            CountDownLatch ended = new CountDownLatch(1);
            context.addApplicationListener((ApplicationListener<ContextClosedEvent>) event -> {
                if (event.getApplicationContext() == context) { // not the management port's, whose events are passed on
                    ended.countDown();
                }
            });
            // All of the store's threads are daemons, so that they hold up no other program that the store is part of.
            ended.await();
            System.exit(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (StoreOptions.InvalidOptionException | StoreStartException e) {
            System.err.println("store-service: " + e.getMessage());
            System.exit(1);
        }
    }

    /** Starts the store and returns when it runs; throws with a message for the user if it cannot. */
    public static ConfigurableApplicationContext start(String... arguments) {
        StoreOptions options = StoreOptions.parse(System.getenv(), arguments);
        if (!options.logLevel().isEmpty()) {
            // etcd's two levels above error stop the process; here they only say little.
            Level level = Level.toLevel(options.logLevel(), Level.ERROR);
            ((Logger) LoggerFactory.getLogger("io.myriad.store")).setLevel(level);
        }
        boolean managed = options.managementPort() != 0;
        SpringApplication application = managed
                ? new SpringApplication(StoreConfiguration.class, ManagementConfiguration.class)
                : new SpringApplication(StoreConfiguration.class);
        application.setMainApplicationClass(StoreApplication.class);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false);
        application.setWebApplicationType(managed ? WebApplicationType.REACTIVE : WebApplicationType.NONE);
        application.setDefaultProperties(properties(options));
        application.addInitializers(
                context -> ((GenericApplicationContext) context).registerBean(StoreOptions.class, () -> options));
        ConfigurableApplicationContext context = application.run();
        try {
            // Not by the context's own life cycle, which would report a directory in use with a stack trace.
            StoreService service = context.getBean(StoreService.class);
            service.start();
            service.failed().thenAccept(reason -> {
                LoggerFactory.getLogger(StoreApplication.class)
                        .error("the store ends, to be started anew: {}", reason);
                // Not on this thread: it is the log's, which the context waits for.
                new Thread(context::close, "store-end").start();
            });
            return context;
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
    }

    private static Map<String, Object> properties(StoreOptions options) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("spring.application.name", "store");
        properties.put("spring.jmx.enabled", "false");
        properties.put("spring.grpc.server.enabled", "false");
        properties.put("server.port", options.managementPort());
        properties.put("server.address", "127.0.0.1");
        properties.put("management.endpoints.web.exposure.include", "health,info,prometheus");
        properties.put("management.endpoint.health.probes.enabled", "true");
        properties.put("management.endpoint.health.show-details", "always");
        properties.put("management.endpoint.health.group.readiness.include", "readinessState,store");
        properties.put("management.endpoint.health.group.liveness.include", "livenessState");
        return properties;
    }
}
