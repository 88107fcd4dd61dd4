package io.myriad.store.failpoint;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * What is to happen at which failpoint. A process has one, which counts only if it was started with one of gofail's environment variables: otherwise a failpoint is a look at a
 * constant, which the compiler leaves out.
 */
public final class Failpoints {

    /** The address at which failpoints can be set while the process runs. */
    static final String ADDRESS_VARIABLE = "GOFAIL_HTTP";
    /** Failpoints that are set from the start. */
    static final String TERMS_VARIABLE = "GOFAIL_FAILPOINTS";
    /** What a Go program that panics ends with. */
    private static final int PANIC_EXIT = 2;

    static final boolean ENABLED = isSet(System.getenv(), ADDRESS_VARIABLE) || isSet(System.getenv(), TERMS_VARIABLE);
    static final Failpoints PROCESS = new Failpoints(Failpoints::die);

    private static boolean started;

    private final AtomicReferenceArray<@Nullable FailpointTerms> terms = new AtomicReferenceArray<>(
            Failpoint.values().length);
    private final Consumer<Failpoint> death;
    /** Held by whoever answers a request: whoever asks for the end of this process gets an answer before. */
    private final ReentrantLock answering = new ReentrantLock();

    /** @param death ends the process */
    Failpoints(Consumer<Failpoint> death) {
        this.death = death;
    }

    private static boolean isSet(Map<String, String> environment, String variable) {
        return !environment.getOrDefault(variable, "").isEmpty();
    }

    /**
     * Sets what the environment says and listens where it says; once in a process, however many stores it holds.
     *
     * @throws IllegalArgumentException with a message for the user, if what it says is wrong
     */
    public static synchronized void start() {
        if (ENABLED && !started) {
            started = true;
            PROCESS.setAll(System.getenv().getOrDefault(TERMS_VARIABLE, ""));
            if (isSet(System.getenv(), ADDRESS_VARIABLE)) {
                FailpointServer.start(System.getenv(ADDRESS_VARIABLE), PROCESS);
            }
        }
    }

    /** As kill -9: nothing is closed, nothing is written any more. */
    private static void die(Failpoint failpoint) {
        System.err.println("failpoint panic: " + failpoint.text());
        Runtime.getRuntime().halt(PANIC_EXIT);
    }

    ReentrantLock answering() {
        return answering;
    }

    /** Sets {@code NAME=TERMS;NAME=TERMS}. */
    void setAll(String all) {
        for (String each : all.split(";")) {
            if (!each.isEmpty()) {
                int separator = each.indexOf('=');
                if (separator < 0) {
                    throw new IllegalArgumentException("bad failpoint \"" + each + "\": NAME=TERMS is expected");
                }
                Failpoint failpoint = find(each.substring(0, separator));
                if (failpoint == null) {
                    throw new IllegalArgumentException(
                            "failpoint " + each.substring(0, separator) + " does not exist");
                }
                set(failpoint, each.substring(separator + 1));
            }
        }
    }

    static @Nullable Failpoint find(String name) {
        return Arrays.stream(Failpoint.values()).filter(each -> each.text().equals(name)).findFirst().orElse(null);
    }

    void set(Failpoint failpoint, String text) {
        terms.set(failpoint.ordinal(),
                FailpointTerms.parse(text, () -> ThreadLocalRandom.current().nextDouble()));
    }

    /** Returns whether it was set. */
    boolean clear(Failpoint failpoint) {
        return terms.getAndSet(failpoint.ordinal(), null) != null;
    }

    /** What is to happen there; null if nothing. */
    @Nullable
    FailpointTerms at(Failpoint failpoint) {
        return terms.get(failpoint.ordinal());
    }

    /** Does what is to be done there; returns whether what comes next is to be left out. */
    boolean reached(Failpoint failpoint) {
        FailpointTerms here = terms.get(failpoint.ordinal());
        FailpointTerms.Action action = here == null ? null : here.next();
        return action != null && switch (action) {
            case FailpointTerms.Action.Off off -> false;
            case FailpointTerms.Action.Return left -> true;
            case FailpointTerms.Action.Sleep sleep -> {
                sleep(sleep.nanos());
                yield false;
            }
            case FailpointTerms.Action.Panic panic -> {
                answering.lock();
                try {
                    death.accept(failpoint);
                } finally {
                    answering.unlock();
                }
                yield false;
            }
            case FailpointTerms.Action.Print print -> {
                System.out.println("failpoint print: " + failpoint.text());
                yield false;
            }
        };
    }

    private static void sleep(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
