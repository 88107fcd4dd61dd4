package io.myriad.allinone;

import java.util.List;

/**
 * A service that this process can run.
 *
 * @param name its name in the arguments and in the log
 * @param dependencies the services that must have started before it is started, where they are asked for at all
 * @param starter how it is started
 */
record Service(String name, List<String> dependencies, Starter starter) {

    /** Starts a service. */
    interface Starter {
        /**
         * Starts it and returns when it runs.
         *
         * @param arguments its flags, as for a process of its own
         * @param onClosed to be called when it has been closed, by whomever
         * @return what stops it
         */
        AutoCloseable start(List<String> arguments, Runnable onClosed);
    }
}
