package io.myriad.store;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.support.GenericApplicationContext;

import io.myriad.store.server.StoreMember;

/** Wires the store. */
final class StoreConfiguration {
    private StoreConfiguration() {}

    static void register(GenericApplicationContext context, StoreOptions options) {
        context.registerBean(StoreService.class, () -> new StoreService(options));
        context.registerBean("store", HealthIndicator.class, () -> {
            StoreService service = context.getBean(StoreService.class);
            return () -> health(service.member());
        });
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
