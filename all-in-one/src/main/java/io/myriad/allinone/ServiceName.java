package io.myriad.allinone;

import java.util.Map;

/**
 * Which service a line of the log belongs to: the one that owns the logger's package, else the one on whose starting
 * thread, or on a descendant of it, the line was written.
 */
final class ServiceName {
    private static final String NONE = "-";
    private static final Map<String, String> BY_PACKAGE = Map.of("store", "store", "apiserver", "apiserver",
            "controller",
            "controller", "scheduler", "scheduler", "hollow", "hollow-nodes");
    private static final String ROOT_PACKAGE = "io.myriad.";
    /** Inherited by the threads that a service starts, platform and virtual ones alike. */
    private static final InheritableThreadLocal<String> OF_THREAD = new InheritableThreadLocal<>();

    private ServiceName() {}

    /** Says that this thread, and those that it will start, belong to a service. */
    static void set(String name) {
        OF_THREAD.set(name);
    }

    /** The service that a logger's line belongs to, written by the current thread. */
    static String of(String logger) {
        if (logger.startsWith(ROOT_PACKAGE)) {
            int end = logger.indexOf('.', ROOT_PACKAGE.length());
            String name = end < 0 ? null : BY_PACKAGE.get(logger.substring(ROOT_PACKAGE.length(), end));
            if (name != null) {
                return name;
            }
        }
        String name = OF_THREAD.get();
        return name == null ? NONE : name;
    }
}
