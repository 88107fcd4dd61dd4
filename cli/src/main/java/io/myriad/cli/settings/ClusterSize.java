package io.myriad.cli.settings;

import java.util.EnumMap;
import java.util.Map;

/**
 * How many of what a cluster consists of.
 *
 * @param nodes
 *            hollow nodes, 0 or more
 * @param stores
 *            store members, 1 or 3
 * @param apiservers
 *            API servers, 1 or more
 * @param controllers
 *            controller replicas, 0 or more
 * @param schedulers
 *            scheduler replicas, 0 or more
 * @param separate
 *            a process per service was asked for
 */
public record ClusterSize(int nodes, int stores, int apiservers, int controllers, int schedulers, boolean separate) {

    /** Whether all services share one process: where there is at most one of each, unless separate processes were asked for. */
    public boolean inOneProcess() {
        return !separate && stores == 1 && apiservers == 1 && controllers <= 1 && schedulers <= 1;
    }

    /** The same with another number of nodes. */
    public ClusterSize withNodes(int number) {
        return new ClusterSize(number, stores, apiservers, controllers, schedulers, separate);
    }

    /** From valid values of the settings; what is missing has its default. */
    public static ClusterSize of(Map<Setting, String> values) {
        return new ClusterSize(number(values, Setting.NODES), number(values, Setting.STORES),
                number(values, Setting.APISERVERS),
                number(values, Setting.CONTROLLERS), number(values, Setting.SCHEDULERS),
                Boolean.parseBoolean(ClusterSettings.text(values, Setting.SEPARATE)));
    }

    /** The inverse of {@link #of}. */
    public Map<Setting, String> values() {
        Map<Setting, String> values = new EnumMap<>(Setting.class);
        values.put(Setting.NODES, Integer.toString(nodes));
        values.put(Setting.STORES, Integer.toString(stores));
        values.put(Setting.APISERVERS, Integer.toString(apiservers));
        values.put(Setting.CONTROLLERS, Integer.toString(controllers));
        values.put(Setting.SCHEDULERS, Integer.toString(schedulers));
        values.put(Setting.SEPARATE, Boolean.toString(separate));
        return values;
    }

    private static int number(Map<Setting, String> values, Setting setting) {
        return Integer.parseInt(ClusterSettings.text(values, setting));
    }
}
