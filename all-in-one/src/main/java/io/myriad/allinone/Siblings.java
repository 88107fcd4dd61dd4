package io.myriad.allinone;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services that run in this process, side by side: each is started on a thread of its own as soon as those it needs
 * have started, and stopped before them. While they start, it is made, so that it need only begin then; not earlier, for
 * that would take processor time from those that everybody waits for. Services share the JVM and nothing else, so that one
 * can be started anew while the others run.
 *
 * <p>
 * {@link #apply} is called by one thread; {@link #close} may be called by any, also while the other one is at work.
 */
final class Siblings {
    private static final Logger log = LoggerFactory.getLogger(Siblings.class);

    private final List<Service> table;
    private final Consumer<String> onUnexpectedEnd;
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private final Set<String> ending = ConcurrentHashMap.newKeySet();
    private final Set<Thread> starters = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private record Running(Arguments.Section section, AutoCloseable handle) {}

    /**
     * Nothing runs yet.
     *
     * @param table the services that there are, each behind those that it needs
     * @param onUnexpectedEnd is told the name of a service that has ended without being asked to
     */
    Siblings(List<Service> table, Consumer<String> onUnexpectedEnd) {
        this.table = table;
        this.onUnexpectedEnd = onUnexpectedEnd;
    }

    /**
     * Makes what runs be what is asked for, and returns when it runs.
     *
     * @throws ServiceStartException if a service does not start; the others may or may not run then
     */
    void apply(Arguments arguments) throws ServiceStartException, InterruptedException {
        Set<String> known = Set.copyOf(table.stream().map(Service::name).toList());
        for (String name : arguments.sections().keySet()) {
            if (!known.contains(name)) {
                throw new ServiceStartException("there is no service '" + name + "'; there are " + String.join(", ",
                        table.stream().map(Service::name).toList()));
            }
        }
        for (Service service : table.reversed()) {
            Running current = running.get(service.name());
            if (current != null && !current.section().equals(arguments.sections().get(service.name()))) {
                stop(service.name());
            }
        }
        Map<String, CompletableFuture<Void>> starts = new LinkedHashMap<>();
        for (Service service : table) {
            Arguments.Section section = arguments.sections().get(service.name());
            if (section != null && !running.containsKey(service.name())) {
                List<String> needed = service.dependencies();
                List<String> before = table.stream().filter(other -> needed.contains(other.name()))
                        .flatMap(other -> other.dependencies().stream()).toList();
                starts.put(service.name(), start(service, section, all(starts, before), all(starts, needed)));
            }
        }
        await(starts);
    }

    /** Completes when all of these have started that are starting. */
    private static CompletableFuture<Void> all(Map<String, CompletableFuture<Void>> starts, List<String> names) {
        return CompletableFuture.allOf(starts.entrySet().stream().filter(start -> names.contains(start.getKey()))
                .map(Map.Entry::getValue).toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> start(Service service, Arguments.Section section, CompletableFuture<Void> mayMake,
            CompletableFuture<Void> mayStart) {
        CompletableFuture<Void> start = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                ServiceName.set(service.name());
                mayMake.join();
                start(service, section, mayStart);
                start.complete(null);
            } catch (CompletionException | CancellationException dependencyFailed) {
                start.cancel(false);
            } catch (Throwable failure) {
                start.completeExceptionally(failure);
            } finally {
                starters.remove(Thread.currentThread());
            }
        }, service.name());
        starters.add(thread);
        thread.start();
        return start;
    }

    private void start(Service service, Arguments.Section section, CompletableFuture<Void> mayStart) throws Exception {
        long makeNanos = System.nanoTime();
        String name = service.name();
        Service.Made made = service.maker().make(section.flags());
        long madeNanos = System.nanoTime();
        try {
            mayStart.join();
        } catch (CompletionException | CancellationException dependencyFailed) {
            made.close();
            throw dependencyFailed;
        }
        long startNanos = System.nanoTime();
        ending.remove(name);
        made.start(() -> {
            if (!closed && !ending.contains(name)) {
                onUnexpectedEnd.accept(name);
            }
        });
        running.put(name, new Running(section, made));
        if (closed) {
            stop(name);
        } else {
            log.info("made in {} ms, started in {} ms", (madeNanos - makeNanos) / 1_000_000,
                    (System.nanoTime() - startNanos) / 1_000_000);
        }
    }

    private static void await(Map<String, CompletableFuture<Void>> starts)
            throws ServiceStartException, InterruptedException {
        ServiceStartException first = null;
        for (Map.Entry<String, CompletableFuture<Void>> start : starts.entrySet()) {
            try {
                start.getValue().get();
            } catch (CancellationException dependencyFailed) {
                // The failure of what it depends on is the one to tell.
            } catch (java.util.concurrent.ExecutionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                if (first == null) {
                    first = new ServiceStartException(start.getKey() + " did not start: " + cause.getMessage(), cause);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private void stop(String name) {
        ending.add(name);
        Running service = running.remove(name);
        if (service == null) {
            return;
        }
        long startNanos = System.nanoTime();
        try {
            service.handle().close();
            log.info("{} stopped in {} ms", name, (System.nanoTime() - startNanos) / 1_000_000);
        } catch (Exception e) {
            log.error("{} did not stop as it should", name, e);
        }
    }

    /** Stops everything, each service before those that it needs; those that are just starting are interrupted. */
    void close() {
        closed = true;
        starters.forEach(Thread::interrupt);
        for (Service service : table.reversed()) {
            stop(service.name());
        }
    }
}
