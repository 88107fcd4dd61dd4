package io.myriad.cli.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * One process for good: its pid and its start time as the kernel counts it. A later process with the same pid is another identity, and is never signalled.
 *
 * <p>
 * The start time is that of {@code /proc/PID/stat} where there is one (ticks since boot: no clock change moves it), else what {@code ps} prints; the supervisor's
 * script reads it in the same way.
 *
 * @param pid
 *            the process id
 * @param birth
 *            its start time, as an opaque text
 */
public record ProcessIdentity(long pid, String birth) {
    private static final Path PROC = Path.of("/proc");
    private static final boolean HAS_PROC = Files.exists(PROC.resolve("self/stat"));
    /** Positions behind the command's name, where the state is 0 (proc_pid_stat(5), fields 3, 20 and 22). */
    private static final int STATE_FIELD = 0;
    private static final int THREADS_FIELD = 17;
    private static final int START_TIME_FIELD = 19;
    private static final long PS_LIMIT_SECONDS = 5;

    /** The process that a pid file names, empty if there is no such file. It may have ended. */
    public static Optional<ProcessIdentity> read(Path pidFile) throws IOException {
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        String[] words = Files.readString(pidFile).strip().split(" ", 2);
        try {
            return words.length == 2
                    ? Optional.of(new ProcessIdentity(Long.parseLong(words[0]), words[1]))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            throw new IOException(pidFile + " does not hold a pid", e);
        }
    }

    /** The living process that a pid file names. */
    public static Optional<ProcessIdentity> readAlive(Path pidFile) throws IOException {
        return read(pidFile).filter(ProcessIdentity::isAlive);
    }

    /** The process that has this pid now. */
    public static Optional<ProcessIdentity> of(long pid) {
        return birthOf(pid).map(birth -> new ProcessIdentity(pid, birth));
    }

    /** Whether this very process still runs. */
    public boolean isAlive() {
        return birthOf(pid).filter(birth::equals).isPresent();
    }

    /** Asks the process to end (SIGTERM), if it still runs. */
    public void terminate() {
        if (isAlive()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
        }
    }

    /** Ends the process at once (SIGKILL), if it still runs. */
    public void kill() {
        if (isAlive()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /** The memory it has in RAM, empty if it has ended. */
    public OptionalLong residentBytes() {
        if (!isAlive()) {
            return OptionalLong.empty();
        }
        try {
            if (HAS_PROC) {
                for (String line : Files.readAllLines(PROC.resolve(pid + "/status"))) {
                    if (line.startsWith("VmRSS:")) {
                        return OptionalLong.of(Long.parseLong(line.replaceAll("\\D", "")) * 1024);
                    }
                }
                return OptionalLong.empty();
            }
            String kibibytes = ps("rss=", pid);
            return kibibytes.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(kibibytes) * 1024);
        } catch (IOException endedMeanwhile) {
            return OptionalLong.empty();
        }
    }

    private static Optional<String> birthOf(long pid) {
        try {
            if (!HAS_PROC) {
                String start = ps("lstart=", pid);
                return start.isEmpty() ? Optional.empty() : Optional.of(start.replaceAll(" +", "-"));
            }
            return birthIn(Files.readString(PROC.resolve(pid + "/stat")));
        } catch (IOException noSuchProcess) {
            return Optional.empty();
        }
    }

    /**
     * When a process that still runs has started, from its line in {@code /proc/PID/stat}.
     *
     * <p>
     * A killed process' first thread may be a zombie while its other threads still end, and as long as one of them is left its ports, files and locks stay taken. So it
     * has ended only when its first thread is a zombie and the last one.
     */
    static Optional<String> birthIn(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        boolean ended = fields[STATE_FIELD].equals("X")
                || fields[STATE_FIELD].equals("Z") && Integer.parseInt(fields[THREADS_FIELD]) <= 1;
        return ended ? Optional.empty() : Optional.of(fields[START_TIME_FIELD]);
    }

    private static String ps(String column, long pid) throws IOException {
        Process ps = new ProcessBuilder("ps", "-o", column, "-p", Long.toString(pid)).redirectErrorStream(true).start();
        try (InputStream output = ps.getInputStream()) {
            String text = new String(output.readAllBytes(), UTF_8);
            return ps.waitFor(PS_LIMIT_SECONDS, TimeUnit.SECONDS) && ps.exitValue() == 0 ? text.strip() : "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
