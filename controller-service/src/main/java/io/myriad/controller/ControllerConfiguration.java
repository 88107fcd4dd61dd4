package io.myriad.controller;

import java.io.IOException;
import java.nio.file.NoSuchFileException;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.support.GenericApplicationContext;

import io.myriad.metrics.MetricsText;

/** Wires the controllers. */
final class ControllerConfiguration {
    private ControllerConfiguration() {}

    static void register(GenericApplicationContext context, ControllerOptions options) {
        context.registerBean(ControllerService.class,
                () -> service(options, context.getBean(PrometheusMeterRegistry.class)));
        // Ready means that this replica could lead now; whether it does is a detail.
        context.registerBean("controllers", HealthIndicator.class, () -> {
            ControllerService service = context.getBean(ControllerService.class);
            return () -> (service.ready() ? Health.up() : Health.outOfService())
                    .withDetail("leading", service.leading()).withDetail("leader", service.leader()).build();
        });
    }

    private static ControllerService service(ControllerOptions options, PrometheusMeterRegistry registry) {
        try {
            return new ControllerService(options, registry, new MetricsText(registry::scrape));
        } catch (NoSuchFileException e) {
            throw new ControllerStartException("there is no file " + e.getMessage());
        } catch (IOException e) {
            throw new ControllerStartException("cannot read a file: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new ControllerStartException(String.valueOf(e.getMessage()));
        }
    }
}
