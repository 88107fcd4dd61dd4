package io.myriad.controller;

import org.springframework.context.ConfigurableApplicationContext;

import io.myriad.management.PreparedService;
import io.myriad.management.ServiceApplication;

/** The controllers as a process of their own, or as a context among others. */
public final class ControllerApplication {

    private ControllerApplication() {}

    public static void main(String... arguments) {
        try {
            prepare(arguments).runProcess();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ControllerOptions.InvalidOptionException | ControllerStartException e) {
            System.err.println("controller-service: " + e.getMessage());
            System.exit(1);
        }
    }

    /** Starts the controllers and returns when they run; throws with a message for the user if they cannot. */
    public static ConfigurableApplicationContext start(String... arguments) {
        return prepare(arguments).start();
    }

    /** Makes everything that {@link #start(String...) a start} needs; throws as that does. */
    public static PreparedService prepare(String... arguments) {
        ControllerOptions options = ControllerOptions.parse(arguments);
        try {
            return ServiceApplication.prepare("controller", options.managementPort(),
                    context -> ControllerConfiguration.register(context, options));
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
