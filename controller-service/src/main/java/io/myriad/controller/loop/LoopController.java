package io.myriad.controller.loop;

import java.util.concurrent.CompletableFuture;

/** A controller that is one loop: it has the loop's name, and acts while the loop runs. */
public interface LoopController extends Controller {
    /** The loop; the same one each time. */
    ControlLoop<?> loop();

    @Override
    default String name() {
        return loop().name();
    }

    @Override
    default void start() {
        loop().start();
    }

    @Override
    default CompletableFuture<Void> stop(long graceMillis) {
        return loop().stop(graceMillis);
    }
}
