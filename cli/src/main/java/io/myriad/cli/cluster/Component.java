package io.myriad.cli.cluster;

/**
 * One instance of a service in a cluster.
 *
 * @param kind
 *            which service
 * @param number
 *            which of its instances, from 1
 * @param count
 *            how many there are
 */
public record Component(ServiceKind kind, int number, int count) {

    /** What the user calls it: {@code store} where there is one, {@code store-2} where there are several. */
    public String name() {
        return count == 1 ? kind.key() : kind.key() + "-" + number;
    }
}
