package io.myriad.hollow;

import java.io.IOException;
import java.io.UncheckedIOException;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.support.GenericApplicationContext;

/** Wires the nodes. */
final class HollowNodeConfiguration {
    private HollowNodeConfiguration() {}

    static void register(GenericApplicationContext context, HollowNodeOptions options) {
        context.registerBean(HollowNodeService.class, () -> service(options, context.getBean(MeterRegistry.class)));
        // Ready means that all nodes are registered and have a lease.
        context.registerBean("nodes", HealthIndicator.class, () -> {
            HollowNodeService service = context.getBean(HollowNodeService.class);
            return () -> (service.readyNodes() == service.nodes() ? Health.up() : Health.outOfService())
                    .withDetail("nodes", service.nodes()).withDetail("ready", service.readyNodes()).build();
        });
    }

    private static HollowNodeService service(HollowNodeOptions options, MeterRegistry registry) {
        try {
            return new HollowNodeService(options, registry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
