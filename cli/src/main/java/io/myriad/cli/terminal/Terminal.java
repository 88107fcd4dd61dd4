package io.myriad.cli.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Where the command writes: results to one stream, progress and errors to the other, both as UTF-8 whatever the locale says.
 *
 * @param out
 *            results, for people and programs
 * @param err
 *            progress and errors
 * @param interactive
 *            whether {@code err} is a terminal that can move its cursor
 * @param colored
 *            whether it may be coloured
 */
public record Terminal(PrintStream out, PrintStream err, boolean interactive, boolean colored) {

    /** The terminal of this process. The shell front finds out whether there is one, since that costs a JVM more. */
    public static Terminal ofProcess(Map<String, String> environment) {
        boolean interactive = Boolean.getBoolean("myriad.terminal") && !"dumb".equals(environment.get("TERM"));
        boolean colored = interactive && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8),
                interactive, colored);
    }

    String green(String text) {
        return colored ? "\u001b[32m" + text + "\u001b[0m" : text;
    }

    String red(String text) {
        return colored ? "\u001b[31m" + text + "\u001b[0m" : text;
    }
}
