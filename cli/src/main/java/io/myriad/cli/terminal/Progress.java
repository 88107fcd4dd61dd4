package io.myriad.cli.terminal;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/**
 * Progress as kind shows it: a line per step, that ends with ✓ and the time it took or with ✗. On a terminal the line of the running step moves; elsewhere it is
 * written when the step begins and again when it ends.
 */
public final class Progress {
    private static final String[] FRAMES = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
    private static final Duration FRAME_INTERVAL = Duration.ofMillis(100);
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final Terminal terminal;

    /** Progress on a terminal. */
    public Progress(Terminal terminal) {
        this.terminal = terminal;
    }

    /** What a step does. */
    public interface Work<T> {
        /** Does it; the step can be told how far it has come. */
        T run(Step step) throws IOException, InterruptedException;
    }

    /** A line of its own. */
    public void line(String text) {
        terminal.err().println(text);
    }

    /** Does a step of the work and shows it. */
    public <T> T step(String title, Work<T> work) throws IOException, InterruptedException {
        Step step = new Step(title);
        step.begin();
        boolean success = false;
        try {
            T result = work.run(step);
            success = true;
            return result;
        } finally {
            step.end(success);
        }
    }

    /** A running step. */
    public final class Step {
        private final String title;
        private final long startNanos = System.nanoTime();
        private final Thread animation = Thread.ofPlatform().daemon().name("progress").unstarted(this::animate);
        private volatile String detail = "";

        private Step(String title) {
            this.title = title;
        }

        /** Says how far the step has come; seen on terminals only. */
        public void detail(String text) {
            detail = text.isEmpty() ? "" : " " + text;
        }

        private void begin() {
            if (terminal.interactive()) {
                animation.start();
            } else {
                terminal.err().println(" • " + title + " ...");
            }
        }

        private void end(boolean success) {
            if (terminal.interactive()) {
                animation.interrupt();
                try {
                    animation.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                terminal.err().print(CLEAR_LINE);
            }
            String mark = success ? terminal.green("✓") : terminal.red("✗");
            terminal.err().println(" " + mark + " " + title + " (" + seconds(System.nanoTime() - startNanos) + ")");
        }

        private void animate() {
            for (int frame = 0;; frame = (frame + 1) % FRAMES.length) {
                terminal.err().print(CLEAR_LINE + " " + FRAMES[frame] + " " + title + detail + " ");
                terminal.err().flush();
                try {
                    Thread.sleep(FRAME_INTERVAL);
                } catch (InterruptedException ended) {
                    return;
                }
            }
        }
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1fs", nanos / 1e9);
    }
}
