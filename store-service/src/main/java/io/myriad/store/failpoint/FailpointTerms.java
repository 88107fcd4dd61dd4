package io.myriad.store.failpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * What is to happen at a failpoint, in the language of gofail, which has it from FreeBSD's fail(9): terms behind one another, divided by {@code ->}, of which the
 * first that is not held back by its modifiers counts. {@code 3*sleep(100)->1*panic} sleeps three times and then dies.
 *
 * <p>gofail takes a percentage only with a point in it ({@code 50.0%}); here {@code 50%} is one too. What gofail takes and then does not do (a sleep without a time) is refused.
 */
final class FailpointTerms {

    private static final Pattern TERM = Pattern
            .compile("((?:\\d+\\*|\\d+(?:\\.\\d*)?%)*)(off|return|sleep|panic|print)(\\(([^()]*)\\))?");
    private static final Pattern MODIFIER = Pattern.compile("(\\d+)\\*|(\\d+(?:\\.\\d*)?)%");
    private static final Pattern VALUE = Pattern.compile("|\"[^\"]*\"|-?\\d{1,9}|true|false");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ns|us|µs|ms|s|m|h)");

    private final String text;
    private final List<Term> chain;
    private final DoubleSupplier random;
    private int count;

    /** What is done. */
    sealed interface Action {
        record Off() implements Action {}

        record Return() implements Action {}

        record Sleep(long nanos) implements Action {}

        record Panic() implements Action {}

        record Print() implements Action {}
    }

    private record Term(List<Modifier> modifiers, Action action) {}

    private sealed interface Modifier {
        /** @param p in percent */
        record Probability(double p) implements Modifier {}

        final class Count implements Modifier {
            private long left;

            Count(long left) {
                this.left = left;
            }
        }
    }

    private FailpointTerms(String text, List<Term> chain, DoubleSupplier random) {
        this.text = text;
        this.chain = chain;
        this.random = random;
    }

    /** @throws IllegalArgumentException if that is not understood */
    static FailpointTerms parse(String text, DoubleSupplier random) {
        List<Term> chain = new ArrayList<>();
        for (String each : text.split("->", -1)) {
            Matcher term = TERM.matcher(each);
            if (!term.matches() || !VALUE.matcher(orEmpty(term.group(4))).matches()) {
                throw new IllegalArgumentException("could not parse terms: \"" + each + "\" in \"" + text + "\"");
            }
            chain.add(new Term(modifiers(term.group(1)), action(term.group(2), orEmpty(term.group(4)))));
        }
        return new FailpointTerms(text, chain, random);
    }

    private static String orEmpty(@Nullable String group) {
        return group == null ? "" : group;
    }

    private static List<Modifier> modifiers(String text) {
        List<Modifier> modifiers = new ArrayList<>();
        Matcher each = MODIFIER.matcher(text);
        while (each.find()) {
            String times = each.group(1);
            modifiers.add(times != null
                    ? new Modifier.Count(Long.parseLong(times))
                    : new Modifier.Probability(Double.parseDouble(each.group(2))));
        }
        return modifiers;
    }

    private static Action action(String name, String value) {
        return switch (name) {
            case "off" -> new Action.Off();
            case "return" -> new Action.Return();
            case "panic" -> new Action.Panic();
            case "print" -> new Action.Print();
            default -> new Action.Sleep(nanos(value));
        };
    }

    /** A number of milliseconds, or a duration as Go writes it, in quotes. */
    private static long nanos(String value) {
        if (!value.startsWith("\"")) {
            try {
                return TimeUnit.MILLISECONDS.toNanos(Math.max(0, Integer.parseInt(value)));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("could not parse sleep(" + value + ")");
            }
        }
        Matcher part = DURATION.matcher(value).region(1, value.length() - 1);
        double nanos = 0;
        do {
            if (!part.lookingAt()) {
                throw new IllegalArgumentException("could not parse sleep(" + value + ")");
            }
            nanos += Double.parseDouble(part.group(1)) * nanosOf(part.group(2));
            part.region(part.end(), value.length() - 1);
        } while (part.regionStart() < part.regionEnd());
        return (long) nanos;
    }

    private static long nanosOf(String unit) {
        return switch (unit) {
            case "ns" -> 1;
            case "ms" -> TimeUnit.MILLISECONDS.toNanos(1);
            case "s" -> TimeUnit.SECONDS.toNanos(1);
            case "m" -> TimeUnit.MINUTES.toNanos(1);
            case "h" -> TimeUnit.HOURS.toNanos(1);
            default -> TimeUnit.MICROSECONDS.toNanos(1);
        };
    }

    /** The failpoint was reached: what is to be done; null for nothing. */
    synchronized @Nullable Action next() {
        for (Term term : chain) {
            if (isAllowed(term)) {
                count++;
                return term.action;
            }
        }
        return null;
    }

    private boolean isAllowed(Term term) {
        for (Modifier each : term.modifiers) {
            boolean allowed = switch (each) {
                case Modifier.Probability probability -> random.getAsDouble() * 100 <= probability.p;
                case Modifier.Count times -> times.left-- > 0;
            };
            if (!allowed) {
                return false;
            }
        }
        return true;
    }

    /** How often something was done. */
    synchronized int count() {
        return count;
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}
