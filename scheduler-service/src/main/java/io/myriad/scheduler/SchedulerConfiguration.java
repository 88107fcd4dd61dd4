package io.myriad.scheduler;

import java.io.IOException;
import java.io.UncheckedIOException;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.support.GenericApplicationContext;

import io.myriad.metrics.MetricsText;

/** Wires the scheduler. */
final class SchedulerConfiguration {
    private SchedulerConfiguration() {}

    static void register(GenericApplicationContext context, SchedulerOptions options) {
        context.registerBean(SchedulerService.class,
                () -> service(options, context.getBean(PrometheusMeterRegistry.class)));
        // Ready means that scheduling could begin at once, whether or not this process leads.
        context.registerBean("scheduler", HealthIndicator.class, () -> {
            SchedulerService service = context.getBean(SchedulerService.class);
            return () -> (service.isSynced() ? Health.up() : Health.outOfService())
                    .withDetail("leader", service.leads()).build();
        });
    }

    private static SchedulerService service(SchedulerOptions options, PrometheusMeterRegistry registry) {
        try {
            return new SchedulerService(options, registry, new MetricsText(registry::scrape));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
