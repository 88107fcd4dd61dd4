package io.myriad.hollow.core;

import java.util.ArrayList;
import java.util.List;

/**
 * Many timers at the cost of one: a ring of slots, one per tick; a timer lies in the slot of its tick and counts the
 * turns of the ring until it is due. Setting and cancelling take constant time, a tick looks at its slot alone.
 *
 * <p>
 * Example with ticks of 10 ms and 8 slots: a timer for 30 ms from now lies 3 slots ahead with 0 turns, one for 100 ms lies
 * 2 slots ahead with 1 turn. A timer never fires early and at most one tick late.
 */
final class TimingWheel {
    static final int SLOTS = 4096;
    static final long TICK_MILLIS = 10;

    /** A task that is to run once. */
    static final class Timer {
        private final Runnable task;
        private int turns;
        private boolean cancelled;

        private Timer(Runnable task) {
            this.task = task;
        }

        /** The task does not run any more. */
        void cancel() {
            cancelled = true;
        }
    }

    private final List<List<Timer>> slots = new ArrayList<>(SLOTS);
    private long tick;
    private int size;

    TimingWheel(long nowMillis) {
        for (int i = 0; i < SLOTS; i++) {
            slots.add(new ArrayList<>(0));
        }
        this.tick = nowMillis / TICK_MILLIS;
    }

    /** Runs the task after a delay, counted from the last {@link #advance}. */
    Timer after(long delayMillis, Runnable task) {
        Timer timer = new Timer(task);
        long ticks = Math.max(1, (delayMillis + TICK_MILLIS - 1) / TICK_MILLIS + 1);
        timer.turns = (int) ((ticks - 1) / SLOTS);
        slots.get((int) ((tick + ticks) % SLOTS)).add(timer);
        size++;
        return timer;
    }

    /** Runs what has become due until now. */
    void advance(long nowMillis) {
        long now = nowMillis / TICK_MILLIS;
        while (tick < now) {
            tick++;
            int slot = (int) (tick % SLOTS);
            List<Timer> timers = slots.get(slot);
            if (!timers.isEmpty()) {
                slots.set(slot, new ArrayList<>(0)); // a task may set a timer a whole turn ahead
                timers.forEach(timer -> turn(timer, slot));
            }
        }
    }

    private void turn(Timer timer, int slot) {
        size--;
        if (timer.cancelled) {
            return;
        }
        if (timer.turns > 0) {
            timer.turns--;
            slots.get(slot).add(timer);
            size++;
        } else {
            timer.task.run();
        }
    }

    /** How many timers are set, cancelled ones included until their turn. */
    int size() {
        return size;
    }
}
