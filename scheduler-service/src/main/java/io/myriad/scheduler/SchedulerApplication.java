package io.myriad.scheduler;

import org.springframework.context.ConfigurableApplicationContext;

import io.myriad.management.PreparedService;
import io.myriad.management.ServiceApplication;

/** The scheduler as a process of its own, or as a context among others. */
public final class SchedulerApplication {
    private SchedulerApplication() {}

    /** Runs the scheduler until the process is asked to end. A wrong flag is one line on stderr and exit code 1. */
    public static void main(String... arguments) {
        try {
            prepare(arguments).runProcess();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            System.err.println("kube-scheduler: " + ServiceApplication.reason(e));
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
        return prepare(arguments).start();
    }

    /** Makes everything that {@link #start(String...) a start} needs; throws as that does. */
    public static PreparedService prepare(String... arguments) {
        SchedulerOptions options = SchedulerOptions.parse(arguments);
        return ServiceApplication.prepare("scheduler", options.managementPort(),
                context -> SchedulerConfiguration.register(context, options));
    }
}
