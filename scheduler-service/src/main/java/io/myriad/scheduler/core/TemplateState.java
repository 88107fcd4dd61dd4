package io.myriad.scheduler.core;

import java.util.ArrayList;
import java.util.List;

import io.myriad.scheduler.model.PodTemplate;

/**
 * The pods of one template: how many lie on which node, and every counter that counts them. Adding a pod then takes no
 * matching of selectors, which was done when the template was first seen.
 */
final class TemplateState {
    final PodTemplate template;
    final int[] scalarNumbers;
    final long[] scalarAmounts;
    /** Pods that stay, by node. */
    final IntCounts staying = new IntCounts();
    /** Pods that are being deleted, by node. */
    final IntCounts terminating = new IntCounts();
    /** The counters that count these pods. */
    final List<PodCounter> countedBy = new ArrayList<>(2);
    /** The counters of terms that these pods bring with them, as many as the template has terms. */
    final List<TermCounter.Share> holds = new ArrayList<>(0);
    int pods;
    /** Whether a {@link PodClass} needs this state even without pods. */
    boolean pinned;

    TemplateState(PodTemplate template, ResourceNumbers numbers) {
        this.template = template;
        var scalars = template.requests().resources().scalars();
        this.scalarNumbers = new int[scalars.size()];
        this.scalarAmounts = new long[scalars.size()];
        int i = 0;
        for (var scalar : scalars.entrySet()) {
            scalarNumbers[i] = numbers.of(scalar.getKey());
            scalarAmounts[i++] = scalar.getValue();
        }
    }

    void count(int node, boolean ending, int delta) {
        pods += delta;
        (ending ? terminating : staying).add(node, delta);
        for (int i = 0; i < countedBy.size(); i++) {
            PodCounter counter = countedBy.get(i);
            if (!ending || !counter.matcher.skipsTerminating()) {
                counter.add(node, delta);
            }
        }
        for (int i = 0; i < holds.size(); i++) {
            TermCounter.Share share = holds.get(i);
            share.counter().add(node, share.weight() * delta);
        }
    }

    /** Takes a node's pods out of the counts by domain, or puts them back: around a change of the node's labels. */
    void shift(int node, int sign) {
        int stay = staying.get(node);
        int end = terminating.get(node);
        for (PodCounter counter : countedBy) {
            counter.shift(node, sign * (counter.matcher.skipsTerminating() ? stay : stay + end));
        }
        for (TermCounter.Share share : holds) {
            share.counter().add(node, sign * share.weight() * (stay + end));
        }
    }
}
