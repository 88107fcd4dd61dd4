package io.myriad.allinone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.apiserver.ApiserverApplication;
import io.myriad.controller.ControllerApplication;
import io.myriad.hollow.HollowNodeApplication;
import io.myriad.management.PreparedService;
import io.myriad.scheduler.SchedulerApplication;
import io.myriad.store.StoreApplication;

/**
 * All services in one process: {@code --arguments=FILE} says which and with which flags ({@link Arguments}).
 *
 * <p>
 * The file need not be there yet when the process starts: whoever starts it can prepare the rest while the JVM comes up.
 * When the file changes later, what has changed in it is started anew, stopped or added. What runs is reported in
 * {@code FILE.applied}, as the file's generation.
 */
public final class AllInOneApplication {
    private static final Logger log = LoggerFactory.getLogger(AllInOneApplication.class);
    private static final String ARGUMENTS_FLAG = "--arguments=";
    /** The file is there within a second, or whoever is to write it has gone. */
    private static final Duration ARGUMENTS_LIMIT = Duration.ofSeconds(60);
    private static final Duration FIRST_POLL_INTERVAL = Duration.ofMillis(5);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

    private static final List<Service> SERVICES = List.of(service("store", List.of(), StoreApplication::prepare),
            service("apiserver", List.of("store"), ApiserverApplication::prepare),
            service("controller", List.of("apiserver"), ControllerApplication::prepare),
            service("scheduler", List.of("apiserver"), SchedulerApplication::prepare),
            service("hollow-nodes", List.of("apiserver"), HollowNodeApplication::prepare));

    private AllInOneApplication() {}

    private interface ContextMaker {
        PreparedService prepare(String... arguments);
    }

    /** Runs until the process is asked to end; then every service stops before those that it needs. */
    public static void main(String... arguments) {
        if (arguments.length != 1 || !arguments[0].startsWith(ARGUMENTS_FLAG)) {
            System.err.println("all-in-one: takes exactly one argument, " + ARGUMENTS_FLAG + "FILE");
            System.exit(1);
        }
        Path file = Path.of(arguments[0].substring(ARGUMENTS_FLAG.length()));
        Siblings siblings = new Siblings(SERVICES, name -> {
            log.error("{} ended by itself: ending the process, so that it is started again", name);
            // Not on this thread: it is the one that closes the service's context.
            new Thread(() -> System.exit(1), "exit").start();
        });
        Runtime.getRuntime().addShutdownHook(new Thread(siblings::close, "shutdown"));
        try {
            run(file, siblings);
        } catch (ServiceStartException e) {
            log.debug("failed", e);
            siblings.close();
            // Last of all, for the last line of a log is what its reader sees first.
            log.error("{}", e.getMessage());
            System.exit(1);
        } catch (IOException | InterruptedException e) {
            log.error("cannot follow {}", file, e);
            System.exit(1);
        }
    }

    private static void run(Path file, Siblings siblings)
            throws ServiceStartException, IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + ARGUMENTS_LIMIT.toNanos();
        while (!Files.exists(file)) {
            if (System.nanoTime() > deadlineNanos) {
                throw new ServiceStartException("there is no " + file + " after " + ARGUMENTS_LIMIT.toSeconds() + " s");
            }
            Thread.sleep(FIRST_POLL_INTERVAL);
        }
        String applied = "";
        while (true) {
            String text = read(file, applied);
            if (!text.equals(applied)) {
                Arguments arguments = Arguments.parse(text);
                siblings.apply(arguments);
                applied = text;
                report(file, arguments.generation());
                log.info("generation {} runs: {}", arguments.generation(),
                        String.join(", ", arguments.sections().keySet()));
            }
            Thread.sleep(POLL_INTERVAL);
        }
    }

    /** The file's text; what was applied, if somebody has removed it: that is no wish to stop everything. */
    private static String read(Path file, String applied) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return applied;
        }
    }

    private static void report(Path file, int generation) throws IOException {
        Path report = file.resolveSibling(file.getFileName() + ".applied");
        Path temporary = file.resolveSibling(file.getFileName() + ".applied.new");
        Files.writeString(temporary, generation + "\n");
        Files.move(temporary, report, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Service service(String name, List<String> dependencies, ContextMaker maker) {
        return new Service(name, dependencies, flags -> {
            PreparedService prepared = maker.prepare(flags.toArray(String[]::new));
            return new Service.Made() {
                @Override
                public void start(Runnable onClosed) {
                    prepared.start();
                    prepared.onClosed(onClosed);
                }

                @Override
                public void close() {
                    prepared.close();
                }
            };
        });
    }
}
