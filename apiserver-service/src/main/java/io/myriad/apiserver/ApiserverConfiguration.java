package io.myriad.apiserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.support.GenericApplicationContext;

/** Wires the server. */
final class ApiserverConfiguration {
    private ApiserverConfiguration() {}

    static void register(GenericApplicationContext context, ApiserverOptions options) {
        context.registerBean(ApiserverRuntime.class,
                () -> runtime(options, context.getBean(PrometheusMeterRegistry.class)));
        context.registerBean("apiserver", HealthIndicator.class, () -> {
            ApiserverRuntime runtime = context.getBean(ApiserverRuntime.class);
            return () -> (runtime.ready() ? Health.up() : Health.outOfService()).build();
        });
    }

    private static ApiserverRuntime runtime(ApiserverOptions options, PrometheusMeterRegistry metrics) {
        try {
            return new ApiserverRuntime(options, metrics, new MetricsText(metrics));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
