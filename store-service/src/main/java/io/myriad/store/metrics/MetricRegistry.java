package io.myriad.store.metrics;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** The metrics of one store and their text. Thread-safe. */
public final class MetricRegistry {

    private final List<Metric> metrics = new CopyOnWriteArrayList<>();

    private sealed interface Metric {
        void write(StringBuilder out);
    }

    /** A value that is asked for when the text is made; {@code labels} are written as they are, or empty. */
    private record Single(String type, String name, String help, String labels,
            DoubleSupplier value) implements Metric {
        @Override
        public void write(StringBuilder out) {
            describe(out, name, help, type);
            sample(out, name, labels, value.getAsDouble());
        }
    }

    /** Counters that differ in the values of their labels. */
    public static final class CounterFamily implements Metric {
        private final String name;
        private final String help;
        private final Map<String, LongAdder> counters = new ConcurrentSkipListMap<>();

        private CounterFamily(String name, String help) {
            this.name = name;
            this.help = help;
        }

        /** The counter of some labels, written as {@code a="b",c="d"}. Keep it: the look-up is not free. */
        public LongAdder with(String labels) {
            return counters.computeIfAbsent(labels, absent -> new LongAdder());
        }

        @Override
        public void write(StringBuilder out) {
            describe(out, name, help, "counter");
            counters.forEach((labels, counter) -> sample(out, name, labels, counter.sum()));
        }
    }

    /** A histogram of durations in seconds. */
    public static final class Histogram implements Metric {
        private static final double NANOS = 1e9;

        private final String name;
        private final String help;
        private final double[] bounds;
        private final LongAdder[] counts;
        private final LongAdder sumNanos = new LongAdder();

        private Histogram(String name, String help, double[] bounds) {
            this.name = name;
            this.help = help;
            this.bounds = bounds;
            this.counts = new LongAdder[bounds.length + 1];
            java.util.Arrays.setAll(counts, index -> new LongAdder());
        }

        public void record(long nanos) {
            double seconds = nanos / NANOS;
            int bucket = 0;
            while (bucket < bounds.length && seconds > bounds[bucket]) {
                bucket++;
            }
            counts[bucket].increment();
            sumNanos.add(nanos);
        }

        @Override
        public void write(StringBuilder out) {
            describe(out, name, help, "histogram");
            long count = 0;
            for (int i = 0; i < counts.length; i++) {
                count += counts[i].sum();
                sample(out, name + "_bucket", "le=\"" + (i == bounds.length ? "+Inf" : format(bounds[i])) + "\"",
                        count);
            }
            sample(out, name + "_sum", "", sumNanos.sum() / NANOS);
            sample(out, name + "_count", "", count);
        }
    }

    public void gauge(String name, String help, DoubleSupplier value) {
        metrics.add(new Single("gauge", name, help, "", value));
    }

    public void gauge(String name, String help, String labels, DoubleSupplier value) {
        metrics.add(new Single("gauge", name, help, labels, value));
    }

    public void counter(String name, String help, DoubleSupplier value) {
        metrics.add(new Single("counter", name, help, "", value));
    }

    public CounterFamily counters(String name, String help) {
        CounterFamily family = new CounterFamily(name, help);
        metrics.add(family);
        return family;
    }

    /** A histogram whose bounds double from {@code first}. */
    public Histogram histogram(String name, String help, double first, int count) {
        double[] bounds = new double[count];
        for (int i = 0; i < count; i++) {
            bounds[i] = first * (1L << i);
        }
        Histogram histogram = new Histogram(name, help, bounds);
        metrics.add(histogram);
        return histogram;
    }

    /** All metrics in Prometheus' text format. */
    public String text() {
        StringBuilder out = new StringBuilder(8192);
        metrics.forEach(metric -> metric.write(out));
        return out.toString();
    }

    private static void describe(StringBuilder out, String name, String help, String type) {
        out.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(' ')
                .append(type).append('\n');
    }

    private static void sample(StringBuilder out, String name, String labels, double value) {
        out.append(name);
        if (!labels.isEmpty()) {
            out.append('{').append(labels).append('}');
        }
        out.append(' ').append(format(value)).append('\n');
    }

    /** A number without exponent and without a needless fraction. */
    static String format(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        return Double.isFinite(value)
                ? BigDecimal.valueOf(value).stripTrailingZeros().toPlainString()
                : Double.toString(value);
    }
}
