package io.myriad.metrics;

import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * What a component answers at {@code /metrics}: what its registry knows, with bounds and quantiles written as Go writes numbers (rules compare them as text), and the figures of its
 * process under the names that every upstream component has. Thread-safe.
 *
 * @param scrape
 *            the registry's text in Prometheus' format
 */
public record MetricsText(Supplier<String> scrape) implements Supplier<String> {
    /** Its media type. */
    public static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final Pattern WHOLE_BOUND = Pattern.compile("(le|quantile)=\"(\\d+)\\.0\"");

    @Override
    public String get() {
        StringBuilder text = new StringBuilder(
                WHOLE_BOUND.matcher(scrape.get()).replaceAll("$1=\"$2\""));
        ProcessFigures.read().write(text);
        return text.toString();
    }
}
