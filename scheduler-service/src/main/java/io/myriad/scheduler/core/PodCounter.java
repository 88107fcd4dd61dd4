package io.myriad.scheduler.core;

import java.util.ArrayList;
import java.util.List;

/** How many pods that a matcher means lie on each node, and, where asked for, in each domain. */
final class PodCounter {
    final PodMatcher matcher;
    private final IntCounts byNode = new IntCounts();
    private final List<DomainCounter> domains = new ArrayList<>(1);
    private int users;

    PodCounter(PodMatcher matcher) {
        this.matcher = matcher;
    }

    int onNode(int node) {
        return byNode.get(node);
    }

    void add(int node, int delta) {
        byNode.add(node, delta);
        shift(node, delta);
    }

    /** Changes the counts by domain alone. */
    void shift(int node, int delta) {
        if (delta != 0) {
            for (int i = 0; i < domains.size(); i++) {
                domains.get(i).add(node, delta);
            }
        }
    }

    void count(TemplateState template) {
        template.staying.forEach(this::add);
        if (!matcher.skipsTerminating()) {
            template.terminating.forEach(this::add);
        }
    }

    void clear() {
        byNode.forEach((node, count) -> shift(node, -count));
        byNode.clear();
    }

    void attach(DomainCounter domain) {
        domains.add(domain);
        byNode.forEach(domain::add);
    }

    void detach(DomainCounter domain) {
        domains.remove(domain);
    }

    List<DomainCounter> domains() {
        return domains;
    }

    /** Whether somebody still needs the counter after the number of its users changes by {@code delta}. */
    boolean used(int delta) {
        users += delta;
        return users > 0;
    }
}
