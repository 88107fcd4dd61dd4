package io.myriad.hollow;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** The simulated nodes as a process of its own, or as a context among others. */
public final class HollowNodeApplication {
    private HollowNodeApplication() {}

    /** Runs the nodes until the process is asked to end. A wrong flag is one line on stderr and exit code 1. */
    public static void main(String... arguments) {
        try {
            ConfigurableApplicationContext context = start(arguments);
            Runtime.getRuntime().addShutdownHook(new Thread(context::close, "hollow-nodes-shutdown"));
        } catch (RuntimeException e) {
            System.err.println("hollow-nodes: " + reason(e));
            System.exit(1);
        }
    }

    /**
     * Starts the nodes and returns when they are on their way; they may still be waiting for the API server. Closing the context stops
     * them.
     *
     * @throws HollowNodeOptions.InvalidOptionException for wrong flags, with one line that names the flag
     */
    public static ConfigurableApplicationContext start(String... arguments) {
        HollowNodeOptions options = HollowNodeOptions.parse(arguments);
        SpringApplication application = new SpringApplication(HollowNodeConfiguration.class);
        application.setMainApplicationClass(HollowNodeApplication.class);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false);
        application.setWebApplicationType(
                options.managementPort() == 0 ? WebApplicationType.NONE : WebApplicationType.REACTIVE);
        application.setDefaultProperties(properties(options));
        application.addInitializers(context -> ((GenericApplicationContext) context)
                .registerBean(HollowNodeOptions.class, () -> options));
        return application.run();
    }

    private static Map<String, Object> properties(HollowNodeOptions options) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("spring.application.name", "hollow-nodes");
        properties.put("spring.jmx.enabled", "false");
        properties.put("spring.main.keep-alive", "true");
        properties.put("server.port", options.managementPort());
        properties.put("server.address", "127.0.0.1");
        properties.put("management.endpoints.web.exposure.include", "health,info,prometheus");
        properties.put("management.endpoint.health.probes.enabled", "true");
        properties.put("management.endpoint.health.show-details", "always");
        properties.put("management.endpoint.health.group.readiness.include", "readinessState,nodes");
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
