package io.myriad.cli.process;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * One end of a supervised process, as the supervisor wrote it down.
 *
 * @param time
 *            when
 * @param name
 *            the process's name
 * @param pid
 *            the pid it had
 * @param ran
 *            how long it ran
 * @param cause
 *            exit code or signal, or who asked for it
 * @param backoff
 *            how long the supervisor waited before it started the process again
 * @param lastLine
 *            the last line of its log, empty if it wrote none
 */
public record Death(Instant time, String name, long pid, Duration ran, String cause, Duration backoff,
        String lastLine) {
    private static final int FIELDS = 7;

    /** Whether nobody asked for this end: only then does the supervisor wait. */
    public boolean isFailure() {
        return !backoff.isZero();
    }

    /** Reads a line of {@code deaths.tsv}; empty if it is not complete, as the last one may be while it is written. */
    static Optional<Death> parse(String line) {
        String[] fields = line.split("\t", FIELDS);
        if (fields.length < FIELDS) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Death(Instant.parse(fields[0]), fields[1], Long.parseLong(fields[2]),
                    Duration.ofSeconds(Long.parseLong(fields[3])), fields[4],
                    Duration.ofMillis(Long.parseLong(fields[5])), fields[6]));
        } catch (DateTimeParseException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
