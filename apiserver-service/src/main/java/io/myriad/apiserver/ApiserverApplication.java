package io.myriad.apiserver;

import java.util.List;

import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;

import io.myriad.apiserver.http.ApiServer;
import io.myriad.management.PreparedService;
import io.myriad.management.ServiceApplication;

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
            prepare(args).runProcess();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
        return prepare(args).start();
    }

    /** Makes everything that {@link #start(String...) a start} needs; throws as that does. */
    public static PreparedService prepare(String... args) {
        ApiserverOptions options = ApiserverFlags.parse(args);
        return ServiceApplication.prepare("apiserver", options.managementPort(),
                context -> ApiserverConfiguration.register(context, options));
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
