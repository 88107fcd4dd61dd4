package io.myriad.apiserver;

import java.util.regex.Pattern;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/** The metrics as text, with bounds and quantiles written as Go writes numbers, which upstream's rules compare as text. */
final class MetricsText {
    private static final Pattern WHOLE_BOUND = Pattern.compile("(le|quantile)=\"(\\d+)\\.0\"");

    private final PrometheusMeterRegistry registry;

    MetricsText(PrometheusMeterRegistry registry) {
        this.registry = registry;
    }

    String upstreamForm() {
        return WHOLE_BOUND.matcher(registry.scrape()).replaceAll("$1=\"$2\"");
    }
}
