package io.myriad.hollow;

import java.io.IOException;
import java.io.UncheckedIOException;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.support.GenericApplicationContext;

import io.myriad.metrics.MetricsText;

/** Wires the nodes. */
final class HollowNodeConfiguration {
    private HollowNodeConfiguration() {}

    static void register(GenericApplicationContext context, HollowNodeOptions options) {
        context.registerBean(HollowNodeService.class,
                () -> service(options, context.getBean(PrometheusMeterRegistry.class)));
        // Ready means that all nodes are registered and have a lease.
        context.registerBean("nodes", HealthIndicator.class, () -> {
            HollowNodeService service = context.getBean(HollowNodeService.class);
            return () -> (service.readyNodes() == service.nodes() ? Health.up() : Health.outOfService())
                    .withDetail("nodes", service.nodes()).withDetail("ready", service.readyNodes()).build();
        });
    }

    private static HollowNodeService service(HollowNodeOptions options, PrometheusMeterRegistry registry) {
        try {
            return new HollowNodeService(options, registry, new MetricsText(registry::scrape));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
