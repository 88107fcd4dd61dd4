package io.myriad.scheduler.loop;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.myriad.api.selector.LabelSelector;
import io.myriad.scheduler.model.DisruptionBudget;
import io.myriad.scheduler.model.Node;
import io.myriad.scheduler.model.Pod;
import io.myriad.scheduler.model.Workload;

/** What the loop is told, in the order it happened. */
public sealed interface Input {
    /**
     * A pod is seen as {@code now}, or gone.
     *
     * @param before as it was seen before, null for the first time
     */
    record PodSeen(@Nullable Pod before, @Nullable Pod now) implements Input {}

    /** A node is seen as {@code now}, or gone. */
    record NodeSeen(@Nullable Node before, @Nullable Node now) implements Input {}

    /** A namespace has these labels; null when it is gone. */
    record NamespaceSeen(String name, @Nullable Map<String, String> labels) implements Input {}

    /** A service has this selector; null when it is gone or has none. */
    record ServiceSeen(String namespace, String name, @Nullable Map<String, String> selector) implements Input {}

    /** A controller has this selector; null when it is gone. */
    record WorkloadSeen(String namespace, Workload workload, @Nullable LabelSelector selector) implements Input {}

    /** A disruption budget is as {@code now}, or gone. */
    record BudgetSeen(String namespace, String name, @Nullable DisruptionBudget now) implements Input {}

    /** Everything there was at the start has been told. */
    record Synced() implements Input {}

    /**
     * This process leads now, or no more.
     *
     * @param taken completed when the loop has taken it in: from then on it decides, or does not
     */
    record Leading(boolean leads, CompletableFuture<Void> taken) implements Input {}

    /**
     * An attempt to bind a pod is over.
     *
     * @param error why it failed, empty when it did not
     */
    record Bound(Pod pod, Outcome outcome, String error) implements Input {
        /** How it ended. */
        public enum Outcome {
            BOUND,
            /** There is no such pod any more. */
            GONE,
            /** This process may not write, or reached no server: nothing has happened. */
            NOT_SENT,
            /** Refused, or what has happened is not known. */
            FAILED
        }
    }
}
