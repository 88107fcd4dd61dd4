package io.myriad.store;

import java.time.Duration;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.support.GenericApplicationContext;

import io.myriad.store.raft.ReplicatedLog;
import io.myriad.store.server.StoreMember;

/** Wires the store. */
final class StoreConfiguration {
    private static final Logger log = LoggerFactory.getLogger(StoreConfiguration.class);

    private StoreConfiguration() {}

    static void register(GenericApplicationContext context, StoreOptions options,
            Duration leaseCheckpointInterval) {
        context.registerBean(StoreService.class, () -> service(context, options, leaseCheckpointInterval));
        context.registerBean("store", HealthIndicator.class, () -> {
            StoreService service = context.getBean(StoreService.class);
            return () -> health(service.member());
        });
    }

    private static StoreService service(GenericApplicationContext context, StoreOptions options,
            Duration leaseCheckpointInterval) {
        StoreService service = new StoreService(options, leaseCheckpointInterval);
        service.failed().thenAccept(reason -> {
            log.error("the store ends, to be started anew: {}", reason);
            // Not on this thread: it is the log's, which the context waits for.
            new Thread(context::close, "store-end").start();
        });
        gaugeLeadership(context.getBean(MeterRegistry.class), service);
        return service;
    }

    /** Who leads, beside what Java tells; the rest is on the store's own page. */
    private static void gaugeLeadership(MeterRegistry registry, StoreService service) {
        Gauge.builder("etcd_server_has_leader", service, self -> leadership(self).known() ? 1 : 0).register(registry);
        Gauge.builder("etcd_server_is_leader", service, self -> leadership(self).local() ? 1 : 0).register(registry);
    }

    private static ReplicatedLog.Leadership leadership(StoreService service) {
        StoreMember member = service.member();
        return member == null ? ReplicatedLog.Leadership.NONE : member.log().leadership();
    }

    /** Ready means that a leader is known and that this member can write. */
    private static Health health(@Nullable StoreMember member) {
        if (member == null || !member.log().leadership().known()) {
            return Health.outOfService().withDetail("leader", "none").build();
        }
        String failure = member.failure();
        return (failure == null ? Health.up() : Health.down().withDetail("failure", failure))
                .withDetail("leader", Long.toHexString(member.log().leadership().leaderId())).build();
    }
}
