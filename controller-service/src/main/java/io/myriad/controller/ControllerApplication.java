package io.myriad.controller;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** The controllers as a process of their own, or as a context among others. */
public final class ControllerApplication {

    private ControllerApplication() {}

    public static void main(String... arguments) {
        try {
            ConfigurableApplicationContext context = start(arguments);
            Runtime.getRuntime().addShutdownHook(new Thread(context::close, "controller-shutdown"));
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ControllerOptions.InvalidOptionException | ControllerStartException e) {
            System.err.println("controller-service: " + e.getMessage());
            System.exit(1);
        }
    }

    /** Starts the controllers and returns when they run; throws with a message for the user if they cannot. */
    public static ConfigurableApplicationContext start(String... arguments) {
        ControllerOptions options = ControllerOptions.parse(arguments);
        SpringApplication application = new SpringApplication(ControllerConfiguration.class);
        application.setMainApplicationClass(ControllerApplication.class);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false);
        boolean managed = options.managementPort() > 0;
        application.setWebApplicationType(managed ? WebApplicationType.REACTIVE : WebApplicationType.NONE);
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("spring.jmx.enabled", "false");
        properties.put("spring.grpc.server.enabled", "false");
        if (managed) {
            properties.put("server.address", "127.0.0.1");
            properties.put("server.port", Integer.toString(options.managementPort()));
            properties.put("server.shutdown", "immediate");
            properties.put("spring.reactor.netty.shutdown-quiet-period", "0s");
            properties.put("management.endpoints.web.exposure.include", "health,prometheus,info");
            properties.put("management.endpoint.health.probes.enabled", "true");
            properties.put("management.endpoint.health.show-details", "always");
            properties.put("management.endpoint.health.group.readiness.include", "readinessState,controllers");
        }
        application.setDefaultProperties(properties);
        application.addInitializers(
                context -> ((GenericApplicationContext) context).registerBean(ControllerOptions.class, () -> options));
        try {
            return application.run();
        } catch (RuntimeException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof ControllerStartException reason) {
                    throw reason;
                }
            }
            throw e;
        }
    }
}
