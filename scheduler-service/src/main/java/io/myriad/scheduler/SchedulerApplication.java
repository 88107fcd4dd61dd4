package io.myriad.scheduler;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** The scheduler as a process of its own, or as a context among others. */
public final class SchedulerApplication {
    private SchedulerApplication() {}

    /** Runs the scheduler until the process is asked to end. A wrong flag is one line on stderr and exit code 1. */
    public static void main(String... arguments) {
        try {
            ConfigurableApplicationContext context = start(arguments);
            Runtime.getRuntime().addShutdownHook(new Thread(context::close, "scheduler-shutdown"));
        } catch (RuntimeException e) {
            System.err.println("kube-scheduler: " + reason(e));
            System.exit(1);
        }
    }

    /**
     * Starts the scheduler and returns when it runs; it may still be waiting for the API server. Closing the context stops
     * it.
     *
     * @throws SchedulerOptions.InvalidOptionException for wrong flags, with one line that names the flag
     */
    public static ConfigurableApplicationContext start(String... arguments) {
        SchedulerOptions options = SchedulerOptions.parse(arguments);
        SpringApplication application = new SpringApplication(SchedulerConfiguration.class);
        application.setMainApplicationClass(SchedulerApplication.class);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false);
        application.setWebApplicationType(
                options.managementPort() == 0 ? WebApplicationType.NONE : WebApplicationType.REACTIVE);
        application.setDefaultProperties(properties(options));
        application.addInitializers(context -> ((GenericApplicationContext) context)
                .registerBean(SchedulerOptions.class, () -> options));
        return application.run();
    }

    private static Map<String, Object> properties(SchedulerOptions options) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("spring.application.name", "scheduler");
        properties.put("spring.jmx.enabled", "false");
        properties.put("spring.main.keep-alive", "true");
        properties.put("server.port", options.managementPort());
        properties.put("server.address", "127.0.0.1");
        properties.put("server.shutdown", "immediate");
        properties.put("spring.reactor.netty.shutdown-quiet-period", "0s");
        properties.put("management.endpoints.web.exposure.include", "health,info,prometheus");
        properties.put("management.endpoint.health.probes.enabled", "true");
        properties.put("management.endpoint.health.show-details", "always");
        properties.put("management.endpoint.health.group.readiness.include", "readinessState,scheduler");
        properties.put("management.endpoint.health.group.liveness.include", "livenessState");
        return properties;
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof IllegalArgumentException)
                && !(cause instanceof IOException)) {
            cause = cause.getCause();
        }
        String text = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return cause instanceof java.nio.file.NoSuchFileException ? text + ": no such file" : text;
    }
}
