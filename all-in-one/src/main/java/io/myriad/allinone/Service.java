package io.myriad.allinone;

import java.util.List;

/**
 * A service that this process can run.
 *
 * @param name its name in the arguments and in the log
 * @param dependencies the services that must have started before it is started, where they are asked for at all
 * @param maker how it is made
 */
record Service(String name, List<String> dependencies, Maker maker) {

    /** Makes a service. */
    interface Maker {
        /**
         * Makes it ready to start, without asking any other service for anything.
         *
         * @param arguments its flags, as for a process of its own
         */
        Made make(List<String> arguments);
    }

    /** A service that has been made. */
    interface Made extends AutoCloseable {
        /**
         * Starts it and returns when it runs; it is closed if that fails.
         *
         * @param onClosed to be called when it has run and has been closed, by whomever
         */
        void start(Runnable onClosed);
    }
}
