package io.myriad.scheduler.core;

/** The named limits of the search. */
final class Limits {
    /** Below this number of nodes all are looked at. */
    static final int MIN_FEASIBLE_NODES = 100;
    /** The smallest part of the nodes, in percent, that has to be feasible before the search stops. */
    static final int MIN_FEASIBLE_PERCENT = 5;
    /** A sampled candidate list is made anew after this time, so that all nodes get their turn. */
    static final long SAMPLE_LIFETIME_MILLIS = 500;
    /** Pod classes that keep counters and candidates; the one unused for longest goes first. */
    static final int CLASSES_MAX = 4096;
    /** Candidates that all classes keep together, about 32 bytes each. */
    static final int CANDIDATES_MAX = 4_000_000;

    private Limits() {}

    /**
     * After how many feasible nodes the search stops: all of a small cluster, half of a medium one, and a falling part
     * of a large one down to {@value #MIN_FEASIBLE_PERCENT} %.
     */
    static int feasibleNodesToFind(int nodes) {
        if (nodes < MIN_FEASIBLE_NODES) {
            return nodes;
        }
        int percent = Math.max(50 - nodes / 125, MIN_FEASIBLE_PERCENT);
        return Math.max((int) ((long) nodes * percent / 100), MIN_FEASIBLE_NODES);
    }
}
