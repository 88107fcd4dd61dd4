package io.myriad.hollow;

import org.springframework.context.ConfigurableApplicationContext;

import io.myriad.management.PreparedService;
import io.myriad.management.ServiceApplication;

/** The simulated nodes as a process of its own, or as a context among others. */
public final class HollowNodeApplication {
    private HollowNodeApplication() {}

    /** Runs the nodes until the process is asked to end. A wrong flag is one line on stderr and exit code 1. */
    public static void main(String... arguments) {
        try {
            prepare(arguments).runProcess();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            System.err.println("hollow-nodes: " + ServiceApplication.reason(e));
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
        return prepare(arguments).start();
    }

    /** Makes everything that {@link #start(String...) a start} needs; throws as that does. */
    public static PreparedService prepare(String... arguments) {
        HollowNodeOptions options = HollowNodeOptions.parse(arguments);
        return ServiceApplication.prepare("hollow-nodes", options.managementPort(),
                context -> HollowNodeConfiguration.register(context, options));
    }
}
