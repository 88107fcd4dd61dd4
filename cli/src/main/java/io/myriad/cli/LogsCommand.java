package io.myriad.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;

import picocli.CommandLine.ParseResult;

import io.myriad.cli.cluster.Cluster;
import io.myriad.cli.cluster.Cluster.ProcessSpec;
import io.myriad.cli.cluster.Component;

/** {@code logs COMPONENT}: the log of a service, also where it shares its process and its log with others. What the supervisor says about the process is in it. */
final class LogsCommand implements Action {
    private static final String SUPERVISOR = "supervisor";
    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);
    private static final int BUFFER_BYTES = 64 << 10;

    @Override
    public void run(ParseResult arguments, Session session) throws IOException, InterruptedException {
        Cluster cluster = session.clusters().load(Commands.clusterName(arguments, session)).cluster();
        String name = Commands.argument(arguments);
        boolean wholeProcess = name.equals(SUPERVISOR)
                || cluster.processes().stream().anyMatch(process -> process.name().equals(name));
        Path log;
        Predicate<String> filter;
        if (wholeProcess) {
            log = cluster.directory().log(name);
            filter = line -> true;
        } else {
            Component component = RestartCommand.component(cluster, name);
            ProcessSpec process = cluster.process(component);
            log = cluster.directory().log(process.name());
            filter = new ServiceFilter(component.kind().key());
        }
        PrintStream out = session.terminal().out();
        Path older = log.resolveSibling(log.getFileName() + ".1");
        if (Files.exists(older)) {
            print(older, 0, filter, out);
        }
        long position = Files.exists(log) ? print(log, 0, filter, out) : 0;
        while (arguments.matchedOptionValue(Commands.FOLLOW, false) && !out.checkError()) {
            Thread.sleep(POLL_INTERVAL);
            long size = Files.exists(log) ? Files.size(log) : 0;
            // Smaller than before: the supervisor has emptied it.
            position = size < position ? 0 : position;
            if (size > position) {
                position = print(log, position, filter, out);
            }
        }
    }

    /** Prints the complete lines from a position on and returns the position behind them. */
    private static long print(Path log, long position, Predicate<String> filter, PrintStream out) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            byte[] buffer = new byte[BUFFER_BYTES];
            int pending = 0;
            long end = position;
            while (true) {
                file.seek(end + pending);
                int count = file.read(buffer, pending, buffer.length - pending);
                if (count < 0) {
                    return end;
                }
                int length = pending + count;
                int lineStart = 0;
                for (int i = pending; i < length; i++) {
                    if (buffer[i] == '\n') {
                        printLine(buffer, lineStart, i, filter, out);
                        lineStart = i + 1;
                    }
                }
                if (lineStart == 0 && length == buffer.length) {
                    // A line longer than the buffer comes out in pieces.
                    printLine(buffer, 0, length, filter, out);
                    lineStart = length;
                }
                end += lineStart;
                pending = length - lineStart;
                System.arraycopy(buffer, lineStart, buffer, 0, pending);
            }
        }
    }

    private static void printLine(byte[] buffer, int start, int end, Predicate<String> filter, PrintStream out) {
        String line = new String(buffer, start, end - start, StandardCharsets.UTF_8);
        if (filter.test(line)) {
            out.println(line);
        }
    }

    /**
     * Passes the lines of one service and of the supervisor, and what follows them without a time of its own, such as a stack trace. A line is
     * {@code TIME LEVEL SERVICE MESSAGE}.
     */
    static final class ServiceFilter implements Predicate<String> {
        private final String service;
        private boolean passing = true;

        ServiceFilter(String service) {
            this.service = service;
        }

        @Override
        public boolean test(String line) {
            if (!line.isEmpty() && Character.isDigit(line.charAt(0))) {
                String[] words = line.split(" +", 4);
                passing = words.length < 3 || words[2].equals(service) || words[2].equals(SUPERVISOR);
            }
            return passing;
        }
    }
}
