package io.myriad.store.simulation;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.StringJoiner;

/** Time and chance. Everything happens in one thread, in the order of its time, and all that could be otherwise is drawn from one seed. */
final class Simulation {

    static final long MILLISECOND = 1_000_000L;
    static final long SECOND = 1_000 * MILLISECOND;

    /** Lines that are kept for who has to find out what went wrong. */
    private static final int TRACE_LENGTH = Integer.getInteger("myriad.trace", 120);

    final Random random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final ArrayDeque<Object[]> trace = new ArrayDeque<>();
    private long now;
    private long nextNumber;
    private long traceHash;

    /** Something that can stop: what it was to do then does not happen. And something that can pause: what it was to do happens later. */
    static final class Process {
        private final String name;
        private boolean up;
        private int incarnation;
        private long pausedUntil;

        Process(String name) {
            this.name = name;
        }

        void start() {
            up = true;
            incarnation++;
            pausedUntil = 0;
        }

        void crash() {
            up = false;
            incarnation++;
        }

        void pauseUntil(long time) {
            pausedUntil = Math.max(pausedUntil, time);
        }

        boolean isUp() { return up; }

        int incarnation() {
            return incarnation;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private record Event(long at, long number, Process process, int incarnation, Runnable action)
            implements
                Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    Simulation(long seed) {
        random = new Random(seed);
    }

    long now() {
        return now;
    }

    /** Does something after a while. */
    void later(long nanos, Runnable action) {
        events.add(new Event(now + nanos, nextNumber++, null, 0, action));
    }

    /** Lets a process do something after a while, unless it has stopped or stops before. */
    void later(Process process, long nanos, Runnable action) {
        if (process.up) {
            events.add(new Event(now + nanos, nextNumber++, process, process.incarnation, action));
        }
    }

    boolean isPaused(Process process) {
        return process.pausedUntil > now;
    }

    /** Lets the next thing happen. */
    void step() {
        Event event = events.remove();
        now = event.at;
        Process process = event.process;
        if (process == null) {
            event.action.run();
        } else if (process.incarnation != event.incarnation) {
            return;
        } else if (process.pausedUntil > now) {
            events.add(new Event(process.pausedUntil, nextNumber++, process, event.incarnation, event.action));
        } else {
            event.action.run();
        }
    }

    /** Goes on until a time. */
    void runUntil(long time) {
        while (!events.isEmpty() && events.peek().at <= time) {
            step();
        }
        now = Math.max(now, time);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** A time in milliseconds from a range, its end not included. */
    long millis(int from, int to) {
        return from * MILLISECOND + (long) (random.nextDouble() * (to - from) * MILLISECOND);
    }

    /** Notes what happened, in words that are put together only if somebody reads them. */
    void trace(Object... words) {
        Object[] line = new Object[words.length + 1];
        line[0] = now;
        System.arraycopy(words, 0, line, 1, words.length);
        trace.add(line);
        if (trace.size() > TRACE_LENGTH) {
            trace.remove();
        }
        traceHash = traceHash * 31 + now + words.length;
    }

    /** The same for two runs in which the same happened. */
    long traceHash() {
        return traceHash;
    }

    String lastEvents() {
        StringJoiner lines = new StringJoiner("\n");
        for (Object[] line : trace) {
            StringJoiner text = new StringJoiner(" ");
            text.add(String.format("%10.3f ms", (long) line[0] / (double) MILLISECOND));
            for (int i = 1; i < line.length; i++) {
                text.add(String.valueOf(line[i]));
            }
            lines.add(text.toString());
        }
        return lines.toString();
    }
}
