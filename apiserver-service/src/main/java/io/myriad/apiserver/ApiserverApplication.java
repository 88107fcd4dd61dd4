package io.myriad.apiserver;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

import io.myriad.apiserver.http.ApiServer;

/**
 * The API server's process: reads kube-apiserver's flags and runs the server in a Spring context that adds health and
 * metrics on the management port.
 */
public final class ApiserverApplication {
    private ApiserverApplication() {}

    /** Runs the server until the process is asked to end. A wrong flag is one line on stderr and exit code 1. */
    public static void main(String... args) {
        // Embedding programs read the help to learn which flags there are.
        if (List.of(args).contains("--help") || List.of(args).contains("-h")) {
            System.out.print(ApiserverFlags.usage());
            return;
        }
        if (List.of(args).contains("--version")) {
            System.out.println("Kubernetes " + ApiServer.VERSION);
            return;
        }
        try {
            ConfigurableApplicationContext context = start(args);
            Runtime.getRuntime().addShutdownHook(new Thread(context::close, "apiserver-shutdown"));
        } catch (RuntimeException failure) {
            System.err.println("kube-apiserver: " + reason(failure));
            System.exit(1);
        }
    }

    /**
     * Starts the server and returns when it serves requests. Closing the context stops it.
     *
     * @throws IllegalArgumentException for wrong flags, with one line that names the flag
     */
    public static ConfigurableApplicationContext start(String... args) {
        ApiserverOptions options = ApiserverFlags.parse(args);
        SpringApplication application = new SpringApplication(ApiserverConfiguration.class);
        application.setMainApplicationClass(ApiserverApplication.class);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false);
        application.setWebApplicationType(
                options.managementPort() == 0 ? WebApplicationType.NONE : WebApplicationType.REACTIVE);
        application.setDefaultProperties(properties(options));
        application.addInitializers(context -> ((GenericApplicationContext) context)
                .registerBean(ApiserverOptions.class, () -> options));
        return application.run();
    }

    private static Map<String, Object> properties(ApiserverOptions options) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("spring.application.name", "apiserver");
        properties.put("spring.jmx.enabled", "false");
        // Without the management port's server no thread would hold the process.
        properties.put("spring.main.keep-alive", "true");
        properties.put("server.port", options.managementPort());
        properties.put("server.address", "127.0.0.1");
        properties.put("management.endpoints.web.exposure.include", "health,info,prometheus");
        properties.put("management.endpoint.health.probes.enabled", "true");
        properties.put("management.endpoint.health.show-details", "always");
        properties.put("management.endpoint.health.group.readiness.include", "readinessState,apiserver");
        properties.put("management.endpoint.health.group.liveness.include", "livenessState");
        return properties;
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof IllegalArgumentException)) {
            if (cause instanceof PortInUseException inUse) {
                return "--management-port: port " + inUse.getPort() + " is in use";
            }
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
